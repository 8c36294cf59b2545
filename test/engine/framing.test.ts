// Framing neither loses, adds nor changes a byte, and never gives half an event.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { parseEvents } from '../../src/engine/events.ts'
import { createEventFraming } from '../../src/engine/framing.ts'

const lines = fc.array(fc.constantFrom('data: {"a":1}', 'event: x', ': comment', 'data: Grüße 🙂', 'data:', 'id: 7'), {
  minLength: 1,
  maxLength: 4,
})
const stream = fc
  .record({
    events: fc.array(lines, { maxLength: 8 }),
    newline: fc.constantFrom('\n', '\r\n', '\r'),
    tail: fc.constantFrom('', 'data: half'),
  })
  .map(({ events, newline, tail }) =>
    Buffer.from(events.map((event) => event.join(newline) + newline + newline).join('') + tail),
  )

function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const cuts = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b)
  return [...cuts, bytes.length]
    .map((end, index) => bytes.subarray(index === 0 ? 0 : cuts[index - 1], end))
    .filter((one) => one.length > 0)
}

describe('event framing', () => {
  it('gives the bytes it got, cut between events only, wherever the chunks are cut', () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(), { maxLength: 30 }), (bytes, places) => {
        const framing = createEventFraming()
        const outputs = cutAt(bytes, places).flatMap((chunk) => framing.push(chunk) ?? [])
        assert.deepEqual(Buffer.concat([...outputs, framing.rest()]), bytes)
        // Each output holds whole events: parsed one by one they give what the whole stream gives.
        const apart = outputs.flatMap((output) => parseEvents(output))
        assert.deepEqual([...apart, ...parseEvents(framing.rest())], parseEvents(bytes))
      }),
      { numRuns: 500 },
    )
  })

  for (const newline of ['\n', '\r\n', '\r']) {
    it(`lets an event go as soon as its empty line is there (${JSON.stringify(newline)})`, () => {
      const framing = createEventFraming()
      const event = `data: 1${newline}${newline}`
      for (const byte of Buffer.from(event).subarray(0, -newline.length))
        assert.equal(framing.push(Buffer.from([byte])), undefined)
      assert.equal(framing.push(Buffer.from(`${newline}data: 2`))?.toString(), event)
      assert.equal(framing.rest().toString(), 'data: 2')
    })
  }

  it('notices an event without end', () => {
    const framing = createEventFraming()
    const piece = Buffer.alloc(16 * 1024 * 1024, 0x61)
    for (let count = 0; count < 4; count++) framing.push(piece)
    assert.equal(framing.overflow(), false)
    framing.push(Buffer.from('a'))
    assert.equal(framing.overflow(), true)
  })
})
