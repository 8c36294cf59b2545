// How much Claude should think, in the form its generation takes (rules 15, 81, 101, 102, 104, 108).
import type { JsonObject } from '../../core/json.ts'
import type { ReasoningWish } from '../reasoning-levels.ts'
import { budgetOf, budgetOfLevel, fitBudget, levelOf, nearestLevel, wishOf } from '../reasoning-levels.ts'
import type { WriteContext } from './write-context.ts'
import { warn } from './write-context.ts'

export interface Thinking {
  /** `thinking` and the effort for `output_config`; absent where nothing is to be said. */
  readonly thinking?: JsonObject
  readonly effort?: string
  readonly isOn: boolean
  readonly maxTokens: number
}

/** `obstacle` says why the model may not think in this request, where there is a reason. */
export function writeThinking(context: WriteContext, maxTokens: number, obstacle: string | undefined): Thinking {
  const wish = wishOf(context.request.reasoning)
  const off: Thinking = { isOn: false, maxTokens }
  if (wish.kind === 'unsaid') return off
  if (context.quirks.thinking === 'none') {
    if (wish.kind === 'on') warn(context, 'dropped-parameter', 'reasoning', 'The model does not reason.')
    return off
  }
  if (wish.kind === 'off') return { ...off, thinking: { type: 'disabled' } }
  if (obstacle !== undefined) {
    warn(context, 'changed-parameter', 'reasoning', `Thinking was switched off: ${obstacle}.`)
    return context.quirks.thinking === 'adaptive' ? { ...off, thinking: { type: 'disabled' } } : off
  }
  return context.quirks.thinking === 'adaptive' ? adaptive(wish, context, maxTokens) : budget(wish, context, maxTokens)
}

type Wanted = Extract<ReasoningWish, { kind: 'on' }>

function display(context: WriteContext): JsonObject {
  const summary = context.request.reasoning?.summary
  if (!context.quirks.thinkingDisplay) return {}
  // Clients of other wires see reasoning only when it is spelled out; these models leave it out unless told.
  if (summary === undefined && context.request.origin === 'anthropic-messages') return {}
  return { display: summary === 'none' ? 'omitted' : 'summarized' }
}

function adaptive(wish: Wanted, context: WriteContext, maxTokens: number): Thinking {
  const level = levelOf(wish)
  const effort = level === undefined ? undefined : nearestLevel(level, context.quirks.efforts)
  return {
    thinking: { type: 'adaptive', ...display(context) },
    ...(effort === undefined ? {} : { effort }),
    isOn: true,
    maxTokens,
  }
}

function budget(wish: Wanted, context: WriteContext, maxTokens: number): Thinking {
  const asked = budgetOf(wish) ?? budgetOfLevel('medium')
  const capped = Math.min(asked, context.quirks.maxBudget ?? asked)
  const fitted = fitBudget(capped, maxTokens, context.target.limits.maxOutput)
  if (fitted === undefined) {
    warn(
      context,
      'changed-parameter',
      'reasoning',
      'Thinking was switched off: the output limit leaves no room for it.',
    )
    return { isOn: false, maxTokens }
  }
  if (fitted.maxOutput !== maxTokens) {
    warn(
      context,
      'changed-parameter',
      'max_tokens',
      `The output limit was raised to ${fitted.maxOutput} to hold the thinking.`,
    )
  }
  return {
    thinking: { type: 'enabled', budget_tokens: fitted.budget, ...display(context) },
    isOn: true,
    maxTokens: fitted.maxOutput,
  }
}
