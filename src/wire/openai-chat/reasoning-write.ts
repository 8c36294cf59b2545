// How much to think, in the words of the target (rules 101, 102, table R).
import type { ReasoningRequest } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import type { ReasoningWish } from '../reasoning-levels.ts'
import { budgetOf, levelOf, nearestLevel, wishOf } from '../reasoning-levels.ts'
import type { WriteContext } from './write-context.ts'
import { warn } from './write-context.ts'

type On = Extract<ReasoningWish, { kind: 'on' }>

export function writeReasoningControl(reasoning: ReasoningRequest | undefined, context: WriteContext): JsonObject {
  const wish = wishOf(reasoning)
  if (wish.kind === 'unsaid') return {}
  const { reasoningControl: control } = context.quirks
  if (control === 'openrouter') return { reasoning: openRouterReasoning(wish) }
  if (!canReason(context)) {
    if (wish.kind === 'on') warnOfDrop(context)
    return {}
  }
  switch (control) {
    case 'effort': {
      const effort = effortOf(wish, context)
      return effort === undefined ? {} : { reasoning_effort: effort }
    }
    case 'thinking':
      return { thinking: { type: wish.kind === 'on' ? 'enabled' : 'disabled' } }
    default: {
      const budget = wish.kind === 'on' ? budgetOf(wish) : undefined
      return { enable_thinking: wish.kind === 'on', ...(budget === undefined ? {} : { thinking_budget: budget }) }
    }
  }
}

/** A server that is not known to reason refuses the whole request over `reasoning_effort`; the other forms are set on purpose. */
export function canReason(context: WriteContext): boolean {
  const { reasoning } = context.target.capabilities
  const { reasoningControl: control } = context.quirks
  return control !== 'none' && (control === 'effort' ? reasoning === true : reasoning !== false)
}

export function warnOfDrop(context: WriteContext): void {
  warn(context, 'dropped-parameter', 'reasoning', 'The model is not known to reason; the wish was left out.')
}

/** The nearest level the target knows; undefined when nothing should be said. */
export function effortOf(wish: Exclude<ReasoningWish, { kind: 'unsaid' }>, context: WriteContext): string | undefined {
  const { reasoningEfforts: known } = context.quirks
  if (wish.kind === 'off') return known.includes('none') ? 'none' : undefined
  const level = levelOf(wish)
  if (level === undefined) return undefined
  const nearest = nearestLevel(level, known.length > 1 ? known.filter((name) => name !== 'none') : known)
  if (nearest !== level && wish.level !== undefined) {
    warn(
      context,
      'changed-parameter',
      'reasoning',
      `The model does not know the level "${level}"; "${nearest}" was asked for.`,
    )
  }
  return nearest
}

function openRouterReasoning(wish: On | { readonly kind: 'off' }): JsonObject {
  if (wish.kind === 'off') return { enabled: false }
  if (wish.budgetTokens !== undefined) return { max_tokens: wish.budgetTokens }
  return wish.level === undefined ? { enabled: true } : { effort: wish.level === 'max' ? 'xhigh' : wish.level }
}
