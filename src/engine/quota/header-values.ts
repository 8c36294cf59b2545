// Reading numbers, instants and lengths from headers that may hold anything. What isn't understood is absent. Instants are brought
// to our clock: vendors give them by theirs.
import type { QuotaSource, QuotaWindow } from '../../core/quota.ts'
import { instantOrDurationMs } from '../../wire/retry-after.ts'
import { clockOf } from '../../wire/upstream-failure.ts'
import type { HeaderMap } from '../upstream.ts'

/** What a reader is given. Header names are lower case. */
export interface QuotaReading {
  /** The id of the provider, for what vendors mean by the same header. */
  readonly provider: string
  /** The upstream model that was called: limits that count for one model are its. */
  readonly model: string
  readonly headers: HeaderMap
  /** Epoch milliseconds. */
  readonly now: number
}

export type QuotaReader = (reading: QuotaReading) => readonly QuotaWindow[]

export function textIn(headers: HeaderMap, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value[0] : value
}

/** A number that isn't negative; undefined for words such as `unlimited`. */
export function numberIn(headers: HeaderMap, name: string): number | undefined {
  return toNumber(textIn(headers, name))
}

export function toNumber(text: string | undefined): number | undefined {
  if (text === undefined || !/^\s*\d{1,15}(?:\.\d{1,15})?\s*$/.test(text)) return undefined
  return Number(text)
}

/** What every instant has in it, and no span: many digits in a row, or what stands between the parts of a date. */
const instantShape = /\d{10}|[-:,]/

/** The epoch millisecond of our clock that a reset means; undefined when there is none, or when there is nothing to wait for. */
export function resetAt(text: string | undefined, headers: HeaderMap, now: number): number | undefined {
  if (text === undefined) return undefined
  // Most name a span, which needs no clock of theirs.
  const served = instantShape.test(text) ? clockOf({ date: textIn(headers, 'date') ?? '' }, now) : now
  const wait = instantOrDurationMs(text, served)
  return wait === undefined || wait === 0 ? undefined : now + wait
}

const periodMs: Readonly<Record<string, number>> = {
  second: 1_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
  month: 31 * 86_400_000,
}

export function lengthOfPeriod(period: string | undefined): number | undefined {
  return period === undefined ? undefined : periodMs[period]
}

interface Counts {
  readonly id: string
  readonly unit: QuotaWindow['unit']
  readonly model?: string | undefined
  readonly limit?: number | undefined
  readonly remaining?: number | undefined
  readonly resetsAt?: number | undefined
  readonly lengthMs?: number | undefined
  readonly refills?: boolean | undefined
  readonly exhausted?: boolean | undefined
  readonly source?: QuotaSource
}

/** A window of what is known; undefined when neither a limit nor a remainder is. */
export function windowOf(counts: Counts, now: number): QuotaWindow | undefined {
  const { id, unit, model, limit, remaining, resetsAt, lengthMs, refills, exhausted, source = 'header' } = counts
  if (limit === undefined && remaining === undefined) return undefined
  return {
    id,
    unit,
    ...(model === undefined ? {} : { model }),
    ...(limit === undefined ? {} : { limit }),
    ...(remaining === undefined ? {} : { remaining }),
    ...(resetsAt === undefined ? {} : { resetsAt }),
    ...(lengthMs === undefined ? {} : { lengthMs }),
    ...(refills ? { refills } : {}),
    ...(exhausted === undefined ? {} : { exhausted }),
    source,
    at: now,
  }
}
