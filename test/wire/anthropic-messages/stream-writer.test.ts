// The events Anthropic clients are given (rules 5, 125, 134, 138-141, 147-152).
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { ChatRequest } from '../../../src/core/conversation.ts'
import { GatewayError } from '../../../src/core/errors.ts'
import type { StreamPart } from '../../../src/core/stream.ts'
import { createStreamReader } from '../../../src/wire/anthropic-messages/stream-reader.ts'
import { createStreamWriter } from '../../../src/wire/anthropic-messages/stream-writer.ts'
import { foldReply } from '../../../src/wire/fold.ts'
import { interleavedStreams } from '../arbitraries.ts'
import { readStrictly } from './grammar.ts'

const request: ChatRequest = {
  origin: 'anthropic-messages',
  model: 'mine/model',
  stream: true,
  messages: [],
  tools: [],
}
const write = (parts: readonly StreamPart[]): string => {
  const writer = createStreamWriter(request)
  return parts.map(writer).join('')
}
const tool = (id: string, ...deltas: string[]): StreamPart[] => [
  { type: 'tool-input-start', id, callId: `call_${id}`, name: 'f' },
  ...deltas.map((text): StreamPart => ({ type: 'tool-input-delta', id, text })),
  { type: 'tool-input-end', id },
]
const finish: StreamPart = { type: 'finish', finish: { unified: 'stop' } }

describe('anthropic-messages stream writer', () => {
  it('follows the grammar whatever interleaves, and loses nothing (rules 147, 148)', () => {
    fc.assert(
      fc.property(interleavedStreams, (parts) => {
        const { blocks } = readStrictly(write(parts))
        const written = (type: string): string =>
          blocks
            .filter((block) => block.type === type)
            .map((block) => block.text)
            .sort()
            .join()
        const reply = foldReply(parts).parts
        const texts = reply.flatMap((part) => (part.type === 'tool-call' ? [part.input] : []))
        assert.equal(written('tool_use'), texts.sort().join())
        const total = (list: readonly string[]): number => list.join('').length
        assert.equal(
          total(blocks.filter((block) => block.type === 'text').map((block) => block.text)),
          total(reply.flatMap((part) => (part.type === 'text' || part.type === 'refusal' ? [part.text] : []))),
        )
        const signatures = reply.flatMap((part) => (part.type === 'reasoning' ? [part.signature?.value ?? ''] : []))
        const thinking = blocks.filter((block) => block.type === 'thinking').map((block) => block.signature)
        assert.deepEqual(thinking.sort(), signatures.sort())
      }),
    )
  })

  it('streams the open call live and holds the others back (rule 148)', () => {
    const writer = createStreamWriter(request)
    const [startA, firstA, secondA, endA] = tool('a', '{"x":', '1}')
    const [startB, onlyB, endB] = tool('b', '{}')
    assert.match(writer(startA as StreamPart), /message_start[\s\S]*"name":"f"/)
    assert.equal(writer(startB as StreamPart), '')
    assert.match(writer(firstA as StreamPart), /input_json_delta/)
    assert.equal(writer(onlyB as StreamPart) + writer(endB as StreamPart), '')
    assert.match(writer(secondA as StreamPart), /1\}/)
    assert.match(writer(endA as StreamPart), /content_block_stop[\s\S]*call_b[\s\S]*content_block_stop/)
  })

  it('does not let an open text block hold up a call', () => {
    const parts: StreamPart[] = [
      { type: 'text-start', id: 't' },
      { type: 'text-delta', id: 't', text: 'one' },
      ...tool('a', '{}'),
      { type: 'text-delta', id: 't', text: 'two' },
      { type: 'text-end', id: 't' },
      { type: 'finish', finish: { unified: 'tool-calls' } },
    ]
    assert.deepEqual(
      readStrictly(write(parts)).blocks.map((block) => block.text),
      ['one', '{}', 'two'],
    )
  })

  it('names the model the client asked for (rule 5) and known usage at once (rule 134)', () => {
    const usage = { input: 11, cacheRead: 7, cacheWrite: null, output: null, reasoning: null }
    const { start } = readStrictly(
      write([{ type: 'start', id: 'chatcmpl-1', model: 'upstream' }, { type: 'usage', usage }, finish]),
    )
    assert.equal(start?.['model'], 'mine/model')
    assert.equal(start?.['id'], 'msg_chatcmpl-1')
    assert.deepEqual(start?.['usage'], { input_tokens: 11, cache_read_input_tokens: 7, output_tokens: 0 })
  })

  it('ends in tool_use exactly when a call was sent (rule 125), in refusal when words refuse (rule 123)', () => {
    assert.equal(readStrictly(write([...tool('a', '{}'), finish])).stop, 'tool_use')
    assert.equal(readStrictly(write([{ type: 'finish', finish: { unified: 'tool-calls' } }])).stop, 'end_turn')
    const refusal: StreamPart[] = [
      { type: 'refusal-start', id: 'r' },
      { type: 'refusal-delta', id: 'r', text: 'no' },
      { type: 'refusal-end', id: 'r' },
    ]
    assert.equal(readStrictly(write([...refusal, finish])).stop, 'refusal')
  })

  it('says a failure in the stream and nothing after it (rules 139, 141)', () => {
    const error: StreamPart = { type: 'error', error: new GatewayError('stream_interrupted', 'It broke off.') }
    const text = write([
      { type: 'text-start', id: 't' },
      { type: 'text-delta', id: 't', text: 'a' },
      error,
      finish,
      { type: 'text-delta', id: 't', text: 'b' },
    ])
    assert.equal(readStrictly(text).failed, 'api_error')
    assert.ok(!text.includes('message_stop'))
    assert.ok(!write([finish, error]).includes('event: error'))
  })

  it('gives a signature just before the stop, also without thoughts (rule 151), and carries those of others (rule 109)', () => {
    const google = { family: 'google', value: 'G' } as const
    const { blocks } = readStrictly(
      write([
        { type: 'reasoning-start', id: 'r' },
        { type: 'reasoning-end', id: 'r', signature: { family: 'anthropic', value: 'S' } },
        { type: 'tool-input-start', id: 'c', callId: 'c', name: 'f', signature: google },
        { type: 'tool-input-end', id: 'c', signature: google },
        { type: 'finish', finish: { unified: 'tool-calls' } },
      ]),
    )
    assert.deepEqual(
      blocks.map(({ type, signature }) => [type, signature]),
      [
        ['thinking', 'S'],
        ['thinking', 'omniroute:google:tool-call:G'],
        ['tool_use', ''],
      ],
    )
  })

  it('wraps free-form input as the JSON of one field (rule 61)', () => {
    const { blocks } = readStrictly(
      write([
        { type: 'tool-input-start', id: 'c', callId: 'c', name: 'patch', kind: 'custom' },
        { type: 'tool-input-delta', id: 'c', text: 'a "quoted"\n\ud83d' },
        { type: 'tool-input-delta', id: 'c', text: '\ude00' },
        { type: 'tool-input-end', id: 'c' },
        { type: 'finish', finish: { unified: 'tool-calls' } },
      ]),
    )
    assert.deepEqual(JSON.parse(blocks[0]?.text ?? ''), { input: 'a "quoted"\n😀' })
  })

  it('is read back as what was written', () => {
    fc.assert(
      fc.property(interleavedStreams, (parts) => {
        const reader = createStreamReader()
        const frames = write(parts).split('\n\n').slice(0, -1)
        const back = frames.flatMap((frame) => reader.read({ data: frame.slice(frame.indexOf('data: ') + 6) }))
        const callsOf = (list: readonly StreamPart[]): string[] =>
          foldReply(list).parts.flatMap((part) =>
            part.type === 'tool-call' ? [`${part.id} ${part.name} ${part.input}`] : [],
          )
        assert.deepEqual(callsOf(back).sort(), callsOf(parts).sort())
        assert.deepEqual(reader.end(), [])
      }),
    )
  })
})
