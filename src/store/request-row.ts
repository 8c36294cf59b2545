// A request record as a row of the log: what filters need as columns, all the rest as one compact JSON text. Pure.
import type { RequestRecord } from '../core/trace.ts'
import type { Usage } from '../core/usage.ts'
import type { SqlValue } from './database.ts'
import { readJson } from './database.ts'
import { type JsonText, jsonText, type Parameter } from './statement.ts'

export const requestColumns = 'sequence, at, failed, search, data'

/** Order of the counts in the stored list. New ones are added at the end. */
const usageFields = ['input', 'cacheRead', 'cacheWrite', 'output', 'reasoning'] as const satisfies (keyof Usage)[]

interface StoredRecord extends Omit<RequestRecord, 'at' | 'usage' | 'trace' | 'warnings'> {
  readonly usage: readonly (number | null)[]
  readonly trace?: RequestRecord['trace']
  readonly warnings?: RequestRecord['warnings']
}

export function toRequestRow(record: RequestRecord, sequence: number): Parameter[] {
  const { at, usage, trace, warnings, ...rest } = record
  const stored: StoredRecord = {
    ...rest,
    usage: usageFields.map((field) => usage[field]),
    ...(trace.length > 0 && { trace }),
    ...(warnings.length > 0 && { warnings }),
  }
  return [sequence, at, hasFailed(record) ? 1 : 0, searchText(record), jsonText(stored)]
}

export function fromRequestRow(at: SqlValue | undefined, data: SqlValue | undefined): RequestRecord {
  const { usage, trace = [], warnings = [], ...rest } = readJson(data) as StoredRecord
  const [input = null, cacheRead = null, cacheWrite = null, output = null, reasoning = null] = usage
  const counts: Usage = { input, cacheRead, cacheWrite, output, reasoning }
  return { ...rest, at: Number(at), usage: counts, trace, warnings }
}

/** A text as it stands within `search`: letters of either case are the same, quotes are escaped as JSON does. */
export function toSearchText(text: string): JsonText {
  return { json: JSON.stringify(text.toLowerCase()).slice(1, -1) }
}

/** How the search text of a request begins. */
export function searchStart(id: string): JsonText {
  return { json: `[${JSON.stringify(id.toLowerCase())},` }
}

function hasFailed(record: RequestRecord): boolean {
  return record.code !== undefined || record.status >= 400
}

/** The words as a JSON list, so that no match can reach from one into the next. */
function searchText(record: RequestRecord): JsonText {
  const { id, client, wire, modelAsked, modelServed = '', code = '', message = '', accountId = '' } = record
  return { json: JSON.stringify([id, client, wire, modelAsked, modelServed, code, message, accountId]).toLowerCase() }
}
