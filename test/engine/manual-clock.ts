// A clock that stands still until a test moves it. Callbacks run in the order they fall due, and between two of them everything
// they set off (promises, immediates) comes to rest first, as it would in real time.
import type { Clock } from '../../src/core/clock.ts'

export interface ManualClock extends Clock {
  /** Moves on by that many milliseconds. */
  advance(ms: number): Promise<void>
  /** Callbacks that are still to come. */
  pending(): number
}

interface Timer {
  readonly at: number
  readonly callback: () => void
}

/** `settle` waits until what a callback set off has come to rest; by default the microtasks and one round of the event loop. */
export function createManualClock(start = 0, settle: () => Promise<void> = oneRound): ManualClock {
  let now = start
  /** In order of time; of equal ones the older first. */
  const timers: Timer[] = []

  return {
    now: () => now,
    pending: () => timers.length,
    after(ms, callback) {
      const timer = { at: now + Math.max(0, ms), callback }
      let low = 0
      let high = timers.length
      while (low < high) {
        const middle = (low + high) >>> 1
        if ((timers[middle]?.at ?? 0) <= timer.at) low = middle + 1
        else high = middle
      }
      timers.splice(low, 0, timer)
      return () => {
        const index = timers.indexOf(timer)
        if (index >= 0) timers.splice(index, 1)
      }
    },
    async advance(ms) {
      const end = now + ms
      await settle()
      for (let next = timers[0]; next && next.at <= end; next = timers[0]) {
        timers.shift()
        now = Math.max(now, next.at)
        next.callback()
        await settle()
      }
      now = end
    },
  }
}

function oneRound(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
