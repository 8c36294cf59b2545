// How long something rests: what the upstream named, unless it can only be a mistake, or a guess that grows with each failure
// in a row. Pure.
import type { Random } from '../core/clock.ts'
import type { FailureCode, GatewayError } from '../core/errors.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** After this long without a failure the next one counts as the first. */
export const streakForgottenAfterMs = 30 * minute

/** The longest wait that is believed, by what was refused: a burst limit that claims days is a mistake, a quota may mean them. */
const longestNamedMs: Partial<Record<FailureCode, number>> = {
  rate_limited: hour,
  overloaded: 10 * minute,
  quota_exhausted: 8 * day,
  payment_required: 31 * day,
  account_refused: day,
  model_not_found: day,
}
const longestOtherMs = 10 * minute

/** Milliseconds to rest for the wait that the upstream named. */
export function namedRestMs(error: GatewayError): number {
  const isMonthly = error.code === 'quota_exhausted' && /\bmonth/i.test(error.message)
  const longest = isMonthly ? 31 * day : (longestNamedMs[error.code] ?? longestOtherMs)
  return Math.min(Math.max(0, error.retryAfterMs ?? 0), longest)
}

/**
 * Milliseconds to rest where nothing was named. The first failure costs what the catalogue says; each further one in a row
 * doubles the most that may come, and chance picks between, so that accounts which failed together don't return together.
 */
export function guessedRestMs(baseMs: number, streak: number, random: Random): number {
  if (streak <= 1) return baseMs
  const longest = baseMs < minute ? 5 * minute : 6 * baseMs
  const most = Math.min(longest, baseMs * 2 ** Math.min(streak - 1, 20))
  return Math.round(baseMs + random() * (most - baseMs))
}
