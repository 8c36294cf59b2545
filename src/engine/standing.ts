// How a target stands at the moment: everything the plan asks of health, quotas, limits, latencies, prices and budgets, behind one
// interface, so that planning stays a pure function of what it is given. Every method must cost next to nothing.
import type { FailureCode } from '../core/errors.ts'
import type { QuotaSource } from '../core/quota.ts'
import type { Origin } from '../core/routing.ts'
import type { Target } from './catalogue.ts'

export interface Rest {
  readonly code: FailureCode
  /** Epoch milliseconds. */
  readonly until: number
  /** True when the upstream named the instant; false when it is a guess of ours. */
  readonly named: boolean
  /** Epoch milliseconds when it was learned. */
  readonly at: number
  readonly source?: QuotaSource
  /** A named rest that is long may have ended early: true when it is time to find out with a request. */
  readonly recheck?: boolean
}

export interface QuotaStanding {
  /** The window that is tightest: `unified/5h`. */
  readonly window: string
  /** From 0 to 1; undefined when unknown. */
  readonly remaining?: number
  readonly resetsAt?: number
  /** Set while the vendor says that nothing is left; epoch milliseconds. */
  readonly exhaustedUntil?: number
  /** As for a rest: it is time to find out with a request whether it still holds. */
  readonly recheck?: boolean
  readonly source: QuotaSource
  /** Epoch milliseconds when it was read. */
  readonly at: number
}

export interface BudgetStanding {
  /** `reroute`: cheaper tiers come first. `stop`: not called at all. */
  readonly verdict: 'reroute' | 'stop'
  /** In words. */
  readonly reason: string
}

export interface Standing {
  rest(target: Target, now: number): Rest | undefined
  /** The circuit breaker of the target's host, while it is open. */
  breaker(target: Target, now: number): { readonly until: number } | undefined
  quota(target: Target, now: number): QuotaStanding | undefined
  /** Requests in flight. */
  inFlight(target: Target): number
  /** Requests of the last hour, for `least-used`. */
  recentUses(target: Target, now: number): number
  /** Smoothed time to the first byte in milliseconds; undefined before the first answer. */
  firstByteMs(target: Target): number | undefined
  /** US dollars for a million tokens, input and output in the usual mix; undefined when unknown. */
  price(target: Target): number | undefined
  budget(target: Target, origin: Origin, now: number): BudgetStanding | undefined
}
