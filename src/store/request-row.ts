// A request record as a row of the log: what filters need as columns, all the rest as one compact JSON text. Pure.
import type { RequestRecord } from '../core/trace.ts'
import type { Usage } from '../core/usage.ts'
import type { SqlValue } from './database.ts'
import { readJson } from './database.ts'
import { type JsonText, jsonText, type Parameter } from './statement.ts'
import { fromStoredStep, type StoredStep, toStoredStep } from './trace-row.ts'

export const requestColumns = 'sequence, at, failed, search, data'

/** Order of the counts in the stored list; behind them stand what only some vendors tell: their own cost, and what was cached for an hour. */
const usageFields = ['input', 'cacheRead', 'cacheWrite', 'output', 'reasoning'] as const satisfies (keyof Usage)[]

interface StoredRecord extends Omit<RequestRecord, 'at' | 'usage' | 'trace' | 'warnings'> {
  readonly usage: readonly (number | null)[]
  readonly trace?: readonly StoredStep[]
  readonly warnings?: RequestRecord['warnings']
}

export function toRequestRow(record: RequestRecord, sequence: number): Parameter[] {
  const { at, usage, trace, warnings, ...rest } = record
  const counts: (number | null)[] = usageFields.map((field) => usage[field])
  if (usage.cacheWrite1h !== undefined) counts.push(usage.costUsd ?? null, usage.cacheWrite1h)
  else if (usage.costUsd !== undefined) counts.push(usage.costUsd)
  const stored: StoredRecord = {
    ...rest,
    usage: counts,
    ...(trace.length > 0 && { trace: trace.map(toStoredStep) }),
    ...(warnings.length > 0 && { warnings }),
  }
  return [sequence, at, hasFailed(record) ? 1 : 0, searchText(record), jsonText(stored)]
}

export function fromRequestRow(at: SqlValue | undefined, data: SqlValue | undefined): RequestRecord {
  const { usage, trace = [], warnings = [], ...rest } = readJson(data) as StoredRecord
  const [input = null, cacheRead = null, cacheWrite = null, output = null, reasoning = null, cost = null, hour = null] =
    usage
  const counts: Usage = {
    input,
    cacheRead,
    cacheWrite,
    ...(hour !== null && { cacheWrite1h: hour }),
    output,
    reasoning,
    ...(cost !== null && { costUsd: cost }),
  }
  return { ...rest, at: Number(at), usage: counts, trace: trace.map(fromStoredStep), warnings }
}

/** A text as it stands within `search`: letters of either case are the same, quotes are escaped as JSON does. */
export function toSearchText(text: string): JsonText {
  return { json: JSON.stringify(text.toLowerCase()).slice(1, -1) }
}

/** How the search text of a request begins. */
export function searchStart(id: string): JsonText {
  return { json: `[${JSON.stringify(id.toLowerCase())},` }
}

export function hasFailed(record: RequestRecord): boolean {
  return record.code !== undefined || record.status >= 400
}

/** The words as a JSON list, so that no match can reach from one into the next. */
function searchText(record: RequestRecord): JsonText {
  const { id, client, wire, modelAsked, modelServed = '', code = '', message = '', accountId = '' } = record
  return { json: JSON.stringify([id, client, wire, modelAsked, modelServed, code, message, accountId]).toLowerCase() }
}
