// How much to think, in every form that Chat clients say it: OpenAI's, OpenRouter's, and those of GLM, Kimi and Qwen (table R).
import type { ReasoningLevel, ReasoningRequest } from '../../core/conversation.ts'
import { isJsonObject } from '../../core/json.ts'
import { reasoningLevels } from '../reasoning-levels.ts'
import type { WireRequest } from './schema.ts'

export function readReasoning(body: WireRequest): ReasoningRequest | undefined {
  const effort = levelNamed(body.reasoning_effort)
  if (effort !== undefined) return { level: effort }
  if (isJsonObject(body.reasoning)) {
    const { effort: word, max_tokens: budget, enabled } = body.reasoning
    const level = levelNamed(word)
    if (level !== undefined) return { level }
    if (typeof budget === 'number') return { budgetTokens: budget }
    if (enabled === true) return { adaptive: true }
    if (enabled === false) return { level: 'none' }
  }
  if (isJsonObject(body.thinking)) {
    const { type, budget_tokens: budget } = body.thinking
    if (type === 'disabled') return { level: 'none' }
    if (typeof budget === 'number') return { budgetTokens: budget }
    if (type === 'enabled' || type === 'adaptive' || type === 'auto') return { adaptive: true }
  }
  if (body.enable_thinking === false) return { level: 'none' }
  if (typeof body.thinking_budget === 'number') return { budgetTokens: body.thinking_budget }
  return body.enable_thinking === true ? { adaptive: true } : undefined
}

/** A level by its name; undefined for words this gateway does not know. */
export function levelNamed(word: unknown): ReasoningLevel | undefined {
  return reasoningLevels.find((level) => level === word)
}
