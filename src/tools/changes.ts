// Changes of a tool's document as key paths: making them, and taking them back one by one later, when others may have written
// into the document too. Knows texts, not files.
import { isDeepStrictEqual } from 'node:util'
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts'
import {
  type DocumentEdit,
  type DocumentFormat,
  editDocument,
  readDocument,
  sourceOf,
  valueAt,
} from './edit/document.ts'
import type { KeyPath } from './edit/format.ts'

interface SetMarks {
  /** Keys below it that tell an object of ours where the tool itself changes others in it, like a date. */
  readonly signs?: readonly KeyPath[] | undefined
  /** Without this key the tool refuses the whole document: if new, it stays while anything of someone else's is in there. */
  readonly isFrame?: boolean | undefined
}

export type Change =
  /** The key has exactly this value. */
  | (SetMarks & { readonly kind: 'set'; readonly path: KeyPath; readonly value: JsonValue })
  /** The list has this item; items with the same value under the key `by` are the same item. */
  | {
      readonly kind: 'include'
      readonly path: KeyPath
      readonly item: JsonValue
      readonly at?: 'start' | 'end'
      readonly by?: string
    }
  /** The list, if there is one, has no such item. */
  | { readonly kind: 'exclude'; readonly path: KeyPath; readonly item: JsonValue }

/** What was done for one change, enough to take it back. `former` is absent where nothing was there. */
export type KeyRecord =
  | (SetMarks & {
      readonly kind: 'set'
      readonly path: KeyPath
      readonly written: JsonValue
      readonly former?: JsonValue
      /** How the former value was written. */
      readonly source?: string
      /** How many of the objects above the key were there before. */
      readonly above: number
    })
  | {
      readonly kind: 'include'
      readonly path: KeyPath
      readonly written: JsonValue
      readonly by?: string
      /** The item that ours took the place of, and its index. */
      readonly former?: JsonValue
      readonly index?: number
    }
  | {
      readonly kind: 'exclude'
      readonly path: KeyPath
      readonly former: JsonValue
      readonly indexes: readonly number[]
    }

/** Whether a document is already as a change wants it. */
export function isMade(data: JsonObject, change: Change): boolean {
  const value = valueAt(data, change.path)
  if (change.kind === 'set') return isDeepStrictEqual(value, change.value)
  const list = Array.isArray(value) ? value : []
  if (change.kind === 'exclude') return !contains(list, change.item)
  return contains(list, change.item)
}

/** Throws MalformedText or NotEditable; nothing is done by halves, as a text is only returned. */
export function makeChanges(
  format: DocumentFormat,
  text: string,
  changes: readonly Change[],
): { text: string; records: KeyRecord[] } {
  let result = text
  const records: KeyRecord[] = []
  for (const change of changes) {
    const data = readDocument(format, result)
    if (isMade(data, change)) continue
    const { edits, record } = plan(data, change, sourceOf(format, result, change.path))
    for (const edit of edits) result = editDocument(format, result, edit)
    records.push(record)
  }
  return { text: result, records }
}

function plan(
  data: JsonObject,
  change: Change,
  source: string | undefined,
): { edits: readonly DocumentEdit[]; record: KeyRecord } {
  const { path } = change
  const value = valueAt(data, path)
  const former = value === undefined ? {} : { former: value, ...(source === undefined ? {} : { source }) }
  if (change.kind === 'set') {
    const { value: written, kind, ...rest } = change
    const record = { ...rest, kind, written, above: objectsAbove(data, path), ...former }
    return { edits: [{ kind: 'set', path, value: change.value }], record }
  }
  const list = Array.isArray(value) ? value : undefined
  if (change.kind === 'exclude') {
    const indexes = (list ?? []).flatMap((each, index) => (isDeepStrictEqual(each, change.item) ? [index] : []))
    // The last first, so that the others stay where they are.
    const edits = indexes.toReversed().map((index) => ({ kind: 'remove-item', path, index }) as const)
    return { edits, record: { kind: 'exclude', path, former: change.item, indexes } }
  }
  const { item, at = 'end', by } = change
  if (!list) {
    const record: KeyRecord = { kind: 'set', path, written: [item], above: objectsAbove(data, path), ...former }
    return { edits: [{ kind: 'set', path, value: [item] }], record }
  }
  const index = by === undefined ? -1 : indexOf(list, item, by)
  const replaced = list[index]
  return {
    edits: [
      ...(replaced === undefined ? [] : [{ kind: 'remove-item', path, index } as const]),
      { kind: 'insert-item', path, item, index: at === 'start' ? 0 : list.length },
    ],
    record: {
      kind: 'include',
      path,
      written: item,
      ...(by === undefined ? {} : { by }),
      ...(replaced === undefined ? {} : { former: replaced, index }),
    },
  }
}

/** How a record stands to a document: `ours` as we wrote it, `gone` as if we had never written, `changed` by someone else. */
export function standingOf(data: JsonObject, record: KeyRecord): 'ours' | 'gone' | 'changed' {
  const value = valueAt(data, record.path)
  if (record.kind === 'set') {
    if (isDeepStrictEqual(value, record.written) || isSigned(value, record)) return 'ours'
    return value === undefined || isDeepStrictEqual(value, record.former) ? 'gone' : 'changed'
  }
  const list = Array.isArray(value) ? value : []
  if (record.kind === 'exclude') return Array.isArray(value) && !contains(list, record.former) ? 'ours' : 'gone'
  if (contains(list, record.written)) return 'ours'
  const other = record.by === undefined ? -1 : indexOf(list, record.written, record.by)
  return other < 0 || isDeepStrictEqual(list[other], record.former) ? 'gone' : 'changed'
}

function isSigned(value: JsonValue | undefined, { written, signs }: Extract<KeyRecord, { kind: 'set' }>): boolean {
  if (!signs || !isJsonObject(value) || !isJsonObject(written)) return false
  return signs.every((path) => isDeepStrictEqual(valueAt(value, path), valueAt(written, path)))
}

/**
 * Takes records back, the last first, so far as nobody else has changed what they wrote; `left` are those. `staying` are
 * records of the same document that aren't taken back: an object that one of them still needs becomes theirs to remove.
 */
export function takeBack(
  format: DocumentFormat,
  text: string,
  records: readonly KeyRecord[],
  staying: readonly KeyRecord[] = [],
): { text: string; left: KeyRecord[]; staying: KeyRecord[] } {
  let result = text
  let heirs = [...staying]
  const left: KeyRecord[] = []
  const frames = records.filter(isFrame)
  const inOrder = [...frames, ...records.filter((record) => !isFrame(record))]
  for (const [index, record] of [...inOrder.entries()].reverse()) {
    const data = readDocument(format, result)
    if (isFrame(record) && (staying.length > 0 || !isFramesOnly(data, frames))) continue
    const standing = standingOf(data, record)
    if (standing === 'changed') left.push(record)
    if (standing !== 'ours') continue
    result = takeBackOne(format, result, data, record)
    if (record.kind !== 'set') continue
    const others = [...inOrder.slice(0, index), ...heirs]
    result = prune(format, result, record)
    if (others.length > 0) heirs = heirs.map((heir) => inherit(heir, record))
  }
  return { text: result, left: left.reverse(), staying: heirs }
}

function isFrame(record: KeyRecord): boolean {
  return record.kind === 'set' && record.isFrame === true && record.former === undefined
}

/** Whether nothing is left in a document but its frame. */
function isFramesOnly(data: JsonObject, frames: readonly KeyRecord[]): boolean {
  return Object.entries(data).every(([key]) =>
    frames.some((frame) => frame.path.length === 1 && frame.path[0] === key && standingOf(data, frame) === 'ours'),
  )
}

function takeBackOne(format: DocumentFormat, text: string, data: JsonObject, record: KeyRecord): string {
  const { path, former } = record
  if (record.kind === 'set') {
    if (former === undefined) return editDocument(format, text, { kind: 'remove', path })
    const { source } = record
    return editDocument(format, text, { kind: 'set', path, value: former, ...(source === undefined ? {} : { source }) })
  }
  if (record.kind === 'exclude')
    return record.indexes.reduce(
      (result, index) => editDocument(format, result, { kind: 'insert-item', path, item: record.former, index }),
      text,
    )
  const list = valueAt(data, path)
  const index = Array.isArray(list) ? indexOf(list, record.written) : -1
  const removed = editDocument(format, text, { kind: 'remove-item', path, index })
  if (former === undefined) return removed
  return editDocument(format, removed, { kind: 'insert-item', path, item: former, index: record.index ?? index })
}

/** Removes the objects that were made for a key, once nothing is left in them. */
function prune(
  format: DocumentFormat,
  text: string,
  record: { readonly path: KeyPath; readonly above: number },
): string {
  let result = text
  for (let length = record.path.length - 1; length > record.above; length--) {
    const path = record.path.slice(0, length)
    const value = valueAt(readDocument(format, result), path)
    if (!isJsonObject(value) || Object.keys(value).length > 0) break
    result = editDocument(format, result, { kind: 'remove', path })
  }
  return result
}

function inherit(heir: KeyRecord, record: { readonly path: KeyPath; readonly above: number }): KeyRecord {
  if (heir.kind !== 'set' || heir.above <= record.above) return heir
  const isBelow = record.path.slice(0, record.above + 1).every((key, index) => heir.path[index] === key)
  return isBelow && record.above < record.path.length - 1 ? { ...heir, above: record.above } : heir
}

function objectsAbove(data: JsonObject, path: KeyPath): number {
  let count = 0
  while (count < path.length - 1 && isJsonObject(valueAt(data, path.slice(0, count + 1)))) count++
  return count
}

function contains(list: readonly JsonValue[], item: JsonValue): boolean {
  return indexOf(list, item) >= 0
}

function indexOf(list: readonly JsonValue[], item: JsonValue, by?: string): number {
  if (by === undefined) return list.findIndex((each) => isDeepStrictEqual(each, item))
  const name = isJsonObject(item) ? item[by] : undefined
  return list.findIndex((each) => isJsonObject(each) && each[by] === name)
}
