// The four dialects as a client speaks them: where to call, what to ask, and what an answer, its end and a failure look like.
import type { Loose } from './world.ts'

export interface StreamEvent {
  readonly event?: string
  readonly data: Loose
}

export interface Dialect {
  readonly wire: 'openai-chat' | 'openai-responses' | 'anthropic-messages' | 'gemini-generate'
  /** The generic provider that speaks it, and the version segment of its base URL. */
  readonly provider: string
  readonly version: string
  path(model: string, stream: boolean): string
  body(model: string, stream: boolean, text?: string): object
  /** Whether an event is the dialect's regular end. */
  ends(event: StreamEvent): boolean
  /** The message of an in-band error, if the event is one. */
  failure(event: StreamEvent): string | undefined
  /** Text that an event adds. */
  text(event: StreamEvent): string
  /** Text of a whole reply. */
  reply(body: Loose): string
}

const said = (text: string): object[] => [{ role: 'user', content: text }]

function geminiText(data: Loose): string {
  return (data.candidates?.[0]?.content?.parts ?? [])
    .map((part: Loose) => (part.thought ? '' : (part.text ?? '')))
    .join('')
}

export const dialects: readonly Dialect[] = [
  {
    wire: 'openai-chat',
    provider: 'openai-compatible',
    version: 'v1',
    path: () => '/v1/chat/completions',
    body: (model, stream, text = 'Hi') => ({ model, messages: said(text), stream }),
    ends: ({ data }) => data === '[DONE]' || data.choices?.[0]?.finish_reason != null,
    failure: ({ data }) => data.error?.message,
    text: ({ data }) => data.choices?.[0]?.delta?.content ?? '',
    reply: (body) => body.choices[0].message.content,
  },
  {
    wire: 'openai-responses',
    provider: 'openai-responses-compatible',
    version: 'v1',
    path: () => '/v1/responses',
    body: (model, stream, text = 'Hi') => ({ model, input: text, stream }),
    ends: ({ data }) => data.type === 'response.completed',
    failure: ({ data }) => {
      if (data.type === 'response.failed') return data.response.error.message
      return data.type === 'error' ? (data.message ?? data.error.message) : undefined
    },
    text: ({ data }) => (data.type === 'response.output_text.delta' ? data.delta : ''),
    reply: (body) =>
      body.output
        .flatMap((item: Loose) => (item.type === 'message' ? item.content.map((part: Loose) => part.text) : []))
        .join(''),
  },
  {
    wire: 'anthropic-messages',
    provider: 'anthropic-compatible',
    version: 'v1',
    path: () => '/v1/messages',
    body: (model, stream, text = 'Hi') => ({ model, max_tokens: 99, messages: said(text), stream }),
    ends: ({ data }) => data.type === 'message_stop',
    failure: ({ data }) => (data.type === 'error' ? data.error.message : undefined),
    text: ({ data }) => data.delta?.text ?? '',
    reply: (body) => body.content.map((block: Loose) => block.text ?? '').join(''),
  },
  {
    wire: 'gemini-generate',
    provider: 'gemini-compatible',
    version: 'v1beta',
    path: (model, stream) => `/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    body: (_, __, text = 'Hi') => ({ contents: [{ role: 'user', parts: [{ text }] }] }),
    ends: ({ data }) => data.candidates?.[0]?.finishReason !== undefined,
    failure: ({ data }) => data.error?.message,
    text: ({ data }) => geminiText(data),
    reply: geminiText,
  },
]
