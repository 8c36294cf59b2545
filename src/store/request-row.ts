// A request record as a row of the log: what filters need as columns, all the rest as one compact JSON text. Pure.
import type { RequestRecord } from '../core/trace.ts'
import type { Usage } from '../core/usage.ts'
import type { SqlValue } from './database.ts'
import { readJson } from './database.ts'
import { jsonText, type Parameter } from './statement.ts'

export const requestColumns = 'sequence, id, at, failed, account, search, data'

/** Order of the counts in the stored list. New ones are added at the end. */
const usageFields = ['input', 'cacheRead', 'cacheWrite', 'output', 'reasoning'] as const satisfies (keyof Usage)[]

interface StoredRecord extends Omit<RequestRecord, 'id' | 'at' | 'usage' | 'trace' | 'warnings'> {
  readonly usage: readonly (number | null)[]
  readonly trace?: RequestRecord['trace']
  readonly warnings?: RequestRecord['warnings']
}

export function toRequestRow(record: RequestRecord, sequence: number): Parameter[] {
  const { id, at, usage, trace, warnings, ...rest } = record
  const stored: StoredRecord = {
    ...rest,
    usage: usageFields.map((field) => usage[field]),
    ...(trace.length > 0 && { trace }),
    ...(warnings.length > 0 && { warnings }),
  }
  return [sequence, id, at, hasFailed(record) ? 1 : 0, record.accountId ?? null, searchText(record), jsonText(stored)]
}

export function fromRequestRow(
  id: SqlValue | undefined,
  at: SqlValue | undefined,
  data: SqlValue | undefined,
): RequestRecord {
  const { usage, trace = [], warnings = [], ...rest } = readJson(data) as StoredRecord
  const [input = null, cacheRead = null, cacheWrite = null, output = null, reasoning = null] = usage
  const counts: Usage = { input, cacheRead, cacheWrite, output, reasoning }
  return { ...rest, id: String(id), at: Number(at), usage: counts, trace, warnings }
}

/** The form in which text is searched for: letters of either case are the same. */
export function toSearchText(text: string): string {
  return text.toLowerCase().replaceAll('\0', '')
}

function hasFailed(record: RequestRecord): boolean {
  return record.code !== undefined || record.status >= 400
}

function searchText(record: RequestRecord): string {
  const { id, client, wire, modelAsked, modelServed, code, message } = record
  const words = [id, client, wire, modelAsked, modelServed, code, message]
  return toSearchText(words.filter((word) => word !== undefined).join('\n'))
}
