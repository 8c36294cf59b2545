// What the pass-through path needs to know of the Chat wire without translating it.
import { GatewayError } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { explainsSilence } from '../../core/stream.ts'
import type { AnswerContext, SseEvent, WireInspector } from '../../core/wire-format.ts'
import { hasInk, parseJsonObject } from '../json-text.ts'
import { hiddenError } from './errors.ts'
import { readFinish } from './finish.ts'
import { findChatUsage } from './usage.ts'

export const inspect: WireInspector = {
  modelKey: 'model',
  // Most vendors write `"usage":null` into every other chunk; only an object is worth stopping for.
  usageMarkers: ['"usage":{', '"usage": {'],
  terminalMarkers: ['data: [DONE]', 'data:[DONE]', '"finish_reason":"', '"finish_reason": "'],
  event: inspectEvent,
  bodyFailure: inspectBody,
  usage: findChatUsage,
  model: (data) => (typeof data['model'] === 'string' ? data['model'] : undefined),
}

function inspectEvent(event: SseEvent, context?: AnswerContext): 'meaningful' | 'preamble' | 'terminal' | GatewayError {
  const text = event.data.trim()
  if (text === '[DONE]') return 'terminal'
  if (text === '') return 'preamble'
  const data = parseJsonObject(text)
  if (data === undefined) return notJson(text)
  const error = hiddenError(data, context?.theirNow)
  if (error !== undefined) return error
  if (event.event === 'error') return new GatewayError('upstream_error', 'The upstream broke off with an error event.')
  const choices = data['choices']
  return Array.isArray(choices) && choices.some(saysSomething) ? 'meaningful' : 'preamble'
}

/** Azure begins with empty choices, everyone else with a bare role (rule 143, table R). */
function saysSomething(choice: JsonValue): boolean {
  if (!isJsonObject(choice)) return false
  const finish = choice['finish_reason']
  if (typeof finish === 'string' && finish !== '' && explainsSilence(readFinish(finish, false).unified)) return true
  const said = choice['delta'] ?? choice['message']
  return isJsonObject(said) && Object.entries(said).some(([key, value]) => key !== 'role' && isFilled(value))
}

function isFilled(value: JsonValue | undefined): boolean {
  if (typeof value === 'string') return hasInk(value)
  if (Array.isArray(value)) return value.length > 0
  return isJsonObject(value)
}

function inspectBody(body: JsonObject, context?: AnswerContext): GatewayError | undefined {
  const error = hiddenError(body, context?.theirNow)
  if (error !== undefined) return error
  const choices = body['choices']
  if (!Array.isArray(choices)) {
    return new GatewayError('malformed_reply', 'The upstream answered with JSON that holds no choices.')
  }
  if (choices.some(saysSomething) || (choices.some(hasStopped) && context?.mayBeSilent?.())) return undefined
  return new GatewayError('empty_reply', 'The upstream answered with success but without any content.')
}

function hasStopped(choice: JsonValue): boolean {
  const finish = isJsonObject(choice) ? choice['finish_reason'] : undefined
  return typeof finish === 'string' && readFinish(finish, false).unified === 'stop'
}

function notJson(text: string): GatewayError {
  return new GatewayError(
    'malformed_reply',
    `The upstream sent an event that is no JSON object: ${text.length > 80 ? `${text.slice(0, 80)}…` : text}`,
  )
}
