// What the pass-through needs to know of Anthropic replies without translating them. Used on the first events of a stream and
// on whole bodies, never on every event.
import { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { explainsSilence } from '../../core/stream.ts'
import { unknownUsage } from '../../core/usage.ts'
import type { AnswerContext, SseEvent, WireInspector } from '../../core/wire-format.ts'
import { findHiddenError } from '../hidden-error.ts'
import { hasInk, parseJsonObject, textOf, wordOf } from '../json-text.ts'
import { readHiddenError } from './errors.ts'
import { readFinish } from './finish.ts'
import { readUsage } from './usage.ts'

type EventMeaning = ReturnType<WireInspector['event']>

export const inspect: WireInspector = {
  event: classifyEvent,
  bodyFailure,
  // Claude may end a turn after tool results with nothing to add; it then still reports the tokens of the end.
  isChosenSilence: ({ raw }, { output }) => raw === 'end_turn' && (output ?? 0) > 0,
  usage: (data) => readUsage(data['usage'] ?? messageOf(data)?.['usage']),
  model: (data) => textOf(data['model']) ?? textOf(messageOf(data)?.['model']),
  modelKey: 'model',
  usageMarkers: ['"usage"'],
  terminalMarkers: ['"message_stop"'],
}

function messageOf(data: JsonObject): JsonObject | undefined {
  const message = data['message']
  return isJsonObject(message) ? message : undefined
}

function classifyEvent(event: SseEvent): EventMeaning {
  // Some compatible servers end with the OpenAI marker; clients of this wire tolerate it.
  if (event.data === '' || event.data === '[DONE]') return 'preamble'
  const data = parseJsonObject(event.data)
  if (data === undefined)
    return new GatewayError('malformed_reply', 'The upstream sent a stream event that is no JSON object.')
  switch (data['type']) {
    case 'message_stop':
      return 'terminal'
    case 'message_start':
    case 'content_block_stop':
    case 'ping':
      return 'preamble'
    case 'content_block_start':
      return startsWithContent(data['content_block']) ? 'meaningful' : 'preamble'
    case 'content_block_delta':
      return deltaHasContent(data['delta']) ? 'meaningful' : 'preamble'
    case 'message_delta':
      return isJsonObject(data['delta']) && isSpeakingStop(data['delta']['stop_reason']) ? 'meaningful' : 'preamble'
  }
  const hidden = findHiddenError(data) ?? (event.event === 'error' ? { message: event.data } : undefined)
  return hidden === undefined ? 'preamble' : readHiddenError(hidden)
}

function startsWithContent(block: unknown): boolean {
  if (!isJsonObject(block)) return false
  if (block['type'] === 'text') return hasInk(block['text'])
  return block['type'] === 'thinking' ? hasInk(block['thinking']) : true
}

function deltaHasContent(delta: unknown): boolean {
  if (!isJsonObject(delta)) return false
  return hasInk(delta['text']) || hasInk(delta['thinking']) || hasInk(delta['partial_json'])
}

/** Stop reasons that explain why there may be nothing to read. */
function isSpeakingStop(reason: unknown): boolean {
  const word = wordOf(reason)
  return word === 'stop_sequence' || (word !== '' && explainsSilence(readFinish(word, undefined, false).unified))
}

function bodyFailure(body: JsonObject, context?: AnswerContext): GatewayError | undefined {
  const content = body['content']
  if (!Array.isArray(content)) {
    const hidden = findHiddenError(body)
    if (hidden !== undefined) return readHiddenError(hidden)
    return new GatewayError('malformed_reply', 'The upstream answered with something that is no Anthropic message.')
  }
  if (content.some(startsWithContent) || isSpeakingStop(body['stop_reason'])) return undefined
  const finish = readFinish(wordOf(body['stop_reason']), undefined, false)
  const usage = readUsage(body['usage']) ?? unknownUsage
  if (content.length === 0 && inspect.isChosenSilence?.(finish, usage)) return undefined
  if (finish.unified === 'stop' && context?.mayBeSilent?.()) return undefined
  return new GatewayError('empty_reply', 'The upstream answered without any content.')
}
