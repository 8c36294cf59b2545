// Where synced records lie in the editor's memory: one key for each kind, which Settings Sync carries as a whole and may replace by
// another machine's. This gateway's own copy lies with its data, since several gateways (remotes) may share an editor's memory.
// Knows nothing of VS Code, and nothing of zod, which would be loaded with every window.
import type { Memory } from '../models/catalogue.ts'
import { merge, type Stamped, type Stamps, type Value } from './merge.ts'

export const syncedKinds = ['combo', 'alias', 'model', 'routing'] as const
export type SyncedKind = (typeof syncedKinds)[number]

/** What is handed to `setKeysForSync`. */
export const syncedKeys: readonly string[] = syncedKinds.map(keyOf)

export const syncSetting = { key: 'sync.enabled', fallback: false } as const

/** Settings Sync refuses an extension's state that is too large, and then syncs none of it. */
export const mostBytesPerKey = 100_000

export interface OwnRecords {
  readonly stamps: Stamps
  /** Hashes of what was here after the last round. */
  readonly base: Readonly<Record<string, string>>
}

/** What stands there from whichever machine; what can't be read counts as nothing. */
export function readSynced(memory: Memory): Stamps {
  return syncedKinds.map((kind) => readStamps(memory.get(keyOf(kind)), kind)).reduce<Stamps>(merge, {})
}

/** Writes what differs. Names the kinds that are too large, whose key is left as it is. */
export async function writeSynced(memory: Memory, all: Stamps): Promise<SyncedKind[]> {
  const tooLarge: SyncedKind[] = []
  for (const kind of syncedKinds) {
    const part = Object.fromEntries(Object.entries(all).filter(([key]) => key.startsWith(`${kind}:`)))
    const text = JSON.stringify(part)
    if (Buffer.byteLength(text) > mostBytesPerKey) tooLarge.push(kind)
    else if (JSON.stringify(memory.get(keyOf(kind)) ?? {}) !== text) await memory.update(keyOf(kind), part)
  }
  return tooLarge
}

/** Undefined on a machine that has never synced. */
export function readOwn(kept: unknown): OwnRecords | undefined {
  if (!isRecord(kept) || !isRecord(kept['base'])) return undefined
  const base = Object.entries(kept['base']).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  return { stamps: readStamps(kept['stamps']), base: Object.fromEntries(base) }
}

function readStamps(kept: unknown, only?: SyncedKind): Stamps {
  if (!isRecord(kept)) return {}
  const kinds = only === undefined ? syncedKinds : [only]
  return Object.fromEntries(
    Object.entries(kept).flatMap(([key, stamp]): [string, Stamped][] => {
      if (!kinds.some((kind) => key.startsWith(`${kind}:`)) || !isRecord(stamp)) return []
      const { at, value } = stamp
      if (typeof at !== 'number' || !Number.isSafeInteger(at) || at < 0) return []
      // The editor's memory holds JSON; the gateway checks what a value means.
      return [[key, value === undefined ? { at } : { at, value: value as Value }]]
    }),
  )
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function keyOf(kind: SyncedKind): string {
  return `sync.${kind}.v1`
}
