// What was recorded is what is sent again: every byte, in the same pieces, at the pace of whoever reads.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { headersFor } from '../../../src/engine/cache/answer-headers.ts'
import { type Recording, sizeOfRecording } from '../../../src/engine/cache/recording.ts'
import { RecordingSink } from '../../../src/engine/cache/recording-sink.ts'
import { replay } from '../../../src/engine/cache/replay.ts'
import { settled, TestClient } from './support.ts'

/** How an upstream's relay may write: bytes, text of one byte a character, and at the end perhaps ordinary text. */
type Piece = Buffer | string
const piece: fc.Arbitrary<Piece> = fc.oneof(
  fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.from(bytes)),
  fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
)
const answer = fc.record({
  pieces: fc.array(piece, { maxLength: 20 }),
  ending: fc.option(
    fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    ),
    {
      nil: undefined,
    },
  ),
})
const stalls = fc.array(fc.boolean(), { maxLength: 25 })
const head = { 'content-type': 'text/event-stream', 'x-omniroute-request-id': 'first' }

function record(
  pieces: readonly Piece[],
  ending: Piece | undefined,
  client: TestClient,
  limit = 1e6,
): Recording | undefined {
  const sink = new RecordingSink(client, limit)
  sink.head(200, head)
  for (const one of pieces) {
    if (!sink.write(one)) sink.onDrain(() => undefined)
  }
  sink.end(ending)
  return sink.recording()
}

const change = headersFor({ requestId: 'second', mark: 'hit', ageMs: 61_900 })

describe('recording and replaying', () => {
  it('gives the same bytes in the same pieces, whatever the chunks and the pace', async () => {
    await fc.assert(
      fc.asyncProperty(answer, stalls, stalls, async ({ pieces, ending }, first, second) => {
        const live = new TestClient(first)
        const recording = record(pieces, ending, live)
        assert.ok(recording)
        const again = new TestClient(second)
        const done = replay(recording, change, again, again.signal)
        for (let count = 0; !again.ended && count < 100; count++) again.drain()
        assert.equal(await done, true)
        assert.deepEqual(again.pieces, live.pieces)
        assert.equal(again.overruns, 0)
        assert.equal(again.status, 200)
      }),
      { numRuns: 300 },
    )
  })

  it('keeps bytes of its own', () => {
    const buffer = Buffer.from('before')
    const client = new TestClient()
    const sink = new RecordingSink(client, 100)
    sink.head(200, head)
    sink.write(buffer)
    buffer.fill('x')
    sink.end()
    assert.equal(sink.recording()?.bytes.toString(), 'before')
  })

  it('forwards back-pressure, drains and the head', () => {
    const client = new TestClient([false, true])
    const sink = new RecordingSink(client, 100)
    sink.head(201, head)
    assert.equal(sink.write('a'), true)
    assert.equal(sink.write('b'), false)
    let drained = 0
    sink.onDrain(() => drained++)
    assert.equal(drained, 0)
    client.drain()
    assert.equal(drained, 1)
    assert.equal(client.status, 201)
    assert.equal(client.headers['x-omniroute-cache'], 'miss')
    assert.equal(sink.recording(), undefined)
  })

  it('gives up when the answer outgrows the limit, is not ended, or the client leaves before the end', () => {
    assert.ok(record(['12345'], '67890', new TestClient(), 10))
    assert.equal(record(['12345'], '678901', new TestClient(), 10), undefined)
    assert.equal(record(['12345678901'], undefined, new TestClient(), 10), undefined)
    const open = new RecordingSink(new TestClient(), 10)
    open.head(200, head)
    open.write('a')
    assert.equal(open.recording(), undefined)
    const leaving = new TestClient()
    const sink = new RecordingSink(leaving, 10)
    sink.head(200, head)
    sink.write('a')
    leaving.leave()
    assert.equal(sink.closed, true)
    sink.end()
    assert.equal(sink.recording(), undefined)
  })

  it('changes the headers that spoke of the first request only', async () => {
    const client = new TestClient()
    const sink = new RecordingSink(client, 100)
    sink.head(200, {
      'content-type': 'application/json',
      'content-length': '999',
      'x-omniroute-request-id': 'first',
      'x-omniroute-target': 'groq/llama',
      'x-omniroute-attempts': '3',
      'x-ratelimit-remaining-requests': '7',
      'anthropic-ratelimit-tokens-reset': 'x',
      'retry-after': '5',
      'request-id': 'vendor-1',
    })
    sink.end('body')
    const recording = sink.recording()
    assert.ok(recording)
    const again = new TestClient()
    const provenance = { requestId: 'second', mark: 'semantic', ageMs: 61_900, similarity: 0.98765, length: 4 } as const
    await replay(recording, headersFor(provenance), again, again.signal)
    assert.deepEqual(again.headers, {
      'content-type': 'application/json',
      'content-length': '4',
      'x-omniroute-request-id': 'second',
      'x-omniroute-target': 'groq/llama',
      'x-omniroute-attempts': '0',
      'request-id': 'vendor-1',
      'x-omniroute-cache': 'semantic',
      'x-omniroute-similarity': '0.9877',
      age: '61',
    })
  })

  it('ends when the client leaves, also while it is waited for', async () => {
    const recording = record(['a', 'b', 'c'], undefined, new TestClient())
    assert.ok(recording)
    const client = new TestClient([true])
    const done = replay(recording, change, client, client.signal)
    await settled()
    client.leave()
    assert.equal(await done, false)
    client.drain()
    assert.equal(client.text, 'a')
    assert.equal(client.ended, false)
    assert.equal(await replay(recording, change, client, client.signal), false)
  })

  it('takes no more memory than it has bytes', () => {
    const recording = record(
      Array.from({ length: 100 }, () => 'x'.repeat(10)),
      undefined,
      new TestClient(),
    )
    assert.ok(recording)
    assert.equal(recording.bytes.buffer.byteLength, 1_000)
    assert.ok(sizeOfRecording(recording) > 1_000)
  })
})
