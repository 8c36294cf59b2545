// The words of routing: strategies, combos, aliases and what a request may be changed into on its way.
import type { ReasoningLevel } from './conversation.ts'

/** How one of several equals is chosen. The others stay behind it as fallbacks. Each has a file in src/engine/strategies. */
export const strategyIds = [
  'ordered',
  'weighted',
  'round-robin',
  'random',
  'power-of-two',
  'least-used',
  'cheapest',
  'fastest',
  'use-before-reset',
] as const
export type StrategyId = (typeof strategyIds)[number]

export const reasoningLevels = [
  'none',
  'minimal',
  'low',
  'medium',
  'high',
  'xhigh',
  'max',
] as const satisfies readonly ReasoningLevel[]

/** What the user lays down about a model's thinking. `passthrough` leaves what the client asked. */
export type ReasoningMode =
  | { readonly mode: 'passthrough' | 'off' | 'adaptive' }
  | { readonly mode: 'level'; readonly level: ReasoningLevel }
  /** Tokens. */
  | { readonly mode: 'budget'; readonly tokens: number }

/** What a member of a combo changes in a request that it serves. */
export interface MemberOverrides {
  readonly reasoning?: ReasoningMode
  readonly maxOutputTokens?: number
  readonly temperature?: number
}

export interface ComboMember {
  /** A public model id, an alias, or the name of another combo. */
  readonly model: string
  /** For the strategy `weighted`; 1 when absent, 0 takes part only as a fallback. */
  readonly weight?: number
  /** False leaves it out without forgetting it. */
  readonly enabled?: boolean
  readonly overrides?: MemberOverrides
}

export interface Combo {
  readonly id: string
  readonly name: string
  readonly strategy: StrategyId
  readonly members: readonly ComboMember[]
  readonly enabled: boolean
}

/**
 * Another name for a model. The pattern is exact or has `*`, each of which captures; the target uses the captures in order as `$1`,
 * `$2` …: `gpt-*` to `openrouter/openai/gpt-$1`.
 */
export interface Alias {
  readonly pattern: string
  readonly target: string
}

/** A member as older data and short configurations write it: the bare name. */
export function toComboMember(member: string | ComboMember): ComboMember {
  return typeof member === 'string' ? { model: member } : member
}

/** Who asks: what defaults, limits, budgets and caches may depend on. */
export interface Origin {
  /** The id of the gateway key; absent for the editor's own chats. */
  readonly keyId?: string
  /** What the workspace is called that asks: `x-omniroute-workspace`, or the editor's own. */
  readonly workspace?: string
}
