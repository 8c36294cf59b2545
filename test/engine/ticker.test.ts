// A ticker must ask each member that is in it, none that has left, and do so in time, in whatever order they come and go.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { Ticker, type Ticking } from '../../src/engine/ticker.ts'
import { createManualClock } from './manual-clock.ts'

class Member implements Ticking {
  place = -1
  asked = 0
  answer: (now: number) => number | undefined = (now) => now + 100

  tick(now: number): number | undefined {
    this.asked += 1
    return this.answer(now)
  }
}

describe('a ticker', () => {
  it('asks those and only those that are in it', async () => {
    const step = fc.record({ what: fc.constantFrom('add', 'remove', 'leave'), who: fc.nat(9) })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const clock = createManualClock()
        const ticker = new Ticker(clock)
        const members = Array.from({ length: 10 }, () => new Member())
        const expected = new Set<Member>()
        for (const { what, who } of steps) {
          const member = members[who]
          assert.ok(member)
          if (what === 'add') {
            ticker.add(member, clock.now() + 100)
            expected.add(member)
          } else if (what === 'remove') {
            ticker.remove(member)
            expected.delete(member)
          } else if (expected.delete(member)) {
            // It says itself that it leaves.
            member.answer = () => undefined
            await clock.advance(1_000)
            member.answer = (now) => now + 100
          }
          assert.equal(ticker.size, expected.size)
        }
        for (const member of members) member.asked = 0
        await clock.advance(1_000)
        for (const member of members) assert.equal(member.asked > 0, expected.has(member))
      }),
      { numRuns: 50 },
    )
  })

  it('asks nobody who was removed by another in the same round, and all others once', async () => {
    const clock = createManualClock()
    const ticker = new Ticker(clock)
    const members = Array.from({ length: 6 }, () => new Member())
    const [first, , third] = members
    assert.ok(first && third)
    first.answer = () => {
      ticker.remove(third)
      return undefined
    }
    for (const member of members) ticker.add(member, clock.now() + 100)
    await clock.advance(120)
    assert.deepEqual(
      members.map(({ asked }) => asked),
      [1, 1, 0, 1, 1, 1],
    )
    assert.equal(ticker.size, 4)
  })
})
