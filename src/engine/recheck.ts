// When an instant that a vendor named is to be doubted. A reset hint is an upper bound: accounts recover earlier, and one that is
// never asked again would stay out for days. Pure.

const shortestDoubtMs = 10 * 60_000

/** True when a wait from `at` to `until` is long, and the last time somebody found out is long ago too. */
export function isRecheckDue(at: number, until: number, checkedAt: number, now: number): boolean {
  const length = until - at
  return length > shortestDoubtMs && now - checkedAt >= Math.max(shortestDoubtMs, length / 20)
}
