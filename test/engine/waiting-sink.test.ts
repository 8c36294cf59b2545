// What a streaming client is told while its request waits: legal in every wire, and nothing once the answer has begun.
import assert from 'node:assert/strict'
import type { ResponseSink } from '../../src/engine/ports.ts'
import { createWaitingRoom, type WaitingRoom, WaitingSink } from '../../src/engine/waiting-sink.ts'
import { format as anthropic } from '../../src/wire/anthropic-messages/format.ts'
import { format as gemini } from '../../src/wire/gemini-generate/format.ts'
import { format as chat } from '../../src/wire/openai-chat/format.ts'
import { format as responses } from '../../src/wire/openai-responses/format.ts'
import { createSseParser } from '../../src/wire/sse.ts'
import { createManualClock } from './manual-clock.ts'

function world(everyMs = 15_000, keepAlive = chat.keepAlive) {
  const clock = createManualClock(1_000)
  const room = createWaitingRoom(clock)
  const told: { at: number; what: string }[] = []
  const state = { closed: false }
  const note = (what: string): number => told.push({ at: clock.now() - 1_000, what })
  const inner: ResponseSink = {
    get closed() {
      return state.closed
    },
    head: (status, headers) =>
      void note(`head ${status} ${headers['content-type']} ${headers['x-omniroute-request-id']}`),
    write: (chunk) => note(`write ${chunk}`) > 0,
    onDrain: (listener) => listener(),
    end: (chunk) => void note(`end ${chunk}`),
  }
  return { clock, room, told, state, sink: waitingSink(room, inner, keepAlive, everyMs) }
}

function waitingSink(room: WaitingRoom, inner: ResponseSink, keepAlive: string, everyMs: number, streams = true) {
  return new WaitingSink(room, inner, {
    keepAlive,
    everyMs,
    requestId: 'r1',
    wantsStream: () => streams,
    lastWords: (status, _headers, body) => `event: error ${status} ${body}`,
  })
}

const stream = { 'content-type': 'text/event-stream; charset=utf-8', 'x-omniroute-request-id': 'r1' }
const head = 'head 200 text/event-stream; charset=utf-8 r1'

describe('a client that waits', () => {
  it('is told nothing when the answer begins in time', async () => {
    const { clock, room, told, sink } = world()
    await clock.advance(14_900)
    sink.head(200, stream)
    sink.write('a')
    await clock.advance(120_000)
    sink.end('b')
    assert.deepEqual(
      told.map(({ what }) => what),
      [head, 'write a', 'end b'],
    )
    assert.equal(sink.headSent, false)
    assert.equal(room.size, 0)
    assert.equal(clock.pending(), 0)
  })

  it('is kept again and again until the answer begins, whose own head is left out', async () => {
    const { clock, told, sink } = world()
    await clock.advance(40_000)
    assert.equal(sink.headSent, true)
    sink.head(200, stream)
    sink.write('data: x\n\n')
    await clock.advance(60_000)
    sink.end()
    assert.deepEqual(told, [
      { at: 15_000, what: head },
      { at: 15_000, what: `write ${chat.keepAlive}` },
      { at: 30_000, what: `write ${chat.keepAlive}` },
      { at: 40_000, what: 'write data: x\n\n' },
      { at: 100_000, what: 'end undefined' },
    ])
  })

  it('can be told a refusal in band', async () => {
    const { clock, room, told, sink } = world()
    await clock.advance(15_000)
    assert.ok(sink.headSent)
    sink.head(429, { 'content-type': 'application/json' })
    sink.write(Buffer.from('{"er'))
    sink.end('ror":{}}')
    await clock.advance(60_000)
    assert.equal(told.at(-1)?.what, 'end event: error 429 {"error":{}}')
    assert.equal(room.size, 0)
  })

  it('is told nothing before the whole body that it waits for', async () => {
    const clock = createManualClock(0)
    const room = createWaitingRoom(clock)
    const told: string[] = []
    const inner: ResponseSink = {
      closed: false,
      head: (status) => void told.push(`head ${status}`),
      write: () => true,
      onDrain: (listener) => listener(),
      end: (chunk) => void told.push(`end ${chunk}`),
    }
    const sink = waitingSink(room, inner, chat.keepAlive, 1_000, false)
    await clock.advance(60_000)
    assert.equal(sink.headSent, false)
    sink.head(429, {})
    sink.end('{}')
    assert.deepEqual(told, ['head 429', 'end {}'])
    assert.equal(room.size, 0)
  })

  it('is told a refusal by its status while nothing was sent', async () => {
    const { told, sink } = world()
    sink.head(429, { 'content-type': 'application/json' })
    sink.end('{}')
    assert.deepEqual(
      told.map(({ what }) => what),
      ['head 429 application/json undefined', 'end {}'],
    )
  })

  it('is forgotten when it has left', async () => {
    const { clock, room, told, state } = world()
    state.closed = true
    await clock.advance(30_000)
    assert.deepEqual(told, [])
    assert.equal(room.size, 0)
    assert.equal(clock.pending(), 0)
  })

  for (const wire of [chat, responses, anthropic, gemini]) {
    it(`hears nothing that a reader of ${wire.id} would take for an answer`, async () => {
      const { clock, told } = world(10, wire.keepAlive)
      await clock.advance(200)
      const text = told.flatMap(({ what }) => (what.startsWith('write ') ? [what.slice(6)] : [])).join('')
      const parser = createSseParser()
      const events = [...parser.feed(Buffer.from(text)), ...parser.end()]
      assert.ok(text.length > 0)
      if (wire === anthropic)
        assert.ok(events.every(({ event, data }) => event === 'ping' && JSON.parse(data).type === 'ping'))
      else assert.deepEqual(events, [])
      assert.ok(events.every((event) => wire.inspect.event(event) === 'preamble'))
    })
  }
})
