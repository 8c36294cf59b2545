// Journal records among themselves: which record belongs to which wanted change, what remains of an earlier one when its key is
// written anew, and taking several back at once.
import { isDeepStrictEqual } from 'node:util'
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts'
import { type Change, type KeyRecord, standingOf, takeBack } from './changes.ts'
import type { DocumentFormat } from './edit/document.ts'
import type { JournalRecord } from './journal.ts'

/** Takes records of one document back and says which of them someone else has changed. */
export function takeBackRecords(
  format: DocumentFormat,
  text: string,
  records: readonly JournalRecord[],
  staying: readonly JournalRecord[],
): { text: string; left: KeyRecord[]; staying: JournalRecord[] } {
  const keyed = (record: JournalRecord): KeyRecord[] => (record.change.kind === 'file' ? [] : [record.change])
  const result = takeBack(format, text, records.flatMap(keyed), staying.flatMap(keyed))
  let next = 0
  const kept = staying.map((record) => {
    const change = record.change.kind === 'file' ? undefined : result.staying[next++]
    return change ? { ...record, change } : record
  })
  return { text: result.text, left: result.left, staying: kept }
}

type AnyChange = JournalRecord['change']

export function isFor(record: AnyChange, change: Change): boolean {
  if (record.kind === 'file' || !isDeepStrictEqual(record.path, change.path)) return false
  if (record.kind === 'exclude') return change.kind === 'exclude' && isDeepStrictEqual(record.former, change.item)
  if (change.kind === 'exclude') return false
  // A list that we made for an item is recorded as a key of its own.
  if (record.kind === 'set' || change.kind === 'set') return true
  return identity(record.written, change.by) === identity(change.item, change.by)
}

export function isSameKey(a: AnyChange, b: KeyRecord): boolean {
  if (a.kind === 'file' || a.kind !== b.kind || !isDeepStrictEqual(a.path, b.path)) return false
  if (a.kind === 'exclude') return isDeepStrictEqual(a.former, b.former)
  if (a.kind === 'set' || b.kind !== 'include') return a.kind === 'set'
  return identity(a.written, b.by) === identity(b.written, b.by)
}

function identity(item: JsonValue, by: string | undefined): string {
  return JSON.stringify(by !== undefined && isJsonObject(item) ? item[by] : item)
}

/** What was there before our first writing stays the former value, unless someone else has written since. */
export function merge(earlier: AnyChange, change: KeyRecord, data: JsonObject): KeyRecord {
  if (earlier.kind === 'file' || earlier.kind !== change.kind || change.kind === 'exclude') return change
  if (earlier.kind === 'exclude' || standingOf(data, earlier) !== 'ours') return change
  if (earlier.kind === 'include' || change.kind !== 'set') return { ...earlier, written: change.written }
  const { written, signs, isFrame } = change
  return { ...earlier, written, signs, isFrame }
}
