// One document in any of the formats: reads it, and makes one change that is proved by reading the result: it must hold the
// wanted data and nothing else may have changed. Otherwise the change is refused.
import { isDeepStrictEqual } from 'node:util'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { dotenvEditor } from './dotenv.ts'
import { type FormatEditor, type KeyPath, MalformedText, NotEditable } from './format.ts'
import { jsonEditors } from './json.ts'
import { tomlEditor } from './toml.ts'
import { yamlEditor } from './yaml.ts'

const editors = {
  ...jsonEditors,
  yaml: yamlEditor,
  toml: tomlEditor,
  dotenv: dotenvEditor,
} as const satisfies Record<string, FormatEditor>

export type DocumentFormat = keyof typeof editors

export type DocumentEdit =
  /** `source` is how the value was once written in this document; it is written like that again where it can be. */
  | { readonly kind: 'set'; readonly path: KeyPath; readonly value: JsonValue; readonly source?: string }
  | { readonly kind: 'remove'; readonly path: KeyPath }
  | { readonly kind: 'insert-item'; readonly path: KeyPath; readonly item: JsonValue; readonly index: number }
  | { readonly kind: 'remove-item'; readonly path: KeyPath; readonly index: number }

const byteOrderMark = '\uFEFF'

/** The data of a text. Throws MalformedText, which names the file if it is told. */
export function readDocument(format: DocumentFormat, text: string, path?: string): JsonObject {
  try {
    return editors[format].read(text.startsWith(byteOrderMark) ? text.slice(1) : text)
  } catch (error) {
    if (error instanceof MalformedText && path !== undefined) error.path = path
    throw error
  }
}

/** Throws MalformedText, and NotEditable where the change can't be made without touching anything else. */
export function editDocument(format: DocumentFormat, text: string, edit: DocumentEdit): string {
  const hasMark = text.startsWith(byteOrderMark)
  const bare = hasMark ? text.slice(1) : text
  const editor = editors[format]
  const data = editor.read(bare)
  if (edit.kind === 'set' && isDeepStrictEqual(plain(valueAt(data, edit.path)), plain(edit.value))) return text
  const wanted = expected(data, edit)
  const result = make(editor, bare, edit)
  const where = `"${edit.path.join('.')}" can't be changed without rewriting the file`
  let found: JsonObject
  try {
    found = editor.read(result)
  } catch (error) {
    if (error instanceof MalformedText) throw new NotEditable(where)
    throw error
  }
  if (!isSame(format, edit, found, wanted)) throw new NotEditable(where)
  const final =
    edit.kind === 'set' && edit.source !== undefined ? asWritten(editor, bare, result, edit, edit.source) : result
  return hasMark ? byteOrderMark + final : final
}

/** How the value of a key is written, where that is one piece. */
export function sourceOf(format: DocumentFormat, text: string, path: KeyPath): string | undefined {
  const bare = text.startsWith(byteOrderMark) ? text.slice(1) : text
  if (bare.trim() === '') return undefined
  const span = editors[format].locate(bare, path)
  return span && bare.slice(span.start, span.end)
}

/** The result with the value as it was once written, if the data are the same; else the result. */
function asWritten(
  editor: FormatEditor,
  before: string,
  result: string,
  { path }: Extract<DocumentEdit, { kind: 'set' }>,
  source: string,
): string {
  // Where the value itself comes out in several pieces, a short one keeps the place for it.
  for (const base of [result, editor.set(before, path, '')]) {
    const span = editor.locate(base, path)
    if (!span) continue
    const written = base.slice(0, span.start) + source + base.slice(span.end)
    try {
      if (isDeepStrictEqual(plain(editor.read(written)), plain(editor.read(result)))) return written
    } catch (error) {
      if (!(error instanceof MalformedText)) throw error
    }
  }
  return result
}

/** What is at a path; undefined where a key on the way is missing or isn't an object. */
export function valueAt(data: JsonValue | undefined, path: KeyPath): JsonValue | undefined {
  let value = data
  for (const key of path) {
    if (!isJsonObject(value) || !Object.hasOwn(value, key)) return undefined
    value = value[key]
  }
  return value
}

function make(editor: FormatEditor, text: string, edit: DocumentEdit): string {
  switch (edit.kind) {
    case 'set':
      return editor.set(text, edit.path, edit.value)
    case 'remove':
      return editor.remove(text, edit.path)
    case 'insert-item':
      return editor.insertItem(text, edit.path, edit.item, edit.index)
    case 'remove-item':
      return editor.removeItem(text, edit.path, edit.index)
  }
}

function expected(data: JsonObject, edit: DocumentEdit): JsonObject {
  if (edit.kind === 'set') return withValue(data, edit.path, edit.value)
  if (edit.kind === 'remove') return withValue(data, edit.path, undefined)
  const list = valueAt(data, edit.path)
  if (!Array.isArray(list)) throw new NotEditable(`"${edit.path.join('.')}" is not a list`)
  if (edit.kind === 'remove-item') return withValue(data, edit.path, list.toSpliced(edit.index, 1))
  return withValue(data, edit.path, list.toSpliced(edit.index, 0, edit.item))
}

function withValue(data: JsonObject, path: KeyPath, value: JsonValue | undefined): JsonObject {
  const [key, ...rest] = path
  if (key === undefined) return data
  const inner = Object.hasOwn(data, key) ? data[key] : undefined
  if (rest.length === 0 && value === undefined)
    return Object.fromEntries(Object.entries(data).filter(([each]) => each !== key))
  if (rest.length > 0 && inner !== undefined && !isJsonObject(inner))
    throw new NotEditable(`"${key}" holds something other than an object`)
  return { ...data, [key]: rest.length === 0 ? value : withValue(isJsonObject(inner) ? inner : {}, rest, value) }
}

function isSame(format: DocumentFormat, edit: DocumentEdit, found: JsonObject, wanted: JsonObject): boolean {
  if (isDeepStrictEqual(plain(found), plain(wanted))) return true
  if (format !== 'toml' || edit.kind !== 'remove') return false
  // A table that is only named in the headers of tables below it goes with the last of them.
  let pruned = wanted
  for (let length = edit.path.length - 1; length > 0; length--) {
    const above = edit.path.slice(0, length)
    const value = valueAt(pruned, above)
    if (!isJsonObject(value) || Object.keys(value).length > 0) break
    pruned = withValue(pruned, above, undefined)
    if (isDeepStrictEqual(plain(found), plain(pruned))) return true
  }
  return false
}

/** Parsers differ in prototypes and in `undefined` members; neither is data. Dates and other scalars stay what they are. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .map(([key, inner]) => [key, plain(inner)]),
  )
}
