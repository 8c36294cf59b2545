// Previews that wait to be applied: few, for a while, each once.
import assert from 'node:assert/strict'
import { holdThings } from '../../src/tools/held.ts'

describe('things that are held', () => {
  let now = 0
  const hold = () => holdThings<string>({ most: 2, forMs: 1_000, now: () => now })

  it('are taken once, and may be looked at before', () => {
    const held = hold()
    const id = held.hold('a')
    assert.equal(held.look(id), 'a')
    assert.equal(held.take(id), 'a')
    assert.equal(held.take(id), undefined)
  })

  it('are forgotten after a while', () => {
    const held = hold()
    const id = held.hold('a')
    now += 999
    assert.equal(held.look(id), 'a')
    now += 1
    assert.equal(held.look(id), undefined)
    assert.equal(held.take(id), undefined)
  })

  it('make room for newer ones, the oldest first', () => {
    const held = hold()
    const [first, second, third] = ['a', 'b', 'c'].map((thing) => held.hold(thing))
    assert.equal(held.look(first ?? ''), undefined)
    assert.deepEqual([held.look(second ?? ''), held.look(third ?? '')], ['b', 'c'])
  })
})
