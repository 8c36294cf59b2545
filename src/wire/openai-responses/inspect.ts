// What the pass-through path needs to know of the Responses wire without translating it.
import { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { SseEvent, WireInspector } from '../../core/wire-format.ts'
import { parseJsonObject } from '../json-text.ts'
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

function inspectEvent(event: SseEvent): 'meaningful' | 'preamble' | 'terminal' | GatewayError {
  const text = event.data.trim()
  if (text === '[DONE]') return 'terminal'
  if (text === '') return 'preamble'
  const data = parseJsonObject(text)
  if (data === undefined) {
    return new GatewayError('malformed_reply', 'The upstream sent an event that is no JSON object.')
  }
  const type = typeof data['type'] === 'string' ? data['type'] : (event.event ?? '')
  if (type === 'response.completed' || type === 'response.incomplete') return 'terminal'
  const failure = failureOfEvent(type, data)
  if (failure !== undefined) return failure
  if (preamble.has(type) || !type.startsWith('response.')) return 'preamble'
  if (type !== 'response.output_item.added') return 'meaningful'
  const item = data['item']
  // An empty message or reasoning item is as little an answer as an empty delta of the Chat wire.
  return isJsonObject(item) && (item['type'] === 'message' || item['type'] === 'reasoning') ? 'preamble' : 'meaningful'
}

/** The failure an event stands for: `error`, `response.failed`, or an error object where an event should be. */
export function failureOfEvent(type: string, data: JsonObject): GatewayError | undefined {
  if (type === 'response.failed' || type === 'response.cancelled') {
    const response = data['response']
    const error = isJsonObject(response) ? response['error'] : undefined
    return failureOfErrorObject(isJsonObject(error) ? error : {})
  }
  if (type === 'error') {
    // OpenAI documents the fields on the event itself; others nest them.
    return failureOfErrorObject(isJsonObject(data['error']) ? data['error'] : { ...data, type: null })
  }
  return type.startsWith('response.') ? undefined : hiddenError(data)
}

function inspectBody(body: JsonObject): GatewayError | undefined {
  if (body['status'] === 'failed' || body['status'] === 'cancelled') {
    return failureOfErrorObject(isJsonObject(body['error']) ? body['error'] : {})
  }
  const error = isJsonObject(body['error']) || body['object'] !== 'response' ? hiddenError(body) : undefined
  if (error !== undefined) return error
  const output = body['output']
  if (!Array.isArray(output)) {
    return new GatewayError('malformed_reply', 'The upstream answered with JSON that holds no output.')
  }
  // Rule 127; a response that was completed with an empty item is the model's own decision to say nothing.
  if (output.length > 0 || body['status'] === 'incomplete' || body['status'] === 'queued') return undefined
  return new GatewayError('empty_reply', 'The upstream answered with success but without any content.')
}
