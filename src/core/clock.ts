// Time as the engine sees it. Everything that waits or measures goes through here, so that a test can run a day in seconds.

export interface Clock {
  /** Epoch milliseconds. */
  now(): number
  /** Runs the callback once after that many milliseconds; the result cancels it. Never keeps the process alive. */
  after(ms: number, callback: () => void): () => void
}

/** A fraction from 0 (inclusive) to 1 (exclusive), like `Math.random`. */
export type Random = () => number

export const systemClock: Clock = {
  now: Date.now,
  after(ms, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(0, ms), 2 ** 31 - 1))
    timer.unref()
    return () => clearTimeout(timer)
  },
}
