// What the bench asks and what must come back, as data.

export const streamEvents = 256
export const replyText = 'The quick brown fox jumps over the lazy dog. '.repeat(6)

export interface Scenario {
  readonly name: 'small-json' | 'stream-256' | 'body-200k' | 'body-200k-model-last'
  readonly title: string
  readonly concurrency: readonly number[]
  readonly body: Buffer
  /** Says what is wrong with an answer; undefined for a right one. Only the first answer is read so closely. */
  readonly wrong: (answer: string) => string | undefined
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

const question = { role: 'user', content: 'Write one sentence about a fox and a dog.' }

function chat(model: string, fields: object): Buffer {
  return Buffer.from(JSON.stringify({ model: `bench/${model}`, ...fields }))
}

/** A conversation of about 200 KB, with the escapes and accents that real ones have. */
function longConversation(): object[] {
  const paragraph = 'Line of "code" in C:\\temp\\über.ts:\n\tconst answer = 42 // naïve, but it works\n'.repeat(12)
  const turns = Array.from({ length: 190 }, (_, index) => ({
    role: index % 2 === 0 ? 'user' : 'assistant',
    content: `${index}: ${paragraph}`,
  }))
  return [{ role: 'system', content: 'You are terse.' }, ...turns, question]
}

function wrongReply(answer: string): string | undefined {
  const reply = JSON.parse(answer)
  return reply.choices[0].message.content === replyText ? undefined : 'the reply has another text'
}

function wrongStream(answer: string): string | undefined {
  const events = answer.split('\n\n').filter((event) => event.startsWith('data: '))
  if (events.length !== streamEvents + 1) return `the stream has ${events.length - 1} events`
  return events.at(-1) === 'data: [DONE]' ? undefined : 'the stream has no end'
}

const long = longConversation()

export const scenarios: readonly Scenario[] = [
  {
    name: 'small-json',
    title: 'small JSON',
    concurrency: [1, 32],
    body: chat('small', { messages: [question], temperature: 0.2 }),
    wrong: wrongReply,
    targets: { cpu: 1.5, throughput: 0.75, addedLatencyMs: 0.2 },
  },
  {
    name: 'stream-256',
    title: '256-event stream',
    concurrency: [1, 32],
    body: chat('stream', { messages: [question], stream: true, stream_options: { include_usage: true } }),
    wrong: wrongStream,
    targets: { cpu: 1.3, throughput: 0.75, addedFirstByteMs: 0.2 },
  },
  {
    name: 'body-200k',
    title: '200 KB body',
    concurrency: [1, 32],
    body: chat('small', { messages: long }),
    wrong: wrongReply,
    targets: { cpu: 2, throughput: 0.75 },
  },
  {
    name: 'body-200k-model-last',
    title: '200 KB body, model last',
    concurrency: [32],
    body: Buffer.from(JSON.stringify({ messages: long, model: 'bench/small' })),
    wrong: wrongReply,
    targets: { cpu: 2 },
  },
]

/** Gets one event and then an open stream. */
export const heldBody = chat('hold', { messages: [question], stream: true })
