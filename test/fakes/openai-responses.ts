// The fake's OpenAI Responses: every event type in the order api.openai.com sends them, each with its sequence number.
import { isJsonObject, type JsonObject } from '../../src/core/json.ts'
import { conversationOf } from './kept-responses.ts'
import { openaiError, openaiHeaders, openaiModel, openaiModelList } from './openai-common.ts'
import { textOfContent } from './read.ts'
import type { Answer, FakeCall, FakeWire, Frame, OfferedTool } from './wire.ts'

function usageOf(answer: Answer): JsonObject | null {
  if (answer.usage === undefined) return null
  const { input, cached, output, reasoning } = answer.usage
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cached },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
  }
}

function reasoningItem(answer: Answer): JsonObject {
  return {
    id: `rs_fake${answer.number}`,
    type: 'reasoning',
    summary: [{ type: 'summary_text', text: answer.reasoning.join('') }],
  }
}

function textPart(text: string): JsonObject {
  return { type: 'output_text', annotations: [], logprobs: [], text }
}

function messageItem(answer: Answer, done: boolean): JsonObject {
  return {
    id: `msg_fake${answer.number}`,
    type: 'message',
    status: done ? 'completed' : 'in_progress',
    content: done ? [textPart(answer.text.join(''))] : [],
    role: 'assistant',
  }
}

function callItem(call: FakeCall, done: boolean): JsonObject {
  return {
    id: `fc_${call.id}`,
    type: 'function_call',
    status: done ? 'completed' : 'in_progress',
    arguments: done ? call.arguments : '',
    call_id: `call_${call.id}`,
    name: call.name,
  }
}

function outputOf(answer: Answer): JsonObject[] {
  return [
    ...(answer.reasoning.length > 0 ? [reasoningItem(answer)] : []),
    ...(answer.text.length > 0 ? [messageItem(answer, true)] : []),
    ...answer.calls.map((call) => callItem(call, true)),
  ]
}

const incompleteReasons = { stop: null, length: 'max_output_tokens', filter: 'content_filter' } as const

export function idOfAnswer({ number }: Pick<Answer, 'number'>): string {
  return `resp_fake${String(number).padStart(8, '0')}`
}

function response(answer: Answer, done: boolean): JsonObject {
  const incomplete = done && answer.finish !== 'stop'
  return {
    id: idOfAnswer(answer),
    object: 'response',
    created_at: answer.created,
    status: done ? (incomplete ? 'incomplete' : 'completed') : 'in_progress',
    background: false,
    error: null,
    incomplete_details: incomplete ? { reason: incompleteReasons[answer.finish] } : null,
    instructions: null,
    max_output_tokens: null,
    model: answer.model,
    output: done ? outputOf(answer) : [],
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null },
    service_tier: 'default',
    store: answer.store !== false,
    ...(answer.conversation === undefined ? {} : { conversation: { id: answer.conversation } }),
    temperature: 1,
    text: { format: { type: 'text' } },
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    truncation: 'disabled',
    usage: done ? usageOf(answer) : null,
    user: null,
    metadata: {},
  }
}

type Event = (kind: Frame['kind'], type: string, fields: JsonObject) => Frame

function* reasoningFrames(answer: Answer, event: Event, output_index: number): Generator<Frame> {
  const at = { item_id: `rs_fake${answer.number}`, output_index, summary_index: 0 }
  const text = answer.reasoning.join('')
  const item = reasoningItem(answer)
  yield event('preamble', 'response.output_item.added', { output_index, item: { ...item, summary: [] } })
  const empty = { type: 'summary_text', text: '' }
  yield event('preamble', 'response.reasoning_summary_part.added', { ...at, part: empty })
  for (const delta of answer.reasoning)
    yield event('content', 'response.reasoning_summary_text.delta', { ...at, delta })
  yield event('content', 'response.reasoning_summary_text.done', { ...at, text })
  yield event('content', 'response.reasoning_summary_part.done', { ...at, part: { type: 'summary_text', text } })
  yield event('content', 'response.output_item.done', { output_index, item })
}

function* messageFrames(answer: Answer, event: Event, output_index: number): Generator<Frame> {
  const at = { item_id: `msg_fake${answer.number}`, output_index, content_index: 0 }
  const text = answer.text.join('')
  yield event('preamble', 'response.output_item.added', { output_index, item: messageItem(answer, false) })
  yield event('preamble', 'response.content_part.added', { ...at, part: textPart('') })
  for (const delta of answer.text) yield event('content', 'response.output_text.delta', { ...at, delta, logprobs: [] })
  yield event('content', 'response.output_text.done', { ...at, text, logprobs: [] })
  yield event('content', 'response.content_part.done', { ...at, part: textPart(text) })
  yield event('content', 'response.output_item.done', { output_index, item: messageItem(answer, true) })
}

function* callFrames(call: FakeCall, event: Event, output_index: number): Generator<Frame> {
  const at = { item_id: `fc_${call.id}`, output_index }
  yield event('content', 'response.output_item.added', { output_index, item: callItem(call, false) })
  for (const delta of call.arguments.match(/.{1,6}/gsu) ?? [])
    yield event('content', 'response.function_call_arguments.delta', { ...at, delta })
  yield event('content', 'response.function_call_arguments.done', { ...at, arguments: call.arguments })
  yield event('content', 'response.output_item.done', { output_index, item: callItem(call, true) })
}

function* frames(answer: Answer): Generator<Frame> {
  let sequence_number = 0
  const event: Event = (kind, type, fields) => ({
    kind,
    event: type,
    data: JSON.stringify({ type, sequence_number: sequence_number++, ...fields }),
  })
  let index = 0
  yield event('preamble', 'response.created', { response: response(answer, false) })
  yield event('preamble', 'response.in_progress', { response: response(answer, false) })
  if (answer.reasoning.length > 0) yield* reasoningFrames(answer, event, index++)
  if (answer.text.length > 0) yield* messageFrames(answer, event, index++)
  for (const call of answer.calls) yield* callFrames(call, event, index++)
  const type = answer.finish !== 'stop' ? 'response.incomplete' : 'response.completed'
  yield event('done', type, { response: response(answer, true) })
}

function toolsOf(body: JsonObject): OfferedTool[] {
  const tools = Array.isArray(body['tools']) ? body['tools'] : []
  return tools.flatMap((tool) => {
    if (!isJsonObject(tool) || tool['type'] !== 'function' || typeof tool['name'] !== 'string') return []
    const schema = tool['parameters']
    return [{ name: tool['name'], ...(isJsonObject(schema) ? { schema } : {}) }]
  })
}

export const openaiResponses: FakeWire = {
  id: 'openai-responses',
  ask(body, characters) {
    const input = body['input']
    const conversation = conversationOf(body)
    const shared = {
      tools: toolsOf(body),
      includeUsage: true,
      characters,
      store: body['store'] !== false,
      ...(conversation === undefined ? {} : { conversation }),
    }
    if (typeof input === 'string') return { lastUserText: input, ...shared }
    if (!Array.isArray(input)) return "Missing required parameter: 'input'."
    const items = input.filter(isJsonObject)
    const lastUser = items.findLastIndex((item) => item['role'] === 'user')
    const results = items.slice(lastUser + 1).filter((item) => item['type'] === 'function_call_output')
    return {
      lastUserText: textOfContent(items[lastUser]?.['content']),
      ...(results.length > 0 ? { toolResult: results.map((result) => textOfContent(result['output'])).join('') } : {}),
      ...shared,
    }
  },
  reply: (answer) => response(answer, true),
  frames,
  error: openaiError,
  errorFrame: (message) => ({
    kind: 'content',
    event: 'error',
    data: JSON.stringify({ type: 'error', code: 'server_error', message, param: null, sequence_number: 99 }),
  }),
  modelList: openaiModelList,
  model: openaiModel,
  countTokens: (characters) => ({ object: 'response.input_tokens', input_tokens: Math.ceil(characters / 4) }),
  responseHeaders: openaiHeaders,
}
