// Framing of event streams: rules 135 and 136.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { GatewayError } from '../../src/core/errors.ts'
import type { SseEvent } from '../../src/core/wire-format.ts'
import { createSseParser, formatSse } from '../../src/wire/sse.ts'
import { chunksOf, someText } from './stream-arbitraries.ts'

function parse(text: string, cuts: readonly number[] = []): SseEvent[] {
  const parser = createSseParser()
  const events = chunksOf(new TextEncoder().encode(text), cuts).flatMap((chunk) => parser.feed(chunk))
  return [...events, ...parser.end()]
}

describe('createSseParser', () => {
  const cases: readonly (readonly [string, string, SseEvent[]])[] = [
    ['LF', 'data: a\n\ndata: b\n\n', [{ data: 'a' }, { data: 'b' }]],
    ['CRLF', 'data: a\r\n\r\ndata: b\r\n\r\n', [{ data: 'a' }, { data: 'b' }]],
    ['CR', 'data: a\r\rdata: b\r\r', [{ data: 'a' }, { data: 'b' }]],
    ['several data lines', 'data: a\ndata: b\n\n', [{ data: 'a\nb' }]],
    ['no space after the colon', 'data:a\n\n', [{ data: 'a' }]],
    ['event names', 'event: ping\ndata: {}\n\n', [{ event: 'ping', data: '{}' }]],
    ['comments', ': OPENROUTER PROCESSING\n\ndata: a\n\n', [{ data: 'a' }]],
    ['a byte order mark', '\uFEFFdata: a\n\n', [{ data: 'a' }]],
    ['a last event without its blank line', 'data: a\n\ndata: b', [{ data: 'a' }, { data: 'b' }]],
    ['a last event cut within its line end', 'data: a\r\n\r\ndata: b\r', [{ data: 'a' }, { data: 'b' }]],
    ['ids and retry, which are ignored', 'id: 1\nretry: x\ndata: a\n\n', [{ data: 'a' }]],
    ['events without data', 'event: x\n\ndata: a\n\n', [{ data: 'a' }]],
  ]
  for (const [name, text, expected] of cases) {
    it(`reads ${name} (rule 135)`, () => assert.deepEqual(parse(text), expected))
    it(`reads ${name} byte by byte (rule 135)`, () => {
      const everywhere = Array.from({ length: Buffer.byteLength(text) }, (_, index) => index)
      assert.deepEqual(parse(text, everywhere), expected)
    })
  }

  it('gives the same events wherever the bytes are cut, also within a character (rule 135)', () => {
    fc.assert(
      fc.property(fc.array(someText, { maxLength: 6 }), fc.array(fc.nat()), (texts, cuts) => {
        const data = texts.map((text) => JSON.stringify(text))
        const stream = data.map((text) => formatSse({ data: text })).join('')
        assert.deepEqual(
          parse(stream, cuts),
          data.map((text) => ({ data: text })),
        )
      }),
    )
  })

  it('gives back every event that formatSse wrote', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '\n', ' ', ':', 'é') })
    fc.assert(
      fc.property(text, fc.option(fc.constantFrom('ping', 'error'), { nil: undefined }), (data, event) => {
        const written = event === undefined ? { data } : { event, data }
        assert.deepEqual(parse(formatSse(written)), [written])
      }),
    )
  })

  it('refuses a line longer than the limit instead of keeping it (rule 136)', () => {
    const parser = createSseParser(1000)
    parser.feed(new TextEncoder().encode('data: '))
    const chunk = new TextEncoder().encode('x'.repeat(400))
    assert.throws(
      () => {
        for (let i = 0; i < 10; i++) parser.feed(chunk)
      },
      (error) => error instanceof GatewayError && error.code === 'malformed_reply',
    )
  })

  it('gives the events before an endless one', () => {
    const parser = createSseParser(1000)
    const bytes = new TextEncoder().encode(`data: a\n\ndata: ${'x'.repeat(2000)}`)
    assert.deepEqual(parser.feed(bytes), [{ data: 'a' }])
    assert.throws(() => parser.feed(bytes), GatewayError)
  })

  it('survives bytes that are no UTF-8 and no events', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (chunks) => {
        const parser = createSseParser()
        for (const chunk of chunks) parser.feed(chunk)
        parser.end()
      }),
    )
  })
})
