// The fake's OpenAI Chat Completions: shapes and order of events as api.openai.com sends them; reasoning as
// `reasoning_content`, the field that DeepSeek began and most compatible servers send.
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/core/json.ts'
import { openaiError, openaiHeaders, openaiModel, openaiModelList } from './openai-common.ts'
import { textOfContent } from './read.ts'
import type { Answer, FakeWire, Frame, OfferedTool } from './wire.ts'

function id(answer: Answer): string {
  return `chatcmpl-fake${String(answer.number).padStart(8, '0')}`
}

function usageOf(answer: Answer): JsonObject | undefined {
  if (answer.usage === undefined) return undefined
  const { input, cached, output, reasoning } = answer.usage
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: cached, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
}

function finishOf(answer: Answer): string {
  if (answer.finish === 'filter') return 'content_filter'
  return answer.calls.length > 0 ? 'tool_calls' : answer.finish
}

function reply(answer: Answer): JsonObject {
  const calls = answer.calls.map((call) => ({
    id: `call_${call.id}`,
    type: 'function',
    function: { name: call.name, arguments: call.arguments },
  }))
  const message: JsonObject = {
    role: 'assistant',
    content: answer.text.length > 0 ? answer.text.join('') : calls.length > 0 ? null : '',
    ...(answer.reasoning.length > 0 ? { reasoning_content: answer.reasoning.join('') } : {}),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
    refusal: null,
    annotations: [],
  }
  const usage = usageOf(answer)
  return {
    id: id(answer),
    object: 'chat.completion',
    created: answer.created,
    model: answer.model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishOf(answer) }],
    ...(usage === undefined ? {} : { usage }),
    service_tier: 'default',
    system_fingerprint: 'fp_fake',
  }
}

function* frames(answer: Answer): Generator<Frame> {
  const withUsage = answer.includeUsage && answer.usage !== undefined
  const chunk = (choices: JsonValue, usage: JsonValue): string =>
    JSON.stringify({
      id: id(answer),
      object: 'chat.completion.chunk',
      created: answer.created,
      model: answer.model,
      service_tier: 'default',
      system_fingerprint: 'fp_fake',
      choices,
      ...(withUsage ? { usage } : {}),
    })
  const delta = (value: JsonObject, finish: string | null = null): string =>
    chunk([{ index: 0, delta: value, logprobs: null, finish_reason: finish }], null)

  const empty = answer.calls.length > 0 && answer.text.length === 0 ? null : ''
  yield { kind: 'preamble', data: delta({ role: 'assistant', content: empty, refusal: null }) }
  for (const text of answer.reasoning) yield { kind: 'content', data: delta({ reasoning_content: text }) }
  for (const text of answer.text) yield { kind: 'content', data: delta({ content: text }) }
  for (const [index, call] of answer.calls.entries()) {
    const start = { index, id: `call_${call.id}`, type: 'function', function: { name: call.name, arguments: '' } }
    yield { kind: 'content', data: delta({ tool_calls: [start] }) }
    for (const piece of call.arguments.match(/.{1,6}/gsu) ?? [])
      yield { kind: 'content', data: delta({ tool_calls: [{ index, function: { arguments: piece } }] }) }
  }
  yield { kind: 'finish', data: delta({}, finishOf(answer)) }
  if (withUsage) yield { kind: 'finish', data: chunk([], usageOf(answer) ?? null) }
  yield { kind: 'done', data: '[DONE]' }
}

function toolsOf(body: JsonObject): OfferedTool[] {
  const tools = Array.isArray(body['tools']) ? body['tools'] : []
  return tools.flatMap((tool) => {
    const definition = isJsonObject(tool) ? tool['function'] : undefined
    if (!isJsonObject(definition) || typeof definition['name'] !== 'string') return []
    const schema = definition['parameters']
    return [{ name: definition['name'], ...(isJsonObject(schema) ? { schema } : {}) }]
  })
}

export const openaiChat: FakeWire = {
  id: 'openai-chat',
  ask(body, characters) {
    const messages = body['messages']
    if (!Array.isArray(messages)) return "Missing required parameter: 'messages'."
    const known = messages.filter(isJsonObject)
    const lastUser = known.findLastIndex((message) => message['role'] === 'user')
    const results = known.slice(lastUser + 1).filter((message) => message['role'] === 'tool')
    const options = body['stream_options']
    return {
      lastUserText: textOfContent(known[lastUser]?.['content']),
      ...(results.length > 0 ? { toolResult: results.map((result) => textOfContent(result['content'])).join('') } : {}),
      tools: toolsOf(body),
      includeUsage: isJsonObject(options) && options['include_usage'] === true,
      characters,
    }
  },
  reply,
  frames,
  error: openaiError,
  errorFrame: (message) => ({ kind: 'content', data: JSON.stringify(openaiError(500, message)) }),
  modelList: openaiModelList,
  model: openaiModel,
  countTokens: (characters) => ({ object: 'response.input_tokens', input_tokens: Math.ceil(characters / 4) }),
  responseHeaders: openaiHeaders,
}
