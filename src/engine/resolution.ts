// What a name stands for: a tree of choices whose leaves are models with the accounts that serve them. Names are resolved in
// src/engine/resolve; the plan turns the tree into an order for one request.
import type { MemberOverrides, ReasoningMode, StrategyId } from '../core/routing.ts'
import type { Target } from './catalogue.ts'

interface ChoiceBase {
  /** For the strategy `weighted` of the group it stands in. */
  readonly weight: number
  /** What the combo changes in a request that this choice serves; inner ones win over outer ones. */
  readonly overrides?: MemberOverrides
}

export interface ModelChoice extends ChoiceBase {
  readonly kind: 'model'
  /** `<prefix>/<model>`. */
  readonly publicId: string
  /** In the user's order: tier, order, age. Never empty. */
  readonly targets: readonly Target[]
}

export interface GroupChoice extends ChoiceBase {
  readonly kind: 'group'
  /** A combo's name or `auto…`. Keeps the turn of `round-robin`. */
  readonly name: string
  readonly strategy: StrategyId
  /** Never empty. */
  readonly choices: readonly Choice[]
}

export type Choice = ModelChoice | GroupChoice

export interface Resolution {
  /** The name as the client wrote it. */
  readonly asked: string
  readonly root: Choice
  /** What stood behind the name in brackets: `model(high)`, `model(8192)`. */
  readonly reasoning?: ReasoningMode
  /** In words, for the trace: `alias "gpt-*" means openrouter/openai/gpt-5`. */
  readonly steps: readonly string[]
}
