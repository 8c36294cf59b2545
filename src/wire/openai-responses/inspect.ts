// What the pass-through path needs to know of the Responses wire without translating it.
import { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { AnswerContext, SseEvent, TheirNow, WireInspector } from '../../core/wire-format.ts'
import { hasInk, parseJsonObject } from '../json-text.ts'
import { failureOfErrorObject, hiddenError } from '../openai-chat/errors.ts'
import { findResponseUsage } from './usage.ts'

export const inspect: WireInspector = {
  modelKey: 'model',
  usageMarkers: ['"usage":{', '"usage": {'],
  // `failed` is among them: the client has been told, and a second terminal event would be illegal (rule 141).
  terminalMarkers: ['"response.completed"', '"response.incomplete"', '"response.failed"'],
  event: inspectEvent,
  bodyFailure: inspectBody,
  usage: findResponseUsage,
  keptIds,
  model(data) {
    const holder = isJsonObject(data['response']) ? data['response'] : data
    return typeof holder['model'] === 'string' ? holder['model'] : undefined
  },
}

/** Events that only announce what is to come. */
const preamble: ReadonlySet<string> = new Set([
  'response.created',
  'response.queued',
  'response.in_progress',
  'response.content_part.added',
  'response.reasoning_summary_part.added',
  'keepalive',
])

function inspectEvent(event: SseEvent, context?: AnswerContext): 'meaningful' | 'preamble' | 'terminal' | GatewayError {
  const text = event.data.trim()
  if (text === '[DONE]') return 'terminal'
  if (text === '') return 'preamble'
  const data = parseJsonObject(text)
  if (data === undefined) {
    return new GatewayError('malformed_reply', 'The upstream sent an event that is no JSON object.')
  }
  const type = typeof data['type'] === 'string' ? data['type'] : (event.event ?? '')
  if (type === 'response.incomplete') return 'meaningful'
  // Some servers send nothing but the final response.
  if (type === 'response.completed') return outputOf(data['response']).some(saysSomething) ? 'meaningful' : 'terminal'
  const failure = failureOfEvent(type, data, context?.theirNow)
  if (failure !== undefined) return failure
  if (preamble.has(type) || !type.startsWith('response.')) return 'preamble'
  if (type === 'response.output_item.added' || type === 'response.output_item.done') {
    return saysSomething(data['item']) ? 'meaningful' : 'preamble'
  }
  // Deltas and what ends them, of text, refusals, reasoning and whatever else there will be.
  const said = [data['delta'], data['text'], data['refusal'], data['part']].filter((value) => value !== undefined)
  return said.length === 0 || said.some(isFilled) ? 'meaningful' : 'preamble'
}

function outputOf(response: unknown): readonly unknown[] {
  const output = isJsonObject(response) ? response['output'] : undefined
  return Array.isArray(output) ? output : []
}

/** A message or reasoning item without text is as little an answer as an empty delta of the Chat wire; any other item is one. */
function saysSomething(item: unknown): boolean {
  if (!isJsonObject(item)) return false
  if (item['type'] !== 'message' && item['type'] !== 'reasoning') return true
  return [item['content'], item['summary']].some((texts) => Array.isArray(texts) && texts.some(isFilled))
}

/** Text, or what holds text; anything that holds none is no empty text. */
function isFilled(value: unknown): boolean {
  if (!isJsonObject(value)) return hasInk(value)
  const text = value['text'] ?? value['refusal']
  return text === undefined || hasInk(text)
}

/** The failure an event stands for: `error`, `response.failed`, or an error object where an event should be. */
export function failureOfEvent(type: string, data: JsonObject, theirNow?: TheirNow): GatewayError | undefined {
  if (type === 'response.failed' || type === 'response.cancelled') {
    const response = data['response']
    const error = isJsonObject(response) ? response['error'] : undefined
    return failureOfErrorObject(isJsonObject(error) ? error : {}, theirNow)
  }
  if (type === 'error') {
    // OpenAI documents the fields on the event itself; others nest them.
    return failureOfErrorObject(isJsonObject(data['error']) ? data['error'] : { ...data, type: null }, theirNow)
  }
  return type.startsWith('response.') ? undefined : hiddenError(data, theirNow)
}

function inspectBody(body: JsonObject, context?: AnswerContext): GatewayError | undefined {
  if (body['status'] === 'failed' || body['status'] === 'cancelled') {
    return failureOfErrorObject(isJsonObject(body['error']) ? body['error'] : {}, context?.theirNow)
  }
  const error =
    isJsonObject(body['error']) || body['object'] !== 'response' ? hiddenError(body, context?.theirNow) : undefined
  if (error !== undefined) return error
  const output = body['output']
  if (!Array.isArray(output)) {
    return new GatewayError('malformed_reply', 'The upstream answered with JSON that holds no output.')
  }
  if (output.some(saysSomething) || speakingStates.has(body['status'])) return undefined
  if (body['status'] === 'completed' && context?.mayBeSilent?.()) return undefined
  return new GatewayError('empty_reply', 'The upstream answered with success but without any content.')
}

/** States that say why there is nothing to read yet, or no more. */
const speakingStates: ReadonlySet<unknown> = new Set(['incomplete', 'queued', 'in_progress'])

/** Of a whole response, or of the event that announces one. A vendor that says `store: false` keeps nothing. */
function keptIds(data: JsonObject): readonly string[] {
  const response = isJsonObject(data['response']) ? data['response'] : data
  if (!Array.isArray(response['output']) || response['store'] === false) return []
  const { id, conversation } = response
  return [id, isJsonObject(conversation) ? conversation['id'] : conversation].filter((one) => typeof one === 'string')
}
