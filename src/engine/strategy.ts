// The one shape of a strategy: it puts options in order, the first to be tried first. Nothing is dropped: the rest are fallbacks.
// Each file of src/engine/strategies exports one as `strategy`; the registry beside them is generated.
import type { Random } from '../core/clock.ts'
import type { StrategyId } from '../core/routing.ts'

/** What a strategy may know of an option. An option is an account of a model, or a member of a combo with its best account. */
export interface Option {
  /** Where the user put it, from 0. */
  readonly position: number
  readonly weight: number
  /** Requests in flight. */
  inFlight(): number
  /** Requests of the last hour. */
  recentUses(): number
  firstByteMs(): number | undefined
  price(): number | undefined
  /** From 0 to 1, of its tightest quota. */
  remaining(): number | undefined
  /** Epoch milliseconds when its tightest quota starts anew. */
  resetsAt(): number | undefined
}

export interface StrategyContext {
  readonly now: number
  readonly random: Random
  /** Counts the requests that this group has decided so far: 0, 1, 2 … Asking doesn't count; the plan does, once it is made. */
  turn(): number
}

export interface Strategy {
  readonly id: StrategyId
  /** All of the options in the order of trying. Pure but for `random`. */
  order<T extends Option>(options: readonly T[], context: StrategyContext): readonly T[]
}

/** Marks a file as a strategy and lets the compiler check it. */
export function defineStrategy(strategy: Strategy): Strategy {
  return strategy
}
