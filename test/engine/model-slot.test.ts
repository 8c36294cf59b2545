// Exchanging the model's name in place gives the same bytes as cutting and joining would, each time anew.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { scanBody, splice } from '../../src/engine/body-scan.ts'
import { bytesOf, createModelSlot, joinWithRoom, room } from '../../src/engine/model-slot.ts'

const name = fc.oneof(
  fc.string({ minLength: 1, maxLength: 40 }),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
  fc.integer({ min: room - 20, max: room + 700 }).map((length) => 'n'.repeat(length)),
)

/** Cuts bytes at places that a number picks. */
function cut(bytes: Buffer, seed: number): Buffer[] {
  const chunks: Buffer[] = []
  for (let at = 0, step = 1 + (seed % 50); at < bytes.length; at += step) chunks.push(bytes.subarray(at, at + step))
  return chunks
}

describe('a model slot', () => {
  it('equals a plain splice for every name, as often as it is asked', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 300 }),
        name,
        fc.string({ maxLength: 300 }),
        fc.array(name, { minLength: 1, maxLength: 6 }),
        fc.nat(),
        (before, first, after, names, seed) => {
          const original = Buffer.from(JSON.stringify({ before, model: first, after }))
          const body = joinWithRoom(cut(original, seed), original.length)
          assert.deepEqual(bytesOf(body), original)
          const span = scanBody(bytesOf(body)).modelSpan
          assert.ok(span)
          const slot = createModelSlot(body, span)
          for (const next of [...names, first]) {
            assert.equal(slot(next).toString(), splice(original, span, JSON.stringify(next)).toString())
          }
        },
      ),
      { numRuns: 300 },
    )
  })

  it('holds an empty body', () => {
    assert.equal(bytesOf(joinWithRoom([], 0)).length, 0)
  })
})
