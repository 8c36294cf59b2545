// What a vendor's headers say of a short window that is nearly used up: so many requests more until the reset. Windows of hours
// and days are a matter of health and quota, which skip the account instead of waiting for it.
import { type QuotaWindow, remainingShare } from '../../core/quota.ts'

/** Milliseconds. A reset further away than this isn't waited for. */
const longestWait = 120_000

/** Requests left from which each one is counted; more than this are never in flight at a time. */
const nearlyEmpty = 32

/** Two reports of a reset that lie this close together mean the same window; vendors round. */
const sameReset = 1_500

export interface LearnedLimit {
  /** Requests that may still begin; counted down with each. */
  remaining: number
  /** Epoch milliseconds. */
  resetsAt: number
  /** How many each following window has, and its length: until a newer report it is taken for the same. */
  readonly limit: number | undefined
  readonly lengthMs: number | undefined
  /** Epoch milliseconds from which nothing of it holds any more. */
  readonly endsAt: number
}

/** The limit that a report teaches; undefined when it leaves room. `known` is what was learned of the same window before. */
export function learnLimit(
  window: QuotaWindow,
  known: LearnedLimit | undefined,
  now: number,
): LearnedLimit | undefined {
  const { resetsAt, remaining, limit, unit } = window
  if (resetsAt === undefined || resetsAt <= now || resetsAt - now > longestWait) return undefined
  if (window.exhausted === false) return undefined
  if (remainingShare(window) === 0)
    return window.refills && !window.exhausted ? trickle(window, resetsAt) : full(window)
  if (unit !== 'requests' || remaining === undefined || remaining > nearlyEmpty || window.refills) return undefined
  // Requests in flight are counted in our number, those of other programs in the vendor's.
  const same = known && known.resetsAt > now && Math.abs(known.resetsAt - resetsAt) <= sameReset
  const left = same ? Math.min(known.remaining, remaining) : remaining
  return { remaining: left, resetsAt, limit, lengthMs: window.lengthMs, endsAt: resetsAt + longestWait }
}

function full(window: QuotaWindow & { readonly resetsAt?: number }): LearnedLimit {
  const { resetsAt = 0, unit, limit, lengthMs } = window
  const requests = unit === 'requests' ? limit : undefined
  return { remaining: 0, resetsAt, limit: requests, lengthMs, endsAt: resetsAt + longestWait }
}

/** A bucket that fills up bit by bit: one request as often as its rate says, or a twentieth of the tokens. */
function trickle({ at, limit, unit }: QuotaWindow, fullAt: number): LearnedLimit {
  const missing = unit === 'requests' && limit !== undefined && limit > 0 ? limit : 20
  const lengthMs = Math.max(1, Math.ceil((fullAt - at) / missing))
  return { remaining: 0, resetsAt: at + lengthMs, limit: 1, lengthMs, endsAt: fullAt }
}

/** Moves on over resets that have passed. False when it says nothing any more. */
export function isCurrent(learned: LearnedLimit, now: number): boolean {
  if (now < learned.resetsAt) return true
  const { limit, lengthMs, endsAt } = learned
  // A window that nobody used since its reset is as good as forgotten.
  if (limit === undefined || lengthMs === undefined || now >= endsAt || learned.remaining >= limit) return false
  learned.remaining = limit
  learned.resetsAt += lengthMs * (Math.floor((now - learned.resetsAt) / lengthMs) + 1)
  return true
}
