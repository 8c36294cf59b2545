// The fake's Anthropic Messages: events with their names, pings, block starts and stops as api.anthropic.com sends them.
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/core/json.ts'
import { textOfContent } from './read.ts'
import type { Answer, FakeModel, FakeWire, Frame, OfferedTool } from './wire.ts'

const errorTypes: Readonly<Record<number, readonly [type: string, message: string]>> = {
  400: ['invalid_request_error', 'The request is not valid.'],
  401: ['authentication_error', 'invalid x-api-key'],
  402: ['billing_error', 'Your credit balance is too low to access the Anthropic API.'],
  403: ['permission_error', 'Your API key does not have permission to use the specified resource.'],
  404: ['not_found_error', 'model: not found'],
  413: ['request_too_large', 'Request exceeds the maximum size'],
  429: ['rate_limit_error', "This request would exceed your organization's rate limit."],
  500: ['api_error', 'Internal server error'],
  529: ['overloaded_error', 'Overloaded'],
}

function error(status: number, message: string | undefined): JsonObject {
  const [type, text] = errorTypes[status] ?? ['api_error', 'Internal server error']
  return { type: 'error', error: { type, message: message ?? text }, request_id: 'req_fake' }
}

/** What the SDK's tool runner must hear to go on with whole conversations. */
const threadUnsupported: JsonObject = {
  type: 'error',
  error: {
    type: 'invalid_request_error',
    message: 'thread: this model does not support message threads',
    details: { error_code: 'thread_unsupported_request', unsupported: ['thread'] },
  },
  request_id: 'req_fake',
}

function stopReason(answer: Answer): string {
  if (answer.finish === 'filter') return 'refusal'
  if (answer.calls.length > 0) return 'tool_use'
  return answer.finish === 'length' ? 'max_tokens' : 'end_turn'
}

function inputUsage(answer: Answer): JsonObject {
  const { input = 0, cached = 0, written = 0, writtenForAnHour = 0 } = answer.usage ?? {}
  return {
    // Counted apart here: what came from the cache is no part of it.
    input_tokens: input - cached,
    cache_creation_input_tokens: written + writtenForAnHour,
    cache_read_input_tokens: cached,
    cache_creation: { ephemeral_5m_input_tokens: written, ephemeral_1h_input_tokens: writtenForAnHour },
    service_tier: 'standard',
  }
}

function message(answer: Answer, content: JsonValue, stop: string | null, output: number): JsonObject {
  return {
    model: answer.model,
    id: `msg_fake${String(answer.number).padStart(8, '0')}`,
    type: 'message',
    role: 'assistant',
    content,
    stop_reason: stop,
    stop_sequence: null,
    ...(answer.usage === undefined ? {} : { usage: { ...inputUsage(answer), output_tokens: output } }),
  }
}

function reply(answer: Answer): JsonObject {
  const content: JsonObject[] = []
  if (answer.reasoning.length > 0)
    content.push({ type: 'thinking', thinking: answer.reasoning.join(''), signature: 'c2lnbmVkLWJ5LWZha2U=' })
  if (answer.text.length > 0) content.push({ type: 'text', text: answer.text.join('') })
  for (const call of answer.calls)
    content.push({ type: 'tool_use', id: `toolu_${call.id}`, name: call.name, input: JSON.parse(call.arguments) })
  return message(answer, content, stopReason(answer), answer.usage?.output ?? 0)
}

function frame(kind: Frame['kind'], event: string, fields: JsonObject): Frame {
  return { kind, event, data: JSON.stringify({ type: event, ...fields }) }
}

function* block(index: number, start: JsonObject, deltas: readonly JsonObject[]): Generator<Frame> {
  yield frame('preamble', 'content_block_start', { index, content_block: start })
  for (const delta of deltas) yield frame('content', 'content_block_delta', { index, delta })
  yield frame('content', 'content_block_stop', { index })
}

function* frames(answer: Answer): Generator<Frame> {
  let index = 0
  yield frame('preamble', 'message_start', { message: message(answer, [], null, 1) })
  yield frame('preamble', 'ping', {})
  if (answer.reasoning.length > 0) {
    const deltas = answer.reasoning.map((thinking) => ({ type: 'thinking_delta', thinking }))
    const signature = { type: 'signature_delta', signature: 'c2lnbmVkLWJ5LWZha2U=' }
    yield* block(index++, { type: 'thinking', thinking: '', signature: '' }, [...deltas, signature])
  }
  if (answer.text.length > 0) {
    const deltas = answer.text.map((text) => ({ type: 'text_delta', text }))
    yield* block(index++, { type: 'text', text: '' }, deltas)
  }
  for (const call of answer.calls) {
    const pieces = ['', ...(call.arguments.match(/.{1,6}/gsu) ?? [])]
    const deltas = pieces.map((partial_json) => ({ type: 'input_json_delta', partial_json }))
    yield* block(index++, { type: 'tool_use', id: `toolu_${call.id}`, name: call.name, input: {} }, deltas)
  }
  yield frame('finish', 'message_delta', {
    delta: { stop_reason: stopReason(answer), stop_sequence: null },
    ...(answer.usage === undefined ? {} : { usage: { ...inputUsage(answer), output_tokens: answer.usage.output } }),
  })
  yield frame('done', 'message_stop', {})
}

function toolsOf(body: JsonObject): OfferedTool[] {
  const tools = Array.isArray(body['tools']) ? body['tools'] : []
  return tools.flatMap((tool) => {
    if (!isJsonObject(tool) || typeof tool['name'] !== 'string') return []
    const schema = tool['input_schema']
    return [{ name: tool['name'], ...(isJsonObject(schema) ? { schema } : {}) }]
  })
}

function modelOf(model: FakeModel): JsonObject {
  return {
    type: 'model',
    id: model.id,
    display_name: model.id,
    created_at: new Date(model.created * 1000).toISOString().replace('.000Z', 'Z'),
  }
}

export const anthropicMessages: FakeWire = {
  id: 'anthropic-messages',
  ask(body, characters) {
    if (body['thread'] !== undefined) return { refused: threadUnsupported }
    const messages = body['messages']
    if (!Array.isArray(messages)) return 'messages: Field required'
    const users = messages.filter(isJsonObject).filter((entry) => entry['role'] === 'user')
    const last = users.at(-1)?.['content']
    const parts = Array.isArray(last) ? last.filter(isJsonObject) : []
    const results = parts.filter((part) => part['type'] === 'tool_result')
    const text = users.map((user) => textOfContent(user['content'])).filter((entry) => entry !== '')
    return {
      lastUserText: text.at(-1) ?? '',
      ...(results.length > 0 ? { toolResult: results.map((result) => textOfContent(result['content'])).join('') } : {}),
      tools: toolsOf(body),
      includeUsage: true,
      characters,
    }
  },
  reply,
  frames,
  error,
  errorFrame: (text) => {
    const body = { type: 'error', error: { type: 'overloaded_error', message: text } }
    return { kind: 'content', event: 'error', data: JSON.stringify(body) }
  },
  modelList(models) {
    const data = models.map(modelOf)
    return { data, has_more: false, first_id: models[0]?.id ?? null, last_id: models.at(-1)?.id ?? null }
  },
  model: modelOf,
  countTokens: (characters) => ({ input_tokens: Math.ceil(characters / 4) }),
  responseHeaders: (number) => ({
    'request-id': `req_fake${number}`,
    'anthropic-organization-id': '00000000-0000-4000-8000-000000000000',
    'anthropic-ratelimit-requests-limit': '4000',
    'anthropic-ratelimit-requests-remaining': '3999',
    'anthropic-ratelimit-requests-reset': '2030-01-01T00:00:00Z',
  }),
}
