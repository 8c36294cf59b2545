// Notices that the machine slept, or that this process stood still: the clock has gone on by much more than a timer was set to.
export interface WakeWatch {
  readonly now: () => number
  readonly everyMs: number
  /** By how much a round may be late on a busy machine. */
  readonly slackMs: number
}

export const defaultWakeWatch: WakeWatch = { now: Date.now, everyMs: 5_000, slackMs: 10_000 }

/** Calls `onWake` after each sleep with its length in milliseconds. Returns a function that ends the watch. */
export function watchForWake(
  onWake: (sleptMs: number) => void,
  { now, everyMs, slackMs }: WakeWatch = defaultWakeWatch,
): () => void {
  let last = now()
  const timer = setInterval(() => {
    const late = now() - last - everyMs
    last = now()
    if (late > slackMs) onWake(late)
  }, everyMs)
  timer.unref()
  return () => clearInterval(timer)
}
