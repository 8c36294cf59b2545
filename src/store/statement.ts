// What the journal holds: SQL statements with their parameters, as JSON text. Pure. The text carries the SQL itself, so that a
// journal can still be replayed by a later version whose own statements read differently.
import type { JsonValue } from '../core/json.ts'

/** A JSON object or array that is stored as UTF-8 bytes. It goes into a journal entry as it is, without being quoted again. */
export interface JsonText {
  readonly json: string
}

export type Parameter = string | number | null | JsonText

/** One SQL statement, run once for every row of parameters. */
export interface Statement {
  readonly sql: string
  readonly rows: readonly (readonly Parameter[])[]
}

/** Statements that take effect together or not at all. */
export type Entry = readonly Statement[]

/** What one journal frame says: entries in order and, when it closes its journal, the generation that goes on after it. */
export interface FrameContent {
  readonly entries: readonly Entry[]
  readonly next?: number
}

export function statement(sql: string, ...rows: readonly (readonly Parameter[])[]): Statement {
  return { sql, rows: rows.length > 0 ? rows : [[]] }
}

/** Only objects and arrays: a bare string or number would come back from the journal as an ordinary parameter. */
export function jsonText(value: object): JsonText {
  return { json: JSON.stringify(value) }
}

export function encodeEntry(entry: Entry): string {
  return `[${entry.map(encodeStatement).join(',')}]`
}

/** The payload of a frame from entries that are encoded already. */
export function encodeFrameContent(entries: readonly string[], next?: number): string {
  const parts = next === undefined ? entries : [...entries, `{"next":${next}}`]
  return `[${parts.join(',')}]`
}

/** Throws when the text is not what `encodeFrameContent` writes. */
export function decodeFrameContent(text: string): FrameContent {
  const entries: Entry[] = []
  let next: number | undefined
  for (const element of list(JSON.parse(text))) {
    if (Array.isArray(element)) entries.push(element.map(decodeStatement))
    else next = nextGeneration(element)
  }
  return next === undefined ? { entries } : { entries, next }
}

function encodeStatement(one: Statement): string {
  let text = `[${JSON.stringify(one.sql)}`
  for (const row of one.rows) text += `,[${row.map(encodeParameter).join(',')}]`
  return `${text}]`
}

function encodeParameter(parameter: Parameter): string {
  return isJsonText(parameter) ? parameter.json : JSON.stringify(parameter)
}

export function isJsonText(parameter: Parameter): parameter is JsonText {
  return typeof parameter === 'object' && parameter !== null
}

function decodeStatement(value: JsonValue): Statement {
  const [sql, ...rows] = list(value)
  if (typeof sql !== 'string') throw new Error('a journal statement has no SQL')
  return { sql, rows: rows.map((row) => list(row).map(decodeParameter)) }
}

function decodeParameter(value: JsonValue): Parameter {
  if (typeof value === 'boolean') throw new Error('a journal statement has a parameter of no SQL type')
  return typeof value === 'object' && value !== null ? jsonText(value) : value
}

function nextGeneration(value: JsonValue): number {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || typeof value['next'] !== 'number') {
    throw new Error('a journal frame holds something that is no entry')
  }
  return value['next']
}

function list(value: JsonValue): JsonValue[] {
  if (!Array.isArray(value)) throw new Error('a journal frame is not a list')
  return value
}
