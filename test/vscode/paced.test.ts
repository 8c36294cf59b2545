// Work that is asked for often is done now and then; a clock held by the test shows when.
import assert from 'node:assert/strict'
import type { Clock } from '../../src/core/clock.ts'
import { atMostEvery } from '../../src/vscode/paced.ts'

function heldClock() {
  let now = 1_000_000
  const waiting = new Map<object, { at: number; callback: () => void }>()
  const clock: Clock = {
    now: () => now,
    after(ms, callback) {
      const key = {}
      waiting.set(key, { at: now + ms, callback })
      return () => waiting.delete(key)
    },
  }
  const pass = (ms: number) => {
    now += ms
    for (const [key, { at, callback }] of [...waiting]) {
      if (at > now) continue
      waiting.delete(key)
      callback()
    }
  }
  return { clock, pass, waiting }
}

describe('paced work', () => {
  it('is not done before it is asked for, and then at once', () => {
    const { clock, pass, waiting } = heldClock()
    let runs = 0
    const paced = atMostEvery(30_000, clock, () => runs++)
    pass(100_000)
    assert.deepEqual([runs, waiting.size], [0, 0])
    paced.ask()
    assert.equal(runs, 1)
  })

  it('is done once more at the end of the pause, however often it was asked for', () => {
    const { clock, pass, waiting } = heldClock()
    let runs = 0
    const paced = atMostEvery(30_000, clock, () => runs++)
    for (let asked = 0; asked < 100; asked += 1) paced.ask()
    assert.deepEqual([runs, waiting.size], [1, 1])
    pass(29_999)
    assert.equal(runs, 1)
    pass(1)
    assert.deepEqual([runs, waiting.size], [2, 0])
    pass(30_000)
    paced.ask()
    assert.equal(runs, 3)
  })

  it('does not wait longer than a pause after the clock was set back', () => {
    const { clock, pass } = heldClock()
    let runs = 0
    const paced = atMostEvery(30_000, clock, () => runs++)
    paced.ask()
    pass(-10_000_000)
    paced.ask()
    pass(30_000)
    assert.equal(runs, 2)
  })

  it('is given up for good', () => {
    const { clock, pass, waiting } = heldClock()
    let runs = 0
    const paced = atMostEvery(30_000, clock, () => runs++)
    paced.ask()
    paced.ask()
    paced.dispose()
    pass(30_000)
    assert.deepEqual([runs, waiting.size], [1, 0])
  })
})
