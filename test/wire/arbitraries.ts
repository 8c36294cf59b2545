// Arbitrary conversations, replies and streams for property tests of wires, all of them legal in the sense of src/core.
import fc from 'fast-check'
import type {
  ChatReply,
  Finish,
  Message,
  OpaquePart,
  Part,
  Signature,
  ToolResultPart,
} from '../../src/core/conversation.ts'
import type { StreamPart } from '../../src/core/stream.ts'
import type { Usage } from '../../src/core/usage.ts'

/** Text with everything that framing and escaping may stumble over; never only white space. */
export const words: fc.Arbitrary<string> = fc
  .array(fc.constantFrom('a', 'Ω', '"', '\\', '\n', '\r\n', '</think>', '😀', 'data: ', '}', '\u2028', '<b>&'), {
    minLength: 1,
    maxLength: 6,
  })
  .map((pieces) => `x${pieces.join('')}y`)

export const names: fc.Arbitrary<string> = fc.constantFrom('read_file', 'bash', 'Search-1', 'get_weather')

const inputs: fc.Arbitrary<string> = fc
  .dictionary(fc.constantFrom('path', 'title', 'n'), fc.oneof(words, fc.integer(), fc.boolean(), fc.constant(null)), {
    noNullPrototype: true,
  })
  .map((value) => JSON.stringify(value))

const count = fc.oneof(fc.constant(null), fc.nat(100_000))
export const usages: fc.Arbitrary<Usage> = fc.record({
  input: count,
  cacheRead: count,
  cacheWrite: count,
  output: count,
  reasoning: fc.constant(null),
})

/** Parts of a reply. Calls get ids that are unique in it. */
export function replyParts(
  signature: fc.Arbitrary<Signature>,
  opaque: fc.Arbitrary<OpaquePart> | undefined,
): fc.Arbitrary<Part[]> {
  const part: fc.Arbitrary<Part> = fc.oneof(
    words.map((text): Part => ({ type: 'text', text })),
    fc.tuple(words, signature).map(([text, value]): Part => ({ type: 'reasoning', text, signature: value })),
    fc.tuple(names, inputs).map(([name, input]): Part => ({ type: 'tool-call', id: '', name, input })),
    ...(opaque === undefined ? [] : [opaque]),
  )
  return fc
    .array(part, { minLength: 1, maxLength: 6 })
    .map((parts) => parts.map((one, index) => (one.type === 'tool-call' ? { ...one, id: `call_${index}` } : one)))
}

export function repliesOf(parts: fc.Arbitrary<Part[]>, usage: fc.Arbitrary<Usage>): fc.Arbitrary<ChatReply> {
  return fc.record({ parts, usage, cut: fc.boolean() }).map(({ parts: list, usage: counts, cut }) => {
    const hasCalls = list.some((part) => part.type === 'tool-call')
    const finish: Finish = { unified: cut ? 'length' : hasCalls ? 'tool-calls' : 'stop' }
    return { id: 'msg_1', model: 'm', parts: list, finish, usage: counts, warnings: [] }
  })
}

/** A legal stream in which blocks interleave and deltas are cut anywhere; terminal exactly once. */
export const interleavedStreams: fc.Arbitrary<StreamPart[]> = fc
  .tuple(
    fc.array(
      fc.record({
        kind: fc.constantFrom('text', 'reasoning', 'tool', 'refusal'),
        deltas: fc.array(fc.oneof(words, fc.constant('')), { maxLength: 4 }),
        signed: fc.boolean(),
      }),
      { maxLength: 5 },
    ),
    fc.infiniteStream(fc.nat(1000)),
    fc.boolean(),
  )
  .map(([blocks, choices, failed]) => {
    const queues = blocks.map((block, index) => blockParts(block, `b${index}`))
    const stream: StreamPart[] = [{ type: 'start', id: 'msg_1', model: 'm' }]
    while (queues.some((queue) => queue.length > 0)) {
      const live = queues.filter((queue) => queue.length > 0)
      const part = live[choices.next().value % live.length]?.shift()
      if (part !== undefined) stream.push(part)
    }
    stream.push({ type: 'usage', usage: { input: 3, cacheRead: 1, cacheWrite: null, output: 5, reasoning: null } })
    const hasCalls = blocks.some((block) => block.kind === 'tool')
    stream.push({ type: 'finish', finish: { unified: hasCalls ? 'tool-calls' : failed ? 'length' : 'stop' } })
    return stream
  })

function blockParts(block: { kind: string; deltas: string[]; signed: boolean }, id: string): StreamPart[] {
  const signature: { signature?: Signature } = block.signed
    ? { signature: { family: 'anthropic', value: `sig-${id}` } }
    : {}
  switch (block.kind) {
    case 'text':
      return [
        { type: 'text-start', id },
        ...block.deltas.map((text): StreamPart => ({ type: 'text-delta', id, text })),
        { type: 'text-end', id },
      ]
    case 'refusal':
      return [
        { type: 'refusal-start', id },
        ...block.deltas.map((text): StreamPart => ({ type: 'refusal-delta', id, text })),
        { type: 'refusal-end', id },
      ]
    case 'reasoning':
      return [
        { type: 'reasoning-start', id },
        ...block.deltas.map((text): StreamPart => ({ type: 'reasoning-delta', id, text })),
        { type: 'reasoning-end', id, ...signature },
      ]
    default: {
      const input = JSON.stringify({ value: block.deltas.join('') })
      const cut = Math.floor(input.length / 2)
      return [
        { type: 'tool-input-start', id, callId: `call_${id}`, name: 'f' },
        { type: 'tool-input-delta', id, text: input.slice(0, cut) },
        { type: 'tool-input-delta', id, text: input.slice(cut) },
        { type: 'tool-input-end', id },
      ]
    }
  }
}

const callTurn: fc.Arbitrary<Message[]> = fc
  .array(fc.record({ name: names, input: inputs, text: words, isError: fc.boolean() }), { minLength: 1, maxLength: 3 })
  .map((calls) => [
    { role: 'assistant', parts: calls.map(({ name, input }): Part => ({ type: 'tool-call', id: '', name, input })) },
    {
      role: 'user',
      parts: calls.map(({ name, text, isError }): Part => {
        const result: ToolResultPart = { type: 'tool-result', callId: '', name, parts: [{ type: 'text', text }] }
        return isError ? { ...result, isError } : result
      }),
    },
  ])

const textTurn: fc.Arbitrary<Message[]> = fc.tuple(words, words).map(([answer, question]) => [
  { role: 'assistant', parts: [{ type: 'text', text: answer }] },
  { role: 'user', parts: [{ type: 'text', text: question }] },
])

/** Conversations that begin and end with the user, roles alternating, calls answered; ids unique. */
export const conversations: fc.Arbitrary<Message[]> = fc
  .tuple(words, fc.array(fc.oneof(callTurn, textTurn), { maxLength: 5 }))
  .map(([first, turns]) => {
    const messages: Message[] = [{ role: 'user', parts: [{ type: 'text', text: first }] }, ...turns.flat()]
    return messages.map((message, index) => ({
      ...message,
      parts: message.parts.map((part, place): Part => {
        if (part.type === 'tool-call') return { ...part, id: `call_${index}_${place}` }
        return part.type === 'tool-result' ? { ...part, callId: `call_${index - 1}_${place}` } : part
      }),
    }))
  })
