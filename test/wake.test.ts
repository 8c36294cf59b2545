// A sleep of the machine shows as a timer that comes far too late.
import assert from 'node:assert/strict'
import { watchForWake } from '../src/wake.ts'

describe('waking up', () => {
  it('is told once for each sleep, and a late timer on a busy machine is none', async () => {
    let time = 0
    const slept: number[] = []
    let rounds = 0
    // Three rounds in time or a little late, one after an hour, one in time.
    const steps = [5, 9, 14, 3_600_005, 5]
    await new Promise<void>((resolve) => {
      const end = watchForWake((ms) => slept.push(ms), {
        everyMs: 5,
        slackMs: 10,
        now: () => {
          // Asked once at the beginning and twice a round.
          if (rounds % 2 === 1) time += steps[(rounds - 1) / 2] ?? 0
          rounds += 1
          if (rounds > 2 * steps.length) {
            end()
            resolve()
          }
          return time
        },
      })
    })
    assert.deepEqual(slept, [3_600_000])
  })
})
