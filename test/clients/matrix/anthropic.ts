// The matrix through `@anthropic-ai/sdk`. Anthropic counts input without what came from the cache; here it is added up again.
import assert from 'node:assert/strict'
import Anthropic from '@anthropic-ai/sdk'
import { weather } from '../place.ts'
import { type Connection, type MatrixClient, type Question, roomToReason, type Seen, waitMs } from './client.ts'

function messagesOf({ text, image, after }: Question): Anthropic.MessageParam[] {
  const asked: Anthropic.MessageParam = {
    role: 'user',
    content: [
      ...(image === undefined
        ? []
        : [
            {
              type: 'image' as const,
              source: { type: 'base64' as const, media_type: 'image/png' as const, data: image },
            },
          ]),
      { type: 'text', text },
    ],
  }
  if (after === undefined) return [asked]
  const results = after.seen.calls.map((call) => ({
    type: 'tool_result' as const,
    tool_use_id: call.id ?? '',
    content: after.result,
  }))
  return [
    asked,
    { role: 'assistant', content: after.seen.turn as Anthropic.ContentBlock[] },
    { role: 'user', content: results },
  ]
}

function bodyOf(question: Question): Anthropic.MessageCreateParamsNonStreaming {
  const { name, description, schema } = weather
  return {
    model: question.model,
    max_tokens: roomToReason,
    messages: messagesOf(question),
    ...(question.tool === true ? { tools: [{ name, description, input_schema: { ...schema } }] } : {}),
    ...(question.reason === true ? { thinking: { type: 'enabled', budget_tokens: 24_000 } } : {}),
    ...(question.schema === undefined
      ? {}
      : { output_config: { format: { type: 'json_schema', schema: question.schema } } }),
  }
}

async function message(client: Anthropic, question: Question): Promise<Anthropic.Message> {
  const options = { ...(question.signal === undefined ? {} : { signal: question.signal }) }
  if (!question.stream) return client.messages.create(bodyOf(question), options)
  const stream = client.messages.stream(bodyOf(question), options)
  stream.on('text', (text) => question.onText?.(text))
  return stream.finalMessage()
}

async function ask({ url, key }: Connection, question: Question): Promise<Seen> {
  const client = new Anthropic({ baseURL: url, apiKey: key, authToken: null, maxRetries: 0, timeout: waitMs })
  const reply = await message(client, question)
  const { usage } = reply
  const cached = usage.cache_read_input_tokens ?? 0
  return {
    text: reply.content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    reasoning: reply.content.map((block) => (block.type === 'thinking' ? block.thinking : '')).join(''),
    calls: reply.content.flatMap((block) =>
      block.type === 'tool_use' ? [{ id: block.id, name: block.name, input: block.input }] : [],
    ),
    finish: reply.stop_reason,
    model: reply.model,
    usage: {
      input: usage.input_tokens + cached + (usage.cache_creation_input_tokens ?? 0),
      cached,
      output: usage.output_tokens,
    },
    turn: reply.content,
  }
}

export const anthropicClient: MatrixClient = {
  name: '@anthropic-ai/sdk',
  wire: 'anthropic-messages',
  finishWords: { stop: 'end_turn', length: 'max_tokens', calls: 'tool_use', filter: 'refusal' },
  showsReasoning: true,
  showsWait: true,
  ask,
  failure(thrown) {
    assert.ok(thrown instanceof Anthropic.APIError, String(thrown))
    const { status, message: text, headers } = thrown
    return { status, message: text, retryAfter: headers?.get('retry-after') ?? undefined }
  },
}
