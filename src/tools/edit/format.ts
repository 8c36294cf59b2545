// What every editor of a text format offers: reading, and changes of one key or list item that leave all other text as it was.
// Texts come without a byte order mark; document.ts takes it off, puts it back, and proves each change by reading the result.
import type { JsonObject, JsonValue } from '../../core/json.ts'

export interface Span {
  readonly start: number
  readonly end: number
}

/** Keys from the root of a document, through objects only. */
export type KeyPath = readonly string[]

export interface FormatEditor {
  /** The data of a text; an empty text is an empty object. Throws MalformedText. */
  read(text: string): JsonObject
  /** Gives a key a value, making the objects above it that are missing. */
  set(text: string, path: KeyPath, value: JsonValue): string
  /** Takes away a key that is there. */
  remove(text: string, path: KeyPath): string
  /** Puts an item into a list that is there, before the item with the index, or last. */
  insertItem(text: string, path: KeyPath, item: JsonValue, index: number): string
  removeItem(text: string, path: KeyPath, index: number): string
  /** Where the value of a key is written, if that is one piece that could be put somewhere else as it is. */
  locate(text: string, path: KeyPath): Span | undefined
}

/** The text doesn't keep the rules of its format, so nobody may write into it. Lines and columns count from 1. */
export class MalformedText extends Error {
  override readonly name = 'MalformedText'
  readonly line: number
  readonly column: number
  /** Filled in by who knows which file it is. */
  path?: string
  constructor(message: string, line: number, column: number) {
    super(message)
    this.line = line
    this.column = column
  }
}

/** The text is valid, but this change can't be made in it without rewriting what isn't ours. */
export class NotEditable extends Error {
  override readonly name = 'NotEditable'
}
