// What the pass-through needs to know of Gemini replies without translating them. Used on the first events of a stream and on
// whole bodies, never on every event.
import { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { AnswerContext, SseEvent, WireInspector } from '../../core/wire-format.ts'
import { findHiddenError } from '../hidden-error.ts'
import { hasInk, parseJsonObject, textOf } from '../json-text.ts'
import { readHiddenError } from './errors.ts'
import { readUsage } from './usage.ts'

type EventMeaning = ReturnType<WireInspector['event']>

export const inspect: WireInspector = {
  event: classifyEvent,
  bodyFailure,
  usage: (data) => readUsage(data['usageMetadata'] ?? data['usage_metadata']),
  model: (data) => textOf(data['modelVersion']),
  modelKey: 'modelVersion',
  usageMarkers: ['"usageMetadata"'],
  terminalMarkers: ['"finishReason":"', '"finishReason": "'],
}

/** The model broke its own protocol; another attempt usually succeeds (rule 124). */
const brokenCalls = new Set([
  'MALFORMED_FUNCTION_CALL',
  'UNEXPECTED_TOOL_CALL',
  'TOO_MANY_TOOL_CALLS',
  'MALFORMED_RESPONSE',
])

/** The failure that a finish reason stands for when nothing else was said; undefined for ordinary ends. */
export function brokenCallFailure(reason: string, explanation?: unknown): GatewayError | undefined {
  if (!brokenCalls.has(reason)) return undefined
  const detail = typeof explanation === 'string' && explanation !== '' ? `: ${explanation.slice(0, 300)}` : ''
  return new GatewayError('upstream_error', `The model produced a call that Gemini rejects (${reason})${detail}.`)
}

/** A prompt that Google refused to answer (rule 126); undefined when it was accepted. */
export function promptRefusal(data: JsonObject): GatewayError | undefined {
  const feedback = data['promptFeedback'] ?? data['prompt_feedback']
  const reason = isJsonObject(feedback) ? textOf(feedback['blockReason'] ?? feedback['block_reason']) : undefined
  if (reason === undefined || reason === 'BLOCKED_REASON_UNSPECIFIED') return undefined
  return new GatewayError('content_refused', `Gemini refused the prompt (${reason}).`, {
    details: { blockReason: reason },
  })
}

function firstCandidate(data: JsonObject): JsonObject | undefined {
  const candidates = data['candidates']
  const first = Array.isArray(candidates) ? candidates[0] : undefined
  return isJsonObject(first) ? first : undefined
}

function partsOf(candidate: JsonObject): JsonObject[] {
  const content = candidate['content']
  const parts = isJsonObject(content) ? content['parts'] : undefined
  return Array.isArray(parts) ? parts.filter(isJsonObject) : []
}

function finishOf(candidate: JsonObject): string | undefined {
  const reason = textOf(candidate['finishReason'] ?? candidate['finish_reason'])
  return reason === undefined || reason === '' || reason === 'FINISH_REASON_UNSPECIFIED' ? undefined : reason
}

function classifyEvent(event: SseEvent, context?: AnswerContext): EventMeaning {
  if (event.data === '' || event.data === '[DONE]') return 'preamble'
  const data = parseJsonObject(event.data)
  if (data === undefined)
    return new GatewayError('malformed_reply', 'The upstream sent a stream event that is no JSON object.')
  const candidate = firstCandidate(data)
  if (candidate === undefined) {
    const hidden = findHiddenError(data)
    if (hidden !== undefined) return readHiddenError(hidden, data, context?.theirNow)
    return promptRefusal(data) ?? 'preamble'
  }
  if (partsOf(candidate).some(hasContent)) return 'meaningful'
  const finish = finishOf(candidate)
  if (finish === undefined) return 'preamble'
  // Of the others each says why there is nothing to read.
  return brokenCallFailure(finish, candidate['finishMessage']) ?? (finish === 'STOP' ? 'terminal' : 'meaningful')
}

function hasContent(part: JsonObject): boolean {
  const text = part['text']
  if (typeof text === 'string') return hasInk(text)
  return Object.keys(part).some((key) => key !== 'thoughtSignature' && key !== 'thought_signature' && key !== 'thought')
}

function bodyFailure(body: JsonObject, context?: AnswerContext): GatewayError | undefined {
  const candidate = firstCandidate(body)
  if (candidate === undefined) {
    const hidden = findHiddenError(body)
    if (hidden !== undefined) return readHiddenError(hidden, body, context?.theirNow)
    const refusal = promptRefusal(body)
    if (refusal !== undefined) return refusal
    const isGemini =
      'candidates' in body || 'usageMetadata' in body || 'modelVersion' in body || 'promptFeedback' in body
    if (isGemini) return new GatewayError('empty_reply', 'The upstream answered without any candidate.')
    return new GatewayError('malformed_reply', 'The upstream answered with something that is no Gemini reply.')
  }
  if (partsOf(candidate).some(hasContent)) return undefined
  const finish = finishOf(candidate)
  if (finish !== undefined && finish !== 'STOP') return brokenCallFailure(finish, candidate['finishMessage'])
  if (finish === 'STOP' && context?.mayBeSilent?.()) return undefined
  return new GatewayError('empty_reply', 'The upstream answered without any content.')
}
