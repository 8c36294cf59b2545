// How much Gemini should think and whether it shows it: a level or a budget, never both (rules 101-104).
import type { JsonObject } from '../../core/json.ts'
import type { ReasoningWish } from '../reasoning-levels.ts'
import { budgetOf, clampBudget, levelOf, nearestLevel, wishOf } from '../reasoning-levels.ts'
import type { WriteContext } from './write-context.ts'
import { warn } from './write-context.ts'

/** `thinkingConfig`, or undefined where nothing is to be said. */
export function writeThinking(context: WriteContext): JsonObject | undefined {
  const { request, quirks } = context
  const wish = wishOf(request.reasoning)
  if (quirks.thinking === 'none') {
    if (wish.kind === 'on') warn(context, 'dropped-parameter', 'reasoning', 'The model does not reason.')
    return undefined
  }
  const amount = quirks.thinking === 'level' ? levelFor(wish, context) : budgetFor(wish, context)
  const shown = wantsThoughts(context, wish)
  if (amount === undefined && shown === undefined) return undefined
  return { ...amount, ...(shown === undefined ? {} : { includeThoughts: shown }) }
}

/** Thoughts are shown only to clients that want to see them; undefined leaves it to the server (rule 103). */
function wantsThoughts({ request }: WriteContext, wish: ReasoningWish): boolean | undefined {
  const summary = request.reasoning?.summary
  if (summary !== undefined) return summary !== 'none'
  if (wish.kind !== 'on') return undefined
  // Responses clients ask for a summary, Gemini clients for thoughts; the others see whatever reasoning there is.
  return request.origin === 'openai-responses' || request.origin === 'gemini-generate' ? undefined : true
}

function levelFor(wish: ReasoningWish, context: WriteContext): JsonObject | undefined {
  if (wish.kind === 'unsaid') return undefined
  const { thinkingLevels } = context.quirks
  if (wish.kind === 'off') {
    warn(
      context,
      'changed-parameter',
      'reasoning',
      'The model cannot do without thinking; it was asked to think least.',
    )
    return { thinkingLevel: nearestLevel('none', thinkingLevels).toUpperCase() }
  }
  const level = levelOf(wish)
  return level === undefined ? undefined : { thinkingLevel: nearestLevel(level, thinkingLevels).toUpperCase() }
}

function budgetFor(wish: ReasoningWish, context: WriteContext): JsonObject | undefined {
  const { minBudget, maxBudget, canDisable } = context.quirks
  if (wish.kind === 'unsaid') return undefined
  if (wish.kind === 'off') {
    if (canDisable) return { thinkingBudget: 0 }
    warn(
      context,
      'changed-parameter',
      'reasoning',
      'The model cannot do without thinking; it was asked to think least.',
    )
    return { thinkingBudget: minBudget }
  }
  const budget = wish.adaptive ? undefined : budgetOf(wish)
  return { thinkingBudget: budget === undefined ? -1 : clampBudget(budget, { min: minBudget, max: maxBudget }) }
}
