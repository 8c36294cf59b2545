// Reads the roll-ups of the request log, for charts and budgets. They outlive the rows they sum up: hours are kept for 30 days,
// days for two years.
import type { Database } from './database.ts'
import { type Histogram, percentile } from './histogram.ts'
import type { Write } from './persistence.ts'
import { addTotals, dayStart, emptyTotals, hourStart, type RollupKey, type Totals } from './rollup.ts'
import { fromRollupRow, type RollupRow, rollupColumns } from './rollup-row.ts'
import { type Parameter, statement } from './statement.ts'

/** `hour` and `day` group by time; hours of more than 30 days ago are told as their day. */
export type RollupDimension = keyof RollupKey | 'hour' | 'day'

export interface RollupQuery {
  /** Epoch milliseconds. Whole hours are counted: the one that `from` falls into, up to the one before `to`. */
  readonly from: number
  readonly to?: number
  readonly by: readonly RollupDimension[]
  /** Only roll-ups that have one of the values. */
  readonly only?: RollupFilter
}

export type RollupFilter = Partial<Record<keyof RollupKey, readonly string[]>>

/** One group: its dimensions as far as they were asked for, and what it came to. */
export interface RollupResult extends Partial<RollupKey> {
  /** Epoch milliseconds of the hour or day. */
  readonly start?: number
  readonly requests: number
  readonly failed: number
  readonly input: number
  readonly cacheRead: number
  readonly cacheWrite: number
  readonly output: number
  /** US dollars, without the `unpriced` answers whose cost nobody knows. */
  readonly usd: number
  readonly unpriced: number
  readonly firstByte: Latency
  readonly total: Latency
}

/** Milliseconds; percentiles are within a tenth. Absent when nothing was measured. */
export interface Latency {
  readonly count: number
  readonly mean?: number
  readonly p50?: number
  readonly p95?: number
  readonly p99?: number
}

export interface SpentQuery {
  /** Epoch milliseconds; the whole hour it falls into counts. */
  readonly from: number
  /** Sums up what fits all that is given. */
  readonly only?: RollupFilter
}

export interface Spent {
  readonly usd: number
  readonly unpriced: number
}

const columns = { model: 'model', account: 'account', key: 'key_id', client: 'client', workspace: 'workspace' } as const
const dimensions = Object.keys(columns) as (keyof RollupKey)[]

export class Rollups {
  readonly #database: Database
  readonly #write: Write
  readonly #settle: () => void
  readonly #forget: () => void

  /** `settle` writes what is still waiting; `forget` drops what the writer has in memory. */
  constructor(database: Database, write: Write, settle: () => void, forget: () => void) {
    this.#database = database
    this.#write = write
    this.#settle = settle
    this.#forget = forget
  }

  /** Groups in the order of time, and as they first occur. */
  query({ from, to = Number.MAX_SAFE_INTEGER, by, only = {} }: RollupQuery): RollupResult[] {
    this.#settle()
    const { conditions, parameters } = toConditions(from, only)
    const found = this.#database.all(
      `SELECT ${rollupColumns} FROM rollups WHERE ${conditions} AND start < ? ORDER BY start`,
      [...parameters, to],
    )
    const groups = new Map<string, { readonly first: RollupRow; readonly totals: Totals }>()
    for (const row of found.map(fromRollupRow)) {
      const text = JSON.stringify(by.map((dimension) => partOf(row, dimension)))
      const group = groups.get(text) ?? { first: row, totals: emptyTotals() }
      addTotals(group.totals, row.totals)
      groups.set(text, group)
    }
    return Array.from(groups.values(), ({ first, totals }) => toResult(first, totals, by))
  }

  spent({ from, only = {} }: SpentQuery): Spent {
    this.#settle()
    const { conditions, parameters } = toConditions(from, only)
    const [row] = this.#database.all(`SELECT sum(usd), sum(unpriced) FROM rollups WHERE ${conditions}`, parameters)
    return { usd: Number(row?.[0] ?? 0), unpriced: Number(row?.[1] ?? 0) }
  }

  async clear(): Promise<void> {
    this.#settle()
    const written = this.#write([statement('DELETE FROM rollups')])
    this.#forget()
    await written
  }
}

function toConditions(from: number, only: RollupFilter): { conditions: string; parameters: Parameter[] } {
  let conditions = 'day IN (0, 1) AND start >= ?'
  const parameters: Parameter[] = [Number.isFinite(from) ? hourStart(from) : 0]
  for (const dimension of dimensions) {
    const values = only[dimension]
    if (!values) continue
    conditions += ` AND ${columns[dimension]} IN (${values.map(() => '?').join(', ')})`
    parameters.push(...values)
  }
  return { conditions, parameters }
}

function partOf(row: RollupRow, dimension: RollupDimension): string | number {
  if (dimension === 'hour') return row.start
  return dimension === 'day' ? dayStart(row.start) : row[dimension]
}

function toResult(first: RollupRow, totals: Totals, by: readonly RollupDimension[]): RollupResult {
  const { firstByteMs, firstBytes, totalMs, firstByteTimes, totalTimes, ...counts } = totals
  const start = by.includes('hour') ? first.start : by.includes('day') ? dayStart(first.start) : undefined
  return {
    ...(start !== undefined && { start }),
    ...Object.fromEntries(dimensions.filter((one) => by.includes(one)).map((one) => [one, first[one]])),
    ...counts,
    firstByte: toLatency(firstByteMs, firstBytes, firstByteTimes),
    total: toLatency(totalMs, counts.requests, totalTimes),
  }
}

function toLatency(sum: number, count: number, times: Histogram): Latency {
  const [p50, p95, p99] = [percentile(times, 0.5), percentile(times, 0.95), percentile(times, 0.99)]
  if (count === 0 || p50 === undefined || p95 === undefined || p99 === undefined) return { count }
  return { count, mean: sum / count, p50, p95, p99 }
}
