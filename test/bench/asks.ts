// The questions of the bench and how their answers are told from wrong ones, in the two wires it speaks.
import { replyText, textTokens } from './answers.ts'

/** One question, as it goes over the wire. */
export interface Ask {
  readonly path: string
  readonly body: Buffer
  /** Says what is wrong with an answer; undefined for a right one. Only the first answer is read so closely. */
  readonly wrong: (answer: string) => string | undefined
}

const question = { role: 'user', content: 'Write one sentence about a fox and a dog.' }

/** A conversation of about 200 KB, with the escapes and accents that real ones have. */
function longConversation(): object[] {
  const paragraph = 'Line of "code" in C:\\temp\\über.ts:\n\tconst answer = 42 // naïve, but it works\n'.repeat(12)
  const turns = Array.from({ length: 190 }, (_, index) => ({
    role: index % 2 === 0 ? 'user' : 'assistant',
    content: `${index}: ${paragraph}`,
  }))
  return [...turns, question]
}

/** About 10 MB, nearly all of it in twenty pictures. */
function pictures(): object[] {
  const data = 'iVBORw0KGgo'.repeat(46_000)
  const source = { type: 'base64', media_type: 'image/png', data }
  return Array.from({ length: 20 }, (_, index) => [
    {
      role: 'user',
      content: [
        { type: 'text', text: `Picture ${index}` },
        { type: 'image', source },
      ],
    },
    { role: 'assistant', content: `I see picture ${index}.` },
  ]).flat()
}

export const small = [question]
export const long = longConversation()
export const large = [...pictures(), question]

function wrongReply(answer: string): string | undefined {
  const reply = JSON.parse(answer)
  return reply.choices[0].message.content === replyText ? undefined : 'the reply has another text'
}

function wrongMessage(answer: string): string | undefined {
  const message = JSON.parse(answer)
  return message.content[0].text === replyText ? undefined : 'the message has another text'
}

function eventsOf(answer: string): string[] {
  return answer.split('\n\n').filter((event) => /^data: /m.test(event))
}

function wrongTokens(events: readonly string[], marker: string, tokens: number): string | undefined {
  const found = events.filter((event) => event.includes(marker) && event.includes('token ')).length
  return found === tokens ? undefined : `the stream has ${found} pieces of text where ${tokens} were due`
}

function wrongChatStream(tokens: number): Ask['wrong'] {
  return (answer) => {
    const events = eventsOf(answer)
    if (events.at(-1) !== 'data: [DONE]') return 'the stream has no end'
    return wrongTokens(events, '"content":', tokens)
  }
}

function wrongMessageStream(tokens: number): Ask['wrong'] {
  return (answer) => {
    const events = eventsOf(answer)
    if (!(events.at(-1) ?? '').startsWith('event: message_stop')) return 'the stream has no end'
    return wrongTokens(events, 'text_delta', tokens)
  }
}

const streamed = { stream: true, stream_options: { include_usage: true } }

/** In OpenAI Chat. `tokens`: how many pieces of text a stream must have. */
export function chatAsk(model: string, fields: object, stream?: { readonly tokens: number }): Ask {
  return {
    path: '/v1/chat/completions',
    body: Buffer.from(JSON.stringify({ model, ...fields, ...(stream === undefined ? {} : streamed) })),
    wrong: stream === undefined ? wrongReply : wrongChatStream(stream.tokens),
  }
}

/** In Anthropic Messages. */
export function messagesAsk(model: string, fields: object, stream?: { readonly tokens: number }): Ask {
  const shared = { model, max_tokens: 1000, ...fields }
  return {
    path: '/v1/messages',
    body: Buffer.from(JSON.stringify(stream === undefined ? shared : { ...shared, stream: true })),
    wrong: stream === undefined ? wrongMessage : wrongMessageStream(stream.tokens),
  }
}

export const chatTokens = { tokens: textTokens['openai-chat'] }
export const messagesTokens = { tokens: textTokens['anthropic-messages'] }
