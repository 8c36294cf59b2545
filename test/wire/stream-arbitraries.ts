// Random conversations, replies and legal part streams for property tests of wire formats.
import fc from 'fast-check'
import type { ChatReply, FinishReason, Part, Signature, ToolCallPart } from '../../src/core/conversation.ts'
import type { StreamPart } from '../../src/core/stream.ts'

export const someText = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 24 })
export const base64 = fc
  .uint8Array({ minLength: 3, maxLength: 12 })
  .map((bytes) => Buffer.from(bytes).toString('base64'))
export const toolName = fc.constantFrom('read_file', 'write-file', 'search', 'a', 'Bash2')
export const callInput = fc
  .dictionary(someText, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 })
  .map((value) => JSON.stringify(value))

const count = fc.nat({ max: 100_000 })
export const knownUsage = fc.record(
  {
    input: count,
    cacheRead: count,
    cacheWrite: fc.constant(null),
    output: count,
    reasoning: count,
  },
  { noNullPrototype: true },
)

export const signature: fc.Arbitrary<Signature> = fc.record(
  {
    family: fc.constantFrom('anthropic', 'google', 'openai'),
    value: fc.string({ unit: fc.constantFrom(...'abcXYZ019+/='), minLength: 1, maxLength: 16 }),
  },
  { noNullPrototype: true },
)

const text = someText.map((value): Part => ({ type: 'text', text: value }))
const refusal = someText.map((value): Part => ({ type: 'refusal', text: value }))
const image = base64.map((data): Part => ({ type: 'image', source: { kind: 'base64', mediaType: 'image/bmp', data } }))
const reasoning = fc
  .record({ text: someText, signature: fc.option(signature, { nil: undefined }) })
  .map(
    (value): Part => ({ type: 'reasoning', text: value.text, ...(value.signature && { signature: value.signature }) }),
  )
const call = fc
  .record({ name: toolName, input: callInput })
  .map((value): ToolCallPart => ({ type: 'tool-call', id: '', name: value.name, input: value.input }))

/** Replies with parts in any order. Call ids are distinct. */
export const anyReply: fc.Arbitrary<ChatReply> = replyOf(
  fc.array(fc.oneof(text, reasoning, call, refusal, image), { minLength: 1, maxLength: 7 }),
)

/** Replies as the Chat wire can hold them: reasoning, one text, a refusal, images, then calls. */
export const orderedReply: fc.Arbitrary<ChatReply> = replyOf(
  fc
    .tuple(
      fc.option(
        someText.map((value): Part => ({ type: 'reasoning', text: value })),
        { nil: undefined },
      ),
      fc.option(text, { nil: undefined }),
      fc.option(refusal, { nil: undefined }),
      fc.array(image, { maxLength: 2 }),
      fc.array(call, { maxLength: 3 }),
    )
    .map(([first, second, third, images, calls]) =>
      [first, second, third, ...images, ...calls].filter((part): part is Part => part !== undefined),
    )
    .filter((parts) => parts.length > 0),
)

function replyOf(parts: fc.Arbitrary<Part[]>): fc.Arbitrary<ChatReply> {
  const reason = fc.constantFrom<FinishReason>('stop', 'length', 'content-filter')
  return fc.tuple(parts, reason, knownUsage).map(([list, unified, usage]) => {
    const numbered = list.map((part, index) => (part.type === 'tool-call' ? { ...part, id: `call_${index}` } : part))
    const hasCalls = numbered.some((part) => part.type === 'tool-call')
    const finish = { unified: unified === 'stop' && hasCalls ? ('tool-calls' as const) : unified }
    return { id: 'reply-1', model: 'upstream-model', parts: numbered, finish, usage, warnings: [] }
  })
}

type BlockKind = 'text' | 'reasoning' | 'refusal' | 'tool-input'

/** Legal streams: blocks of any kind interleave, some stay empty; exactly one finish or no end at all is up to the caller. */
export const legalStream: fc.Arbitrary<StreamPart[]> = fc
  .tuple(
    fc.array(
      fc.record({
        kind: fc.constantFrom<BlockKind>('text', 'reasoning', 'refusal', 'tool-input'),
        deltas: fc.array(fc.oneof(someText, fc.constant('')), { maxLength: 4 }),
        name: toolName,
        signature: fc.option(signature, { nil: undefined }),
      }),
      { maxLength: 6 },
    ),
    fc.infiniteStream(fc.nat({ max: 2 })),
    fc.constantFrom<FinishReason>('stop', 'length', 'content-filter', 'other'),
    knownUsage,
  )
  .map(([blocks, picks, unified, usage]) => {
    const queues = blocks.map((block, index) => blockParts(block, `b${index}`))
    const stream: StreamPart[] = [{ type: 'start', id: 'reply-1', model: 'upstream-model' }]
    for (;;) {
      const waiting = queues.filter((queue) => queue.length > 0)
      if (waiting.length === 0) break
      const pick = picks.next().value ?? 0
      const part = waiting[pick % Math.min(3, waiting.length)]?.shift()
      if (part !== undefined) stream.push(part)
    }
    stream.push({ type: 'usage', usage }, { type: 'finish', finish: { unified } })
    return stream
  })

function blockParts(
  block: { kind: BlockKind; deltas: string[]; name: string; signature: Signature | undefined },
  id: string,
): StreamPart[] {
  const signed = block.signature === undefined ? {} : { signature: block.signature }
  const deltas = block.deltas.map((delta): StreamPart => ({ type: `${block.kind}-delta`, id, text: delta }))
  switch (block.kind) {
    case 'tool-input': {
      // The deltas of a call make up one JSON object.
      const input = JSON.stringify({ value: block.deltas.join('') })
      const points = [...input]
      const half = Math.floor(points.length / 2)
      return [
        { type: 'tool-input-start', id, callId: `call_${id}`, name: block.name },
        { type: 'tool-input-delta', id, text: points.slice(0, half).join('') },
        { type: 'tool-input-delta', id, text: points.slice(half).join('') },
        { type: 'tool-input-end', id, ...signed },
      ]
    }
    case 'text':
      return [{ type: 'text-start', id }, ...deltas, { type: 'text-end', id }]
    case 'refusal':
      return [{ type: 'refusal-start', id }, ...deltas, { type: 'refusal-end', id }]
    case 'reasoning':
      return [{ type: 'reasoning-start', id }, ...deltas, { type: 'reasoning-end', id, ...signed }]
  }
}

/** Cuts bytes at random places. */
export function chunksOf(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b)
  const chunks: Uint8Array[] = []
  let start = 0
  for (const place of [...places, bytes.length]) {
    chunks.push(bytes.subarray(start, place))
    start = place
  }
  return chunks
}
