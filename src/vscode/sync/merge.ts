// Merging what several machines know, record by record. Pure. The newest change of a record wins; equal times are decided by the
// content, so that every machine decides alike. Merging is commutative, associative and idempotent: order and repetition don't matter.
import { createHash } from 'node:crypto'
import type { SyncValue } from '../../admin/contract-backup.ts'

export type Value = SyncValue['value']

/** A record, or without a value the trace of its deletion. */
export interface Stamped {
  readonly at: number
  readonly value?: Value
}

export type Stamps = Readonly<Record<string, Stamped>>

/** How long a deletion is remembered. A machine that was away for longer brings the record back. */
export const deletionsKeptMs = 90 * 24 * 3600_000

export function merge(left: Stamps, right: Stamps): Stamps {
  const merged = new Map(Object.entries(left))
  for (const [key, theirs] of Object.entries(right)) {
    const ours = merged.get(key)
    if (ours === undefined || isNewer(theirs, ours)) merged.set(key, theirs)
  }
  return toStamps(merged)
}

export function withoutOldDeletions(stamps: Stamps, now: number): Stamps {
  return toStamps(
    Object.entries(stamps).filter(([, { value, at }]) => value !== undefined || now - at < deletionsKeptMs),
  )
}

/**
 * Gives what has changed here since `base` (hashes by key) the time of now: but never one before what it replaces, so that a
 * machine whose clock is behind can still change a record that another one has written. Without a base this machine joins: what
 * it has is older than anything that was ever synced.
 */
export function stampChanges(
  known: Stamps,
  base: Readonly<Record<string, string>> | undefined,
  here: ReadonlyMap<string, Value>,
  /** Whether a record could be here at all: what can't is not taken for deleted. */
  couldBeHere: (key: string) => boolean,
  now: number,
): Stamps {
  const stamped = new Map(Object.entries(known))
  const later = (key: string): number => (base === undefined ? 0 : Math.max(now, (stamped.get(key)?.at ?? 0) + 1))
  const before = new Map(Object.entries(base ?? {}))
  for (const [key, value] of here) {
    const was = before.get(key)
    // Known, but not as something that was here: it came with an account, a backup or an import. What is synced counts.
    const returned = was === undefined && stamped.get(key)?.value !== undefined
    if (was !== hashOf(value) && !returned) stamped.set(key, { at: later(key), value })
  }
  for (const key of before.keys()) {
    if (!here.has(key) && couldBeHere(key) && stamped.get(key)?.value !== undefined)
      stamped.set(key, { at: later(key) })
  }
  return toStamps(stamped)
}

export function hashOf(value: Value | undefined): string {
  return value === undefined ? '' : createHash('sha256').update(contentOf(value)).digest('base64url')
}

export function hashesOf(values: ReadonlyMap<string, Value>): Record<string, string> {
  return Object.fromEntries([...values].map(([key, value]) => [key, hashOf(value)]))
}

/** At the same time a value wins over a deletion, since losing it would be worse. */
function isNewer(theirs: Stamped, ours: Stamped): boolean {
  return theirs.at !== ours.at ? theirs.at > ours.at : hashOf(theirs.value) > hashOf(ours.value)
}

function contentOf(value: Value): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}

/** In the order of their keys: the same records make the same text. */
function toStamps(entries: Iterable<readonly [string, Stamped]>): Stamps {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
}
