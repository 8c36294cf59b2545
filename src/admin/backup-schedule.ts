// Makes a backup a day while the gateway leads. Looks once soon after the start and then every hour, since machines sleep.
import type { Log } from '../core/log.ts'
import type { Store } from '../store/store.ts'

export interface BackupSchedule {
  readonly firstMs: number
  readonly everyMs: number
  readonly now: () => number
}

const dayMs = 24 * 3600_000
/** The first waits until the rush of the start is over. */
export const defaultBackupSchedule: BackupSchedule = { firstMs: 60_000, everyMs: 3600_000, now: Date.now }

/** Returns a function that ends it. Timers never keep the process alive. */
export function keepBackups(
  store: Pick<Store, 'backups' | 'readOnly'>,
  log: Log,
  { firstMs, everyMs, now }: BackupSchedule = defaultBackupSchedule,
): () => void {
  if (store.readOnly) return () => undefined
  let timer = setTimeout(round, firstMs).unref()
  let ended = false

  async function round(): Promise<void> {
    try {
      const { backups } = store
      const newest = (await backups.list()).find(({ kind }) => kind === 'daily')
      // A backup from the future, after the clock was set back, is none of today.
      if (!ended && (newest === undefined || Math.abs(now() - newest.at) >= dayMs)) await backups.create('daily')
    } catch (error) {
      log.warn(`The daily backup failed: ${error instanceof Error ? error.message : String(error)}`)
    }
    if (!ended) timer = setTimeout(round, everyMs).unref()
  }

  return () => {
    ended = true
    clearTimeout(timer)
  }
}
