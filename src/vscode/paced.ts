// Runs a piece of work at most once in a while however often it is asked for: at once when the last time is long enough ago, else
// once at the end of the pause. Nothing runs before it is first asked for.
import type { Clock } from '../core/clock.ts'

export interface Paced {
  /** Asks for the work. */
  ask(): void
  /** Forgets what is still to come. */
  dispose(): void
}

export function atMostEvery(pauseMs: number, clock: Clock, work: () => void): Paced {
  let lastAt = Number.NEGATIVE_INFINITY
  let cancel: (() => void) | undefined
  const run = () => {
    cancel = undefined
    lastAt = clock.now()
    work()
  }
  return {
    ask() {
      if (cancel !== undefined) return
      const waitMs = lastAt + pauseMs - clock.now()
      if (waitMs <= 0) run()
      // A clock that was set back must not make it wait longer than the pause.
      else cancel = clock.after(Math.min(waitMs, pauseMs), run)
    },
    dispose() {
      cancel?.()
      cancel = undefined
    },
  }
}
