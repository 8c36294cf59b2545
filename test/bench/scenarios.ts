// What the bench asks and what must come back, as data. Between two wires the pass-through is asked what the upstream is asked, in the
// upstream's own wire, so that both carry the same answer.
import { type Ask, chatAsk, chatTokens, large, long, messagesAsk, messagesTokens, small } from './asks.ts'

export interface Scenario {
  readonly name: string
  readonly title: string
  readonly concurrency: readonly number[]
  readonly passThrough: Ask
  readonly gateway: Ask
  readonly targets: {
    /** Largest ratio of CPU time per request to the pass-through's. */
    readonly cpu?: number
    /** Smallest ratio of requests per second at the highest concurrency. */
    readonly throughput?: number
    /** Largest difference of the median latency at concurrency 1, in milliseconds. */
    readonly addedLatencyMs?: number
    /** The same of the time to the first byte. */
    readonly addedFirstByteMs?: number
  }
}

/** Both are asked the same. */
function same(ask: Ask): Pick<Scenario, 'passThrough' | 'gateway'> {
  return { passThrough: ask, gateway: ask }
}

const chat = 'bench/'
const messages = 'bench-messages/'
const system = { role: 'system', content: 'You are terse.' }
const longChat = { messages: [system, ...long] }
const translatedStream = { cpu: 2.5, throughput: 0.5, addedFirstByteMs: 1 }

export const scenarios: readonly Scenario[] = [
  {
    name: 'small-json',
    title: 'small JSON',
    concurrency: [1, 32],
    ...same(chatAsk(`${chat}small`, { messages: small, temperature: 0.2 })),
    targets: { cpu: 1.5, throughput: 0.75, addedLatencyMs: 0.2 },
  },
  {
    name: 'stream-256',
    title: '256-event stream',
    concurrency: [1, 32],
    ...same(chatAsk(`${chat}stream`, { messages: small }, chatTokens)),
    targets: { cpu: 1.3, throughput: 0.75, addedFirstByteMs: 0.2 },
  },
  {
    name: 'body-200k',
    title: '200 KB body',
    concurrency: [1, 32],
    ...same(chatAsk(`${chat}small`, longChat)),
    targets: { cpu: 2, throughput: 0.75 },
  },
  {
    name: 'body-200k-model-last',
    title: '200 KB body, model last',
    concurrency: [32],
    ...same({
      ...chatAsk(`${chat}small`, longChat),
      body: Buffer.from(JSON.stringify({ ...longChat, model: `${chat}small` })),
    }),
    targets: { cpu: 2 },
  },
  {
    name: 'translated-stream-to-chat',
    title: '256 events, Anthropic client, OpenAI upstream',
    concurrency: [1, 16],
    passThrough: chatAsk(`${chat}stream`, { messages: small }, chatTokens),
    gateway: messagesAsk(`${chat}stream`, { messages: small }, chatTokens),
    targets: translatedStream,
  },
  {
    name: 'translated-stream-to-messages',
    title: '256 events, OpenAI client, Anthropic upstream',
    concurrency: [1, 16],
    passThrough: messagesAsk(`${messages}stream`, { messages: small }, messagesTokens),
    gateway: chatAsk(`${messages}stream`, { messages: small }, messagesTokens),
    targets: translatedStream,
  },
  {
    name: 'translated-body-to-chat',
    title: '200 KB, Anthropic client, OpenAI upstream',
    concurrency: [16],
    passThrough: chatAsk(`${chat}small`, longChat),
    gateway: messagesAsk(`${chat}small`, { system: system.content, messages: long }),
    targets: { cpu: 5 },
  },
  {
    name: 'translated-body-to-messages',
    title: '200 KB, OpenAI client, Anthropic upstream',
    concurrency: [16],
    passThrough: messagesAsk(`${messages}small`, { system: system.content, messages: long }),
    gateway: chatAsk(`${messages}small`, longChat),
    targets: { cpu: 5 },
  },
]

/** Gets one event and then an open stream. */
export const held = chatAsk(`${chat}hold`, { messages: small }, chatTokens)

/** An open stream with an event now and then, as the pass-through is asked for it and as the gateway has to translate it. */
export const dripping = {
  passThrough: chatAsk(`${chat}drip`, { messages: small }, chatTokens),
  gateway: messagesAsk(`${chat}drip`, { messages: small }, chatTokens),
}

/** A conversation of 10 MB with pictures, to be translated; the pass-through gets it as it is. */
export const withPictures = {
  passThrough: messagesAsk(`${messages}small`, { messages: large }),
  gateway: messagesAsk(`${chat}small`, { messages: large }),
}
