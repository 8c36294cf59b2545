// What the upstream of the bench answers, built beforehand in both wires it speaks. Every stream has 256 events, whatever the wire.
export const streamEvents = 256
export const replyText = 'The quick brown fox jumps over the lazy dog. '.repeat(6)

type BenchWire = 'openai-chat' | 'anthropic-messages'

/** Pieces of text in a stream: all events but those that begin and end it. */
export const textTokens: Readonly<Record<BenchWire, number>> = {
  'openai-chat': streamEvents - 3,
  'anthropic-messages': streamEvents - 5,
}

/** What one wire sends: a whole reply, and the events of a stream. */
export interface Answers {
  readonly reply: Buffer
  readonly events: readonly Buffer[]
  /** Events up to the first piece of text. */
  readonly preamble: number
}

const created = 1_790_000_000
const token = (index: number): string => `token ${String(index).padStart(3, '0')} `
const tokens = (wire: BenchWire): string[] => Array.from({ length: textTokens[wire] }, (_, index) => token(index))

function chatAnswers(): Answers {
  const message = { role: 'assistant', content: replyText, refusal: null }
  const shared = { id: 'chatcmpl-bench0001', created, system_fingerprint: 'fp_bench' }
  const reply = {
    ...shared,
    object: 'chat.completion',
    model: 'small',
    choices: [{ index: 0, message, logprobs: null, finish_reason: 'stop' }],
    usage: { prompt_tokens: 24, completion_tokens: 61, total_tokens: 85 },
  }
  const chunk = (fields: object): Buffer =>
    Buffer.from(
      `data: ${JSON.stringify({ ...shared, object: 'chat.completion.chunk', model: 'stream', ...fields })}\n\n`,
    )
  const delta = (content: object, finish_reason: string | null = null): Buffer =>
    chunk({ choices: [{ index: 0, delta: content, logprobs: null, finish_reason }], usage: null })
  const usage = { prompt_tokens: 24, completion_tokens: streamEvents, total_tokens: 24 + streamEvents }
  return {
    reply: Buffer.from(JSON.stringify(reply)),
    events: [
      delta({ role: 'assistant', content: '' }),
      ...tokens('openai-chat').map((content) => delta({ content })),
      delta({}, 'stop'),
      chunk({ choices: [], usage }),
      Buffer.from('data: [DONE]\n\n'),
    ],
    preamble: 1,
  }
}

function messagesAnswers(): Answers {
  const usage = { input_tokens: 24, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 61 }
  const message = {
    id: 'msg_bench0001',
    type: 'message',
    role: 'assistant',
    model: 'small',
    content: [{ type: 'text', text: replyText }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage,
  }
  const event = (type: string, fields: object): Buffer =>
    Buffer.from(`event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`)
  return {
    reply: Buffer.from(JSON.stringify(message)),
    events: [
      event('message_start', { message: { ...message, model: 'stream', content: [], stop_reason: null } }),
      event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
      ...tokens('anthropic-messages').map((text) =>
        event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }),
      ),
      event('content_block_stop', { index: 0 }),
      event('message_delta', { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage }),
      event('message_stop', {}),
    ],
    preamble: 2,
  }
}

/** By the path that is asked. */
export const answers: Readonly<Record<string, Answers>> = {
  '/v1/chat/completions': chatAnswers(),
  '/v1/messages': messagesAnswers(),
}
