// Instants, spans and counts as the reasons of a plan write them.

/** `2026-01-02T14:00:00Z (in 56 min)` */
export function instant(at: number, now: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z (in ${span(at - now)})`
}

/** The largest unit that fits, rounded: `12 s`, `2 min`, `5 h`, `3 days`. */
export function span(ms: number): string {
  const seconds = Math.max(0, ms) / 1_000
  if (seconds < 90) return `${Math.round(seconds)} s`
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`
  if (seconds < 36 * 3_600) return `${Math.round(seconds / 3_600)} h`
  return `${Math.round(seconds / 86_400)} days`
}

/** `32,768` */
export function count(value: number): string {
  return value.toLocaleString('en-US')
}

/** `51,000` for 50,872: an estimate shouldn't look like a count. */
export function roughly(value: number): string {
  return count(Number(value.toPrecision(2)))
}
