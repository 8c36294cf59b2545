// How much a model should think: levels, token budgets and "the model decides", turned into one another (rules 15, 101-103).
import type { ReasoningLevel, ReasoningRequest } from '../core/conversation.ts'

/** From least to most. */
export const reasoningLevels: readonly ReasoningLevel[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']

const budgets: Readonly<Record<ReasoningLevel, number>> = {
  none: 0,
  minimal: 512,
  low: 1024,
  medium: 8192,
  high: 24_576,
  xhigh: 32_768,
  max: 128_000,
}

export function budgetOfLevel(level: ReasoningLevel): number {
  return budgets[level]
}

export function levelOfBudget(tokens: number): ReasoningLevel {
  if (tokens <= 0) return 'none'
  if (tokens <= 512) return 'minimal'
  if (tokens <= 1024) return 'low'
  if (tokens <= 8192) return 'medium'
  return tokens <= 24_576 ? 'high' : 'xhigh'
}

/** The supported level nearest to the wish; of two that are as near the higher. */
export function nearestLevel(wish: ReasoningLevel, supported: readonly ReasoningLevel[]): ReasoningLevel {
  const place = reasoningLevels.indexOf(wish)
  let best: ReasoningLevel | undefined
  let bestDistance = Number.POSITIVE_INFINITY
  for (const level of supported) {
    const distance = Math.abs(reasoningLevels.indexOf(level) - place)
    const isHigher = best !== undefined && reasoningLevels.indexOf(level) > reasoningLevels.indexOf(best)
    if (distance < bestDistance || (distance === bestDistance && isHigher)) {
      best = level
      bestDistance = distance
    }
  }
  return best ?? wish
}

export interface BudgetRange {
  readonly min?: number
  readonly max?: number
}

export function clampBudget(tokens: number, range: BudgetRange): number {
  return Math.max(range.min ?? 0, Math.min(tokens, range.max ?? tokens))
}

/** What a request wants in one of three words. A summary alone asks for nothing (rule 104). */
export type ReasoningWish =
  | { readonly kind: 'unsaid' }
  | { readonly kind: 'off' }
  | { readonly kind: 'on'; readonly level?: ReasoningLevel; readonly budgetTokens?: number; readonly adaptive: boolean }

export function wishOf(reasoning: ReasoningRequest | undefined): ReasoningWish {
  if (reasoning === undefined) return { kind: 'unsaid' }
  const { level, budgetTokens, adaptive = false } = reasoning
  if (adaptive) return { kind: 'on', adaptive, ...(level === undefined || level === 'none' ? {} : { level }) }
  if (budgetTokens !== undefined && budgetTokens > 0) return { kind: 'on', adaptive, budgetTokens }
  if (level === 'none' || budgetTokens === 0) return { kind: 'off' }
  return level === undefined ? { kind: 'unsaid' } : { kind: 'on', adaptive, level }
}

/** The budget a wish amounts to; adaptive ones without a level have none. */
export function budgetOf(wish: Extract<ReasoningWish, { kind: 'on' }>): number | undefined {
  return wish.budgetTokens ?? (wish.level === undefined ? undefined : budgetOfLevel(wish.level))
}

export function levelOf(wish: Extract<ReasoningWish, { kind: 'on' }>): ReasoningLevel | undefined {
  return wish.level ?? (wish.budgetTokens === undefined ? undefined : levelOfBudget(wish.budgetTokens))
}

/** Least budget Claude takes (rule 15). */
export const leastBudget = 1024

/**
 * A budget and an output limit that go together (rule 15): at least 1024 tokens and less than the limit. The limit is raised
 * up to what the model can, else the budget lowered; undefined when there is no room for thinking at all.
 */
export function fitBudget(
  budget: number,
  maxOutput: number,
  modelMaxOutput: number | undefined,
): { readonly budget: number; readonly maxOutput: number } | undefined {
  const wanted = Math.max(leastBudget, Math.floor(budget))
  if (wanted < maxOutput) return { budget: wanted, maxOutput }
  const ceiling = Math.max(maxOutput, modelMaxOutput ?? maxOutput)
  const raised = Math.min(ceiling, wanted + maxOutput)
  if (wanted < raised) return { budget: wanted, maxOutput: raised }
  const lowered = raised - Math.min(1024, Math.floor(raised / 4))
  return lowered >= leastBudget && lowered < raised ? { budget: lowered, maxOutput: raised } : undefined
}
