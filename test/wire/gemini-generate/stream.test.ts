// Gemini streams and replies, both ways (rules 5, 6, 87, 109, 124-126, 139-141, 159, 160).
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { ChatRequest } from '../../../src/core/conversation.ts'
import { GatewayError } from '../../../src/core/errors.ts'
import type { StreamPart } from '../../../src/core/stream.ts'
import { foldReply } from '../../../src/wire/fold.ts'
import { readReply, writeReply } from '../../../src/wire/gemini-generate/reply.ts'
import { createStreamReader } from '../../../src/wire/gemini-generate/stream-reader.ts'
import { createStreamWriter } from '../../../src/wire/gemini-generate/stream-writer.ts'
import { interleavedStreams, repliesOf, replyParts, words } from '../arbitraries.ts'
import { linesOf, replay } from '../recorded.ts'

const request: ChatRequest = {
  origin: 'gemini-generate',
  model: 'mine/model',
  stream: true,
  messages: [],
  tools: [],
  reasoning: { summary: 'auto' },
}
const google = words.map((value) => ({ family: 'google' as const, value }))
const write = (parts: readonly StreamPart[], asked: ChatRequest = request): string => {
  const writer = createStreamWriter(asked)
  return parts.map(writer).join('')
}

interface Chunk {
  readonly candidates: {
    content?: { parts: Record<string, unknown>[] }
    finishReason?: string
    groundingMetadata?: unknown
  }[]
  readonly usageMetadata?: unknown
  readonly modelVersion?: string
  readonly error?: { code: number }
}

/** Reads a stream as the strictest client does: whole JSON on every data line, parts in every chunk, nothing after the end. */
function readStrictly(text: string): Chunk[] {
  assert.ok(!text.includes('[DONE]') || text.includes('"'), 'no end marker')
  const frames = text.split('\n\n')
  assert.equal(frames.pop(), '')
  const chunks = frames.map((frame) => {
    assert.match(frame, /^data: \{[^\r\n]*\}$/, 'one line of data')
    return JSON.parse(frame.slice(6)) as Chunk
  })
  for (const [index, chunk] of chunks.entries()) {
    const isLast = index === chunks.length - 1
    if (chunk.error !== undefined) {
      assert.ok(isLast)
      continue
    }
    const parts = chunk.candidates[0]?.content?.parts
    assert.ok(parts !== undefined && parts.length > 0 && parts.every((part) => Object.keys(part).length > 0))
    for (const part of parts)
      if ('functionCall' in part) assert.equal(typeof (part['functionCall'] as { args: unknown }).args, 'object')
    assert.equal(chunk.candidates[0]?.finishReason !== undefined, isLast, 'the finish reason is in the last chunk only')
    assert.equal(chunk.modelVersion, 'mine/model')
  }
  return chunks
}
const partsOf = (chunks: readonly Chunk[]): Record<string, unknown>[] =>
  chunks.flatMap((chunk) => chunk.candidates[0]?.content?.parts ?? [])

describe('gemini-generate stream reader', () => {
  it('reads thoughts, text and parallel calls as recorded (rules 87, 109, 125, 129)', () => {
    const lines = linesOf('gemini-thinking-tools')
    const reply = foldReply(replay(createStreamReader(), lines))
    const calls = reply.parts.filter((part) => part.type === 'tool-call')
    assert.deepEqual(reply.parts.slice(0, 2), [
      { type: 'reasoning', text: '**Planning**\n\nI look at two files.' },
      { type: 'text', text: 'Let me look. ' },
    ])
    assert.deepEqual(
      calls.map((call) => [call.name, call.input, call.signature?.value]),
      [
        ['read_file', '{"path":"a.txt","limit":10}', 'c2lnbmF0dXJl'],
        ['read_file', '{"path":"b.txt"}', undefined],
      ],
    )
    assert.equal(new Set(calls.map((call) => call.id)).size, 2)
    assert.ok(calls.every((call) => /^[a-zA-Z0-9_-]{1,64}$/.test(call.id)))
    assert.deepEqual(foldReply(replay(createStreamReader(), lines)), reply, 'the same ids on a second reading')
    assert.deepEqual(reply.finish, { unified: 'tool-calls', raw: 'STOP' })
    assert.deepEqual(reply.usage, { input: 12, cacheRead: 30, cacheWrite: null, output: 42, reasoning: 18 })
  })

  it('gives a signature to the text it closes, and citations (rules 51, 109)', () => {
    const reply = foldReply(replay(createStreamReader(), linesOf('gemini-signed-text')))
    const [text] = reply.parts
    assert.equal(text?.type === 'text' ? `${text.text} ${text.signature?.value}` : '', 'It is four. dGV4dA==')
    assert.equal(reply.finish.unified, 'length')
  })

  it('takes snake_case too (rule 48)', () => {
    const chunk = {
      candidates: [
        {
          content: { parts: [{ function_call: { name: 'f', args: {} }, thought_signature: 's' }] },
          finish_reason: 'STOP',
        },
      ],
      usage_metadata: { promptTokenCount: 1 },
    }
    const reply = foldReply(replay(createStreamReader(), [JSON.stringify(chunk)]))
    assert.equal(reply.parts[0]?.type === 'tool-call' ? reply.parts[0].signature?.value : '', 's')
    assert.equal(reply.usage.input, 1)
  })

  it('says failures by the catalogue (rules 124, 126, 139, 140)', () => {
    const codeOf = (...chunks: object[]): unknown => {
      const part = replay(
        createStreamReader(),
        chunks.map((chunk) => JSON.stringify(chunk)),
      ).at(-1)
      return part?.type === 'error' ? part.error.code : part?.type
    }
    const text = { candidates: [{ content: { parts: [{ text: 'a' }] } }] }
    assert.equal(codeOf(text), 'stream_interrupted')
    assert.equal(codeOf(text, { error: { code: 503, message: 'busy', status: 'UNAVAILABLE' } }), 'overloaded')
    assert.equal(codeOf({ promptFeedback: { blockReason: 'SAFETY' } }), 'content_refused')
    assert.equal(codeOf(text, { candidates: [{ finishReason: 'MALFORMED_FUNCTION_CALL' }] }), 'upstream_error')
    assert.equal(codeOf(text, { candidates: [{ finishReason: 'SAFETY' }] }), 'finish')
  })

  it('does not pass other media off as pictures (rule 47)', () => {
    const inline = (mimeType: string): object => ({ inlineData: { mimeType, data: 'AAAA' } })
    const body = {
      candidates: [{ content: { parts: [inline('image/png'), inline('audio/wav')] }, finishReason: 'STOP' }],
    }
    assert.deepEqual(
      readReply(body).parts.map((part) => part.type),
      ['image', 'opaque'],
    )
  })

  it('never throws, hangs or grows for broken chunks', () => {
    const part = fc.oneof(
      fc.record(
        { text: fc.anything(), functionCall: fc.anything(), thoughtSignature: fc.anything() },
        { requiredKeys: [] },
      ),
      fc.anything(),
    )
    const chunk = fc.record(
      {
        candidates: fc.oneof(
          fc.array(
            fc.record(
              { content: fc.record({ parts: fc.array(part, { maxLength: 3 }) }), finishReason: fc.anything() },
              { requiredKeys: [] },
            ),
            { maxLength: 2 },
          ),
          fc.anything(),
        ),
        usageMetadata: fc.anything(),
        error: fc.anything(),
        promptFeedback: fc.anything(),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(chunk, fc.anything()).map((one) => JSON.stringify(one) ?? ''),
          { maxLength: 8 },
        ),
        (lines) => {
          const parts = replay(createStreamReader(), lines)
          assert.equal(parts.filter((one) => one.type === 'finish' || one.type === 'error').length, 1)
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('gemini-generate readReply', () => {
  it('takes an array and a body without a finish reason, and throws what a body hides (rules 126, 163)', () => {
    const body = { candidates: [{ content: { parts: [{ text: 'a' }] } }] }
    assert.deepEqual(readReply([body]).parts, [{ type: 'text', text: 'a' }])
    assert.equal(readReply(body).finish.unified, 'stop')
    assert.throws(() => readReply({ promptFeedback: { blockReason: 'SAFETY' } }), { code: 'content_refused' })
    assert.throws(() => readReply({ candidates: [], usageMetadata: {} }), { code: 'empty_reply' })
    assert.throws(() => readReply('x'), { code: 'malformed_reply' })
    const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`
    const nested = JSON.parse(`{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":${deep}}}]}}]}`)
    assert.throws(() => readReply(nested), { code: 'malformed_reply' })
  })
})

describe('gemini-generate stream writer', () => {
  it('sends whole chunks and whole calls whatever interleaves (rule 159)', () => {
    fc.assert(
      fc.property(interleavedStreams, (parts) => {
        const written = partsOf(readStrictly(write(parts)))
        const reply = foldReply(parts).parts
        const inputs = reply.flatMap((part) =>
          part.type === 'tool-call' ? [JSON.stringify(JSON.parse(part.input))] : [],
        )
        const sent = written.flatMap((part) =>
          'functionCall' in part ? [JSON.stringify((part['functionCall'] as { args: unknown }).args)] : [],
        )
        assert.deepEqual(sent.sort(), inputs.sort())
        const length = (list: readonly unknown[]): number => list.join('').length
        const texts = reply.flatMap((part) => (part.type === 'text' || part.type === 'refusal' ? [part.text] : []))
        assert.equal(
          length(written.filter((part) => 'text' in part && part['thought'] !== true).map((part) => part['text'])),
          length(texts),
        )
      }),
    )
  })

  it('is read back as what was written: read(write(stream)) folds to the same', () => {
    fc.assert(
      fc.property(
        repliesOf(
          replyParts(google, undefined),
          fc.constant({ input: 3, cacheRead: 1, cacheWrite: null, output: 5, reasoning: null }),
        ),
        (reply) => {
          const back = readReply(writeReply(reply, request))
          const merged = (parts: typeof reply.parts): string =>
            JSON.stringify(parts.map((part) => ('text' in part ? part.text : part)))
          assert.equal(merged(back.parts).replaceAll('","', ''), merged(reply.parts).replaceAll('","', ''))
          assert.equal(back.finish.unified, reply.finish.unified)
          assert.deepEqual(back.usage, reply.usage)
        },
      ),
    )
  })

  it('keeps the digits of arguments and never breaks a data line (rule 6)', () => {
    const text = write([
      { type: 'tool-input-start', id: 'a', callId: 'c', name: 'f' },
      { type: 'tool-input-delta', id: 'a', text: '{\n  "id": 12345678901234567890\r\n}' },
      { type: 'tool-input-end', id: 'a', signature: { family: 'google', value: 'S' } },
      { type: 'finish', finish: { unified: 'tool-calls' } },
    ])
    assert.ok(text.includes('12345678901234567890'))
    assert.equal(partsOf(readStrictly(text))[0]?.['thoughtSignature'], 'S')
  })

  it('shows thoughts only to those who asked, and signatures only with what they sign (rules 103, 106, 109)', () => {
    const parts = (...deltas: string[]): StreamPart[] => [
      { type: 'reasoning-start', id: 'r' },
      ...deltas.map((text): StreamPart => ({ type: 'reasoning-delta', id: 'r', text })),
      { type: 'reasoning-end', id: 'r', signature: { family: 'anthropic', value: 'A' } },
      { type: 'finish', finish: { unified: 'stop' } },
    ]
    const { reasoning: _, ...plain } = request
    const carrier = { text: '', thought: true, thoughtSignature: 'omniroute:anthropic:reasoning:A' }
    const sent = (list: StreamPart[], asked: ChatRequest): unknown[] =>
      partsOf(readStrictly(write(list, asked))).slice(0, -1)
    assert.deepEqual(sent(parts('hm'), plain), [])
    assert.deepEqual(sent(parts(), plain), [carrier])
    assert.deepEqual(sent(parts('hm'), request), [{ text: 'hm', thought: true }, carrier])
    assert.deepEqual((writeReply(foldReply(parts('hm')), plain)['candidates'] as never)[0]['content']['parts'], [
      { text: '' },
    ])
  })

  it('says a failure as an error object and nothing after it (rules 139, 141)', () => {
    const error: StreamPart = { type: 'error', error: new GatewayError('stream_interrupted', 'It broke off.') }
    const chunks = readStrictly(
      write([{ type: 'text-delta', id: 't', text: 'a' }, error, { type: 'finish', finish: { unified: 'stop' } }]),
    )
    assert.equal(chunks.at(-1)?.error?.code, 502)
  })

  it('names finish reasons and usage in the last chunk (rules 122, 123)', () => {
    const reasonOf = (unified: 'stop' | 'length' | 'content-filter', raw?: string): unknown =>
      readStrictly(write([{ type: 'finish', finish: { unified, ...(raw === undefined ? {} : { raw }) } }])).at(-1)
        ?.candidates[0]?.finishReason
    assert.equal(reasonOf('stop', 'end_turn'), 'STOP')
    assert.equal(reasonOf('length'), 'MAX_TOKENS')
    assert.equal(reasonOf('content-filter', 'refusal'), 'SAFETY')
    assert.equal(reasonOf('content-filter', 'RECITATION'), 'RECITATION')
  })
})
