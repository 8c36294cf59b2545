// Responses streams from recorded shapes: rules 50, 111, 135, 139, 140, 150, 156, 163.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { GatewayError } from '../../../src/core/errors.ts'
import type { StreamPart } from '../../../src/core/stream.ts'
import type { SseEvent } from '../../../src/core/wire-format.ts'
import { foldReply } from '../../../src/wire/fold.ts'
import { readReply } from '../../../src/wire/openai-responses/reply.ts'
import { createStreamReader } from '../../../src/wire/openai-responses/stream-reader.ts'
import { createSseParser } from '../../../src/wire/sse.ts'
import { eventsOf, fixtureBytes, fixtureEvents } from '../fixtures.ts'
import { chunksOf } from '../stream-arbitraries.ts'

function partsOf(events: readonly SseEvent[]): StreamPart[] {
  const reader = createStreamReader()
  return [...events.flatMap((event) => reader.read(event)), ...reader.end()]
}

function replyOf(name: string): ReturnType<typeof foldReply> {
  return foldReply(partsOf(fixtureEvents(name)))
}

function failureOf(name: string): GatewayError | undefined {
  const last = partsOf(fixtureEvents(name)).at(-1)
  return last?.type === 'error' ? last.error : undefined
}

const text = (value: string) => ({ type: 'text', text: value })
const reasoning = {
  type: 'reasoning',
  text: 'First.\n\nSecond.',
  signature: { family: 'openai', value: 'ENC==' },
  id: 'rs_1',
}
const call = { type: 'tool-call', id: 'call_a', name: 'read', input: '{"p":1}' }

describe('Responses stream reader', () => {
  const cases: readonly (readonly [string, string, readonly unknown[]])[] = [
    ['text', 'responses-text', [text('Hello')]],
    ['reasoning with its encrypted form, then a call (rules 107, 113)', 'responses-reasoning-tool', [reasoning, call]],
    ['items that come without deltas (rule 150)', 'responses-done-only', [reasoning, text('Hi'), call]],
    ['items that come in the final response only (rule 156)', 'responses-output-only', [reasoning, text('Hi'), call]],
    ['items whose ids change, as at Copilot', 'copilot-changing-ids', [text('Hi')]],
    [
      'free-form calls (rule 61)',
      'responses-custom-tool',
      [{ type: 'tool-call', id: 'call_p', name: 'apply_patch', input: '*** Begin Patch', kind: 'custom' }],
    ],
    [
      'one channel of reasoning where there are two (rule 111)',
      'responses-reasoning-text',
      [{ type: 'reasoning', text: 'Thinking', id: 'rs_1' }, text('Hi')],
    ],
    [
      'an image once, without its previews (rule 50)',
      'responses-image',
      [{ type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'iVBORw0KGgo=' } }],
    ],
  ]
  for (const [name, fixture, parts] of cases) {
    it(`reads ${name}`, () => assert.deepEqual(replyOf(fixture).parts, parts))
  }

  it('keeps what only this wire knows, and citations of the text (rule 51)', () => {
    const [search, answer] = replyOf('responses-web-search').parts
    assert.equal(search?.type === 'opaque' && search.value['type'], 'web_search_call')
    assert.equal(answer?.type === 'text' && answer.annotations?.[0]?.['url'], 'https://example.com')
  })

  it('counts usage without what came from the cache (rule 129)', () => {
    assert.deepEqual(replyOf('responses-text').usage, {
      input: 20,
      cacheRead: 10,
      cacheWrite: null,
      output: 12,
      reasoning: 5,
    })
  })

  it('tells how it ended (rules 122, 125)', () => {
    assert.equal(replyOf('responses-text').finish.unified, 'stop')
    assert.equal(replyOf('responses-reasoning-tool').finish.unified, 'tool-calls')
    assert.deepEqual(replyOf('responses-incomplete').finish, { unified: 'length', raw: 'max_output_tokens' })
  })

  it('fails on an error event (rule 163)', () => {
    const error = failureOf('codex-policy-error')
    assert.match(error?.message ?? '', /flagged as violating/)
    assert.equal(error?.code, 'content_refused')
  })

  it('fails on a failed response and keeps the wait it names (rule 139)', () => {
    assert.equal(failureOf('responses-failed')?.code, 'rate_limited')
    assert.equal(failureOf('responses-failed')?.retryAfterMs, 11_054)
  })

  it('fails on a stream without its end (rule 140)', () => {
    assert.equal(failureOf('responses-cut-off')?.code, 'stream_interrupted')
  })

  it('gives the same parts however the bytes are cut (rule 135)', () => {
    const bytes = fixtureBytes('responses-reasoning-tool')
    const expected = partsOf(eventsOf(bytes))
    fc.assert(
      fc.property(fc.array(fc.nat()), (cuts) => {
        const parser = createSseParser()
        const events = chunksOf(bytes, cuts).flatMap((chunk) => parser.feed(chunk))
        assert.deepEqual(partsOf([...events, ...parser.end()]), expected)
      }),
      { numRuns: 30 },
    )
  })

  it('never throws, and ends once, on streams of anything', () => {
    const names = ['message', 'reasoning', 'function_call', 'custom_tool_call', 'x', 'output_text']
    const field = fc.constantFrom(
      'type',
      'item',
      'content',
      'text',
      'delta',
      'output_index',
      'item_id',
      'name',
      'call_id',
      'summary',
    )
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(null, 0, 1, 'a', '', ...names),
        fc.array(tie('any'), { maxLength: 2 }),
        tie('object'),
      ),
      object: fc.dictionary(field, tie('any'), { maxKeys: 5, noNullPrototype: true }),
    })).object as fc.Arbitrary<object>
    const type = fc.constantFrom(
      'response.output_item.added',
      'response.output_item.done',
      'response.output_text.delta',
      'response.function_call_arguments.delta',
      'response.reasoning_summary_text.delta',
      'response.completed',
      'error',
    )
    const event = fc.tuple(value, type).map(([body, name]) => JSON.stringify({ ...body, type: name }))
    fc.assert(
      fc.property(fc.array(fc.oneof(event, fc.string()), { maxLength: 8 }), (events) => {
        const parts = partsOf(events.map((data) => ({ data })))
        const terminals = parts.filter((part) => part.type === 'finish' || part.type === 'error')
        assert.equal(terminals.length, 1)
        assert.equal(parts.at(-1), terminals[0])
        const open = new Set<string>()
        for (const part of parts) {
          if (part.type.endsWith('-start') && 'id' in part && part.id !== undefined) open.add(part.id)
          else if (part.type.endsWith('-delta') && 'id' in part) assert.ok(open.has(part.id ?? ''))
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('Responses reply reader', () => {
  it('reads a whole response as its stream would be read (rule 3)', () => {
    const final = fixtureEvents('responses-output-only').at(-1)
    const { response } = JSON.parse(final?.data ?? '')
    assert.deepEqual(readReply(response), replyOf('responses-output-only'))
  })

  const failures: readonly (readonly [string, unknown, string])[] = [
    [
      'a failed response',
      { object: 'response', status: 'failed', error: { code: 'server_error', message: 'x' } },
      'upstream_error',
    ],
    ['an error in a 200 (rule 163)', { error: { message: 'slow', type: 'rate_limit_error' } }, 'rate_limited'],
    ['no output', { object: 'response', status: 'completed' }, 'malformed_reply'],
    ['an answer that was neither completed nor cut short', { object: 'response', output: [] }, 'empty_reply'],
    ['anything but an object', [], 'malformed_reply'],
  ]
  for (const [name, body, code] of failures) {
    it(`fails on ${name}`, () => {
      assert.throws(
        () => readReply(body),
        (error) => error instanceof GatewayError && error.code === code,
      )
    })
  }
})
