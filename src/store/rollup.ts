// A roll-up: what the requests of one hour or day came to that share model, account, key, client and workspace. Pure.
import type { RequestRecord } from '../core/trace.ts'
import { addHistogram, count, type Histogram } from './histogram.ts'
import { hasFailed } from './request-row.ts'

export interface RollupKey {
  /** Public id of the model that served; empty when none did. */
  readonly model: string
  /** Ids; empty when there is none. */
  readonly account: string
  readonly key: string
  /** The product alone, without its version. */
  readonly client: string
  readonly workspace: string
}

export interface Totals {
  requests: number
  /** Those that a client broke off itself don't count as failed. */
  failed: number
  /** Tokens, as far as they are known. */
  input: number
  cacheRead: number
  cacheWrite: number
  output: number
  /** US dollars, as far as they are known. */
  usd: number
  /** Answers of which nobody knows what they cost. */
  unpriced: number
  /** Milliseconds. */
  firstByteMs: number
  firstBytes: number
  totalMs: number
  readonly firstByteTimes: Histogram
  readonly totalTimes: Histogram
}

/** The order of the sums wherever they are stored. */
export const sums = [
  'requests',
  'failed',
  'input',
  'cacheRead',
  'cacheWrite',
  'output',
  'usd',
  'unpriced',
  'firstByteMs',
  'firstBytes',
  'totalMs',
] as const satisfies (keyof Totals)[]

export function emptyTotals(): Totals {
  return {
    requests: 0,
    failed: 0,
    input: 0,
    cacheRead: 0,
    cacheWrite: 0,
    output: 0,
    usd: 0,
    unpriced: 0,
    firstByteMs: 0,
    firstBytes: 0,
    totalMs: 0,
    firstByteTimes: new Map(),
    totalTimes: new Map(),
  }
}

export function rollupKey(record: RequestRecord): RollupKey {
  const { modelServed = '', accountId = '', keyId = '', client, workspace = '' } = record
  const version = client.indexOf('/')
  return {
    model: modelServed,
    account: accountId,
    key: keyId,
    client: version < 0 ? client : client.slice(0, version),
    workspace,
  }
}

export function addRecord(totals: Totals, record: RequestRecord): void {
  const { usage, cost, firstByteMs, totalMs } = record
  totals.requests += 1
  if (hasFailed(record) && record.code !== 'client_left') totals.failed += 1
  totals.input += usage.input ?? 0
  totals.cacheRead += usage.cacheRead ?? 0
  totals.cacheWrite += usage.cacheWrite ?? 0
  totals.output += usage.output ?? 0
  if (cost) totals.usd += cost.usd
  else if (isUnpriced(record)) totals.unpriced += 1
  if (firstByteMs !== undefined) {
    totals.firstByteMs += firstByteMs
    totals.firstBytes += 1
    count(totals.firstByteTimes, firstByteMs)
  }
  totals.totalMs += totalMs
  count(totals.totalTimes, totalMs)
}

/** What no model served costs nothing, so nothing is missing there. */
export function isUnpriced({ modelServed, cost }: RequestRecord): boolean {
  return modelServed !== undefined && cost === undefined
}

export function addTotals(to: Totals, from: Totals): void {
  for (const sum of sums) to[sum] += from[sum]
  addHistogram(to.firstByteTimes, from.firstByteTimes)
  addHistogram(to.totalTimes, from.totalTimes)
}

/** Local time, so that days are a person's days, also where zones differ by half hours. Epoch milliseconds. */
export function hourStart(at: number): number {
  const date = new Date(at)
  return at - date.getMinutes() * 60_000 - date.getSeconds() * 1000 - date.getMilliseconds()
}

export function dayStart(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0)
}

export function nextDayStart(at: number): number {
  const date = new Date(dayStart(at))
  return date.setDate(date.getDate() + 1)
}
