// Anthropic streams and replies to canonical parts (rules 3, 123, 125, 130, 139-141, 150, 163).
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { JsonObject } from '../../../src/core/json.ts'
import type { StreamPart } from '../../../src/core/stream.ts'
import { readReply, writeReply } from '../../../src/wire/anthropic-messages/reply.ts'
import { createStreamReader } from '../../../src/wire/anthropic-messages/stream-reader.ts'
import { foldReply } from '../../../src/wire/fold.ts'
import { repliesOf, replyParts, usages, words } from '../arbitraries.ts'
import { linesOf, replay } from '../recorded.ts'

const anthropic = words.map((value) => ({ family: 'anthropic' as const, value }))
const read = (...events: (object | string)[]): StreamPart[] =>
  replay(
    createStreamReader(),
    events.map((event) => (typeof event === 'string' ? event : JSON.stringify(event))),
  )
const last = (parts: readonly StreamPart[]): unknown => {
  const part = parts.at(-1)
  return part?.type === 'error' ? part.error.code : part?.type === 'finish' ? part.finish : part
}

describe('anthropic-messages stream reader', () => {
  it('reads thinking, redacted thinking, text and calls as recorded (rules 106, 130, 150)', () => {
    const reply = foldReply(replay(createStreamReader(), linesOf('anthropic-thinking-tools')))
    assert.deepEqual(reply.parts, [
      {
        type: 'reasoning',
        text: 'Two files to read.',
        signature: { family: 'anthropic', value: 'EqQBCgIYAhIM1gbcDa9GJwZA2b3h' },
      },
      { type: 'reasoning', text: '', signature: { family: 'anthropic', value: 'EmwKAhgBEgy3va3pzix' }, redacted: true },
      { type: 'text', text: 'Let me look.' },
      {
        type: 'tool-call',
        id: 'toolu_01T1x1fJ34qAmk2tNTrN7Up6',
        name: 'read_file',
        input: '{"path": "a.txt", "id": 12345678901234567890}',
      },
      { type: 'tool-call', id: 'toolu_02', name: 'list', input: '{}' },
    ])
    assert.deepEqual(reply.usage, { input: 472, cacheRead: 2000, cacheWrite: 100, output: 89, reasoning: null })
    assert.deepEqual(reply.finish, { unified: 'tool-calls', raw: 'tool_use' })
  })

  it('never takes the signature of an imitator for Anthropic’s (rule 107)', () => {
    const target = { id: 'kimi-k2', provider: 'p', limits: {}, capabilities: {}, quirks: { unsignedThinking: true } }
    const signed = (parts: readonly { type: string }[]): boolean => parts.some((part) => 'signature' in part)
    const lines = linesOf('anthropic-thinking-tools').filter((line) => !line.includes('redacted'))
    assert.ok(!signed(foldReply(replay(createStreamReader(target), lines)).parts))
    assert.ok(
      signed(foldReply(replay(createStreamReader({ ...target, id: 'claude-opus-5', quirks: {} }), lines)).parts),
    )
    const body = { content: [{ type: 'thinking', thinking: 'x', signature: 'S' }], stop_reason: 'end_turn' }
    assert.ok(!signed(readReply(body, target).parts))
  })

  it('keeps hosted tools whole and citations with their text', () => {
    const reply = foldReply(replay(createStreamReader(), linesOf('anthropic-web-search')))
    const [call, result, text] = reply.parts
    assert.deepEqual(call, {
      type: 'opaque',
      wire: 'anthropic-messages',
      value: { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'x' } },
    })
    assert.equal(result?.type, 'opaque')
    assert.equal(text?.type === 'text' ? text.annotations?.[0]?.['url'] : undefined, 'https://example.org')
    assert.equal(reply.usage.input, 1010)
  })

  it('ends once, in error when the terminal event is missing (rules 140, 141)', () => {
    const block = { type: 'content_block_start', index: 0, content_block: { type: 'text', text: 'a' } }
    assert.equal(last(read(block)), 'stream_interrupted')
    assert.deepEqual(last(read(block, { type: 'message_delta', delta: { stop_reason: 'max_tokens' } })), {
      unified: 'length',
      raw: 'max_tokens',
    })
    const late = read({ type: 'message_stop' }, block, { type: 'message_stop' })
    assert.deepEqual(
      late.map((part) => part.type),
      ['finish'],
    )
  })

  it('says errors of the stream by the catalogue (rules 139, 163)', () => {
    assert.equal(
      last(read({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } })),
      'overloaded',
    )
    assert.equal(last(read('{"type":"ping')), 'malformed_reply')
    assert.equal(last(read({ error: { message: 'x', code: 429 } })), 'rate_limited')
  })

  it('calls it tool calls exactly when there are any (rule 125)', () => {
    const call = {
      type: 'content_block_start',
      index: 0,
      content_block: { type: 'tool_use', id: 'a', name: 'f', input: { x: 1 } },
    }
    const end = (stop_reason: string): object => ({ type: 'message_delta', delta: { stop_reason } })
    assert.deepEqual(last(read(call, end('end_turn'))), { unified: 'tool-calls', raw: 'end_turn' })
    assert.deepEqual(last(read(end('tool_use'))), { unified: 'stop', raw: 'tool_use' })
    assert.deepEqual(last(read(end('refusal'))), { unified: 'content-filter', raw: 'refusal' })
    const parts = read(call, end('tool_use'))
    assert.deepEqual(
      parts.find((part) => part.type === 'tool-input-delta'),
      { type: 'tool-input-delta', id: 'b0', text: '{"x":1}' },
    )
  })

  it('turns the stand-in of a structured reply back into text (rule 22)', () => {
    const reply = readReply({
      type: 'message',
      content: [{ type: 'tool_use', id: 'a', name: 'omniroute_structured_reply', input: { answer: 4 } }],
      stop_reason: 'tool_use',
    })
    assert.deepEqual(reply.parts, [{ type: 'text', text: '{"answer":4}' }])
    assert.equal(reply.finish.unified, 'stop')
  })

  it('throws what a body hides (rules 127, 163)', () => {
    const codeOf = (body: unknown): string => {
      try {
        readReply(body)
        return 'none'
      } catch (error) {
        return (error as { code: string }).code
      }
    }
    assert.equal(codeOf({ type: 'error', error: { type: 'overloaded_error', message: 'x' } }), 'overloaded')
    assert.equal(codeOf({ type: 'message', content: [] }), 'empty_reply')
    assert.equal(codeOf([]), 'malformed_reply')
  })

  it('reads what it writes: readReply(writeReply(x)) = x', () => {
    const request = { origin: 'anthropic-messages', model: 'm', stream: false, messages: [], tools: [] } as const
    fc.assert(
      fc.property(repliesOf(replyParts(anthropic, undefined), usages), (reply) => {
        const back = readReply(writeReply(reply, request))
        const { raw: _, ...finish } = back.finish
        // Documented losses: unknown required counts are zeros, and the vendor's own word for the end.
        const usage = { ...reply.usage, input: reply.usage.input ?? 0, output: reply.usage.output ?? 0 }
        const expected = reply.finish.unified === 'length' ? { unified: 'length' } : reply.finish
        assert.deepEqual({ ...back, finish }, { ...reply, usage, finish: expected })
      }),
    )
  })

  it('never throws, hangs or grows for broken events', () => {
    const value: fc.Arbitrary<unknown> = fc.oneof(
      fc.record(
        {
          type: fc.constantFrom(
            'message_start',
            'content_block_start',
            'content_block_delta',
            'content_block_stop',
            'message_delta',
            'error',
            'x',
          ),
          index: fc.oneof(fc.nat(3), fc.string()),
          content_block: fc.oneof(
            fc.record({ type: fc.constantFrom('text', 'tool_use', 'thinking', 'redacted_thinking', 'y') }),
            fc.anything(),
          ),
          delta: fc.oneof(
            fc.record({ text: fc.anything(), partial_json: fc.anything(), citation: fc.anything() }),
            fc.anything(),
          ),
          message: fc.anything(),
          error: fc.anything(),
          usage: fc.anything(),
        },
        { requiredKeys: ['type'] },
      ),
      fc.anything(),
    )
    fc.assert(
      fc.property(
        fc.array(
          value.map((one) => JSON.stringify(one) ?? ''),
          { maxLength: 12 },
        ),
        (lines) => {
          const parts = replay(createStreamReader(), lines)
          const ends = parts.filter((part) => part.type === 'finish' || part.type === 'error')
          assert.equal(ends.length, 1)
          assert.equal(parts.at(-1), ends[0])
        },
      ),
      { numRuns: 300 },
    )
    const reader = createStreamReader()
    const open = (index: number): StreamPart[] =>
      reader.read({
        data: JSON.stringify({
          type: 'content_block_start',
          index,
          content_block: { type: 'text' },
        } satisfies JsonObject),
      })
    const parts = Array.from({ length: 2_000 }, (_, index) => open(index)).flat()
    assert.equal(last(parts), 'malformed_reply')
  })

  it('withstands values that replace the methods of objects, and absurd nesting', () => {
    const odd = { toString: 1, valueOf: 1 }
    const block = { type: 'content_block_start', index: odd, content_block: { type: 'tool_use', id: odd, name: odd } }
    assert.equal(last(read(block, { type: 'content_block_stop', index: odd })), 'stream_interrupted')
    const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`
    const start = `{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"a","name":"f","input":${deep}}}`
    assert.equal(last(read(start, { type: 'content_block_stop', index: 0 })), 'malformed_reply')
  })
})
