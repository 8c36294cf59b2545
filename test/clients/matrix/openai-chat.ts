// The matrix through the `openai` package, Chat Completions. Reasoning comes in `reasoning_content`, which the package does not
// name in its types.
import assert from 'node:assert/strict'
import OpenAI from 'openai'
import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions'
import { weather } from '../place.ts'
import {
  type Connection,
  dataUrl,
  type MatrixClient,
  type Question,
  roomToReason,
  type Seen,
  waitMs,
} from './client.ts'

type Message = OpenAI.ChatCompletionMessage & { readonly reasoning_content?: string }

function messagesOf(question: Question): ChatCompletionMessageParam[] {
  const { text, image, after } = question
  const asked: ChatCompletionMessageParam = {
    role: 'user',
    content:
      image === undefined
        ? text
        : [
            { type: 'text', text },
            { type: 'image_url', image_url: { url: dataUrl(image) } },
          ],
  }
  if (after === undefined) return [asked]
  const results = after.seen.calls.map(
    (call): ChatCompletionMessageParam => ({ role: 'tool', tool_call_id: call.id ?? '', content: after.result }),
  )
  return [asked, after.seen.turn as Message, ...results]
}

function bodyOf(question: Question): OpenAI.ChatCompletionCreateParamsNonStreaming {
  const { name, description, schema } = weather
  return {
    model: question.model,
    messages: messagesOf(question),
    ...(question.tool === true
      ? { tools: [{ type: 'function', function: { name, description, parameters: { ...schema } } }] }
      : {}),
    ...(question.reason === true ? { reasoning_effort: 'high', max_completion_tokens: roomToReason } : {}),
    ...(question.schema === undefined
      ? {}
      : {
          response_format: {
            type: 'json_schema',
            json_schema: { name: 'answer', strict: true, schema: question.schema },
          },
        }),
  }
}

async function completion(client: OpenAI, question: Question): Promise<[OpenAI.ChatCompletion, reasoning: string]> {
  const body = bodyOf(question)
  const options = { ...(question.signal === undefined ? {} : { signal: question.signal }) }
  if (!question.stream) {
    const reply = await client.chat.completions.create(body, options)
    const message: Message | undefined = reply.choices[0]?.message
    return [reply, message?.reasoning_content ?? '']
  }
  let reasoning = ''
  const streamed = { ...body, stream: true as const, stream_options: { include_usage: true } }
  const stream = client.chat.completions.stream(streamed, options)
  stream.on('chunk', (chunk) => {
    const delta: { readonly reasoning_content?: string } | undefined = chunk.choices[0]?.delta as object | undefined
    reasoning += delta?.reasoning_content ?? ''
  })
  stream.on('content', (text) => question.onText?.(text))
  return [await stream.finalChatCompletion(), reasoning]
}

async function ask({ url, key }: Connection, question: Question): Promise<Seen> {
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0, timeout: waitMs })
  const [reply, reasoning] = await completion(client, question)
  const choice = reply.choices[0]
  assert.ok(choice)
  const calls = (choice.message.tool_calls ?? []).filter((call) => call.type === 'function')
  return {
    text: choice.message.content ?? '',
    reasoning,
    calls: calls.map((call) => ({
      id: call.id,
      name: call.function.name,
      input: JSON.parse(call.function.arguments) as unknown,
    })),
    finish: choice.finish_reason,
    model: reply.model,
    usage: {
      input: reply.usage?.prompt_tokens,
      cached: reply.usage?.prompt_tokens_details?.cached_tokens,
      output: reply.usage?.completion_tokens,
    },
    turn: choice.message,
  }
}

export function openaiFailure(thrown: unknown): ReturnType<MatrixClient['failure']> {
  assert.ok(thrown instanceof OpenAI.APIError, String(thrown))
  const { status, message, headers } = thrown
  return { status, message, retryAfter: headers?.get('retry-after') ?? undefined }
}

export const openaiChatClient: MatrixClient = {
  name: 'openai, chat',
  wire: 'openai-chat',
  finishWords: { stop: 'stop', length: 'length', calls: 'tool_calls', filter: 'content_filter' },
  showsReasoning: true,
  showsWait: true,
  ask,
  failure: openaiFailure,
}
