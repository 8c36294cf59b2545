// What the steps of resolving a name hand to each other: a meaning or a refusal, and what is remembered on the way.
import type { FailureCode } from '../../core/errors.ts'
import type { ReasoningMode } from '../../core/routing.ts'
import type { Choice } from '../resolution.ts'

/** Longer names are nobody's model; aliases that double a name must not grow without end. */
export const longestName = 1_000

export interface Found {
  readonly choice: Choice
  /** What the brackets behind the name, or behind an alias's target, say. */
  readonly reasoning?: ReasoningMode
}

export interface Refusal {
  readonly refused: Extract<FailureCode, 'unknown_model' | 'model_blocked' | 'no_target'>
  readonly message: string
  /** The message in a few words, for a member that a combo goes without. */
  readonly reason: string
  /** A name that nobody has: what resembles it is worth telling. */
  readonly unknown?: string
}

export type Meaning = Found | Refusal

export interface DefaultModel {
  readonly model: string
  /** Whose it is, in words: `default model of this key`. */
  readonly words: string
}

/** The way through the user's names for one request. */
export interface Trip {
  /** In words, for the trace. */
  readonly steps: string[]
  /** The names that are being followed, outermost first: what ends circles. */
  readonly path: string[]
  /** The wildcards that have been applied on the path. */
  readonly wildcards: string[]
  /** The default of whoever asks. */
  readonly standIn: DefaultModel | undefined
  /** Whether the answer depends on who asks. */
  askedForStandIn: boolean
  /** Aliases and defaults on the path. */
  followed: number
  /** Combos on the path. */
  nested: number
  /** Members looked at so far. */
  visits: number
  /** Set when each combo is to be taken only once: names of those that were. */
  readonly taken: Set<string> | undefined
}

export function startTrip(standIn: DefaultModel | undefined, taken?: Set<string>): Trip {
  return {
    steps: [],
    path: [],
    wildcards: [],
    standIn,
    askedForStandIn: false,
    followed: 0,
    nested: 0,
    visits: 0,
    taken,
  }
}

/** A name in an error message or a trace: clients may send any length. */
export function quote(name: string): string {
  return `"${name.slice(0, 200)}"`
}
