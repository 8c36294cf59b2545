// When a round of syncing is due: soon after something changed, when the window gets the focus, and every few minutes, since the editor
// tells nobody that Settings Sync has brought something. Only the window that leads takes part, one round at a time. Knows nothing of
// VS Code.
import type { Clock } from '../../core/clock.ts'
import type { Log } from '../../core/log.ts'
import type { Memory } from '../models/catalogue.ts'
import { atMostEvery } from '../paced.ts'
import type { Session } from '../session.ts'
import { syncRound } from './round.ts'

export interface SyncPorts {
  readonly memory: Memory
  readonly clock: Clock
  readonly log: Log
  readonly enabled: () => boolean
  /** Tells the user, once in a window for the same kinds, that they are too large to be synced. */
  readonly tellTooLarge: (kinds: readonly string[]) => void
}

export interface SyncFollower {
  /** Asks for a round. */
  ask(): void
  dispose(): void
}

const pauseMs = 3_000
const everyMs = 5 * 60_000

const telling: ReadonlySet<string> = new Set([
  'combos.changed',
  'settings.changed',
  'models.changed',
  'accounts.changed',
])

export function followSync(session: Session, { memory, clock, log, enabled, tellTooLarge }: SyncPorts): SyncFollower {
  let running = false
  let again = false
  let told = ''
  let ended = false
  const paced = atMostEvery(pauseMs, clock, () => void round())
  let cancel = clock.after(everyMs, tick)

  function tick(): void {
    paced.ask()
    cancel = clock.after(everyMs, tick)
  }

  async function round(): Promise<void> {
    const { state, gateway } = session
    if (ended || !enabled() || gateway === undefined || state.kind !== 'running' || state.role !== 'leader') return
    if (running) {
      again = true
      return
    }
    running = true
    try {
      const { taken, tooLarge, skipped } = await syncRound(gateway, memory, clock.now)
      if (taken > 0) log.info(`Settings Sync: ${taken} records were taken over from other machines.`)
      for (const { key, reason } of skipped) log.debug(`Settings Sync: ${key} is left as it is: ${reason}`)
      if (tooLarge.length > 0 && told !== tooLarge.join()) tellTooLarge(tooLarge)
      told = tooLarge.join()
    } catch (error) {
      log.warn(`Settings Sync: ${error instanceof Error ? error.message : String(error)}`)
    } finally {
      running = false
    }
    if (again) {
      again = false
      paced.ask()
    }
  }

  const stops = [
    session.onDidChangeState(({ kind }) => {
      if (kind === 'running') paced.ask()
    }),
    session.onEvent(({ event }) => {
      if (telling.has(event)) paced.ask()
    }),
  ]
  return {
    ask: () => paced.ask(),
    dispose() {
      ended = true
      cancel()
      paced.dispose()
      for (const stop of stops) stop()
    },
  }
}
