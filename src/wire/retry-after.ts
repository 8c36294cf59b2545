// When an upstream says it may be tried again: standard and vendor headers, and the sentences of errors. Only what was said is
// returned; nothing is guessed (architecture.md, "Failures are a catalogue"). Header names must be lower case.

const longestWaitMs = 366 * 24 * 60 * 60_000

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Milliseconds of a duration such as `6m0s`, `1.5s`, `120ms`, `1h2m3s`; a bare number counts as seconds. */
export function durationMs(text: string): number | undefined {
  const trimmed = text.trim().toLowerCase()
  if (/^\d{1,12}(\.\d{1,20})?$/.test(trimmed)) return bounded(Number(trimmed) * 1000)
  if (!/^(\d{1,9}(\.\d{1,12})?(ms|s|m|h|d)\s*){1,6}$/.test(trimmed)) return undefined
  let total = 0
  for (const [, amount, unit] of trimmed.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    total += Number(amount) * (unitMs[unit ?? ''] ?? 0)
  }
  return bounded(total)
}

/** Milliseconds until an HTTP date, an ISO instant, or seconds or milliseconds since 1970; otherwise a duration. */
export function instantOrDurationMs(text: string, now: number): number | undefined {
  const trimmed = text.trim()
  if (/^\d{10}(\.\d+)?$/.test(trimmed)) return bounded(Number(trimmed) * 1000 - now)
  if (/^\d{13}$/.test(trimmed)) return bounded(Number(trimmed) - now)
  const duration = durationMs(trimmed)
  if (duration !== undefined) return duration
  if (!/\d{4}/.test(trimmed)) return undefined
  const at = Date.parse(trimmed)
  return Number.isNaN(at) ? undefined : bounded(at - now)
}

/**
 * What the headers of a refusal say: `retry-after-ms`, `retry-after`, or the `x-ratelimit-reset…` headers of OpenAI and those
 * like it. Of the latter there is one for each kind of limit; only a kind with nothing remaining has to be waited for.
 */
export function retryAfterFromHeaders(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  const exact = headers['retry-after-ms']
  if (exact !== undefined && /^\d{1,12}(\.\d+)?$/.test(exact.trim())) return bounded(Number(exact))
  const standard = headers['retry-after']
  const wait = standard === undefined ? undefined : instantOrDurationMs(standard, now)
  return wait ?? resetOfUsedUpLimits(headers, now)
}

function resetOfUsedUpLimits(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  let longest: number | undefined
  for (const [name, value] of Object.entries(headers)) {
    if (!/^(?:x-)?ratelimit-reset(?:-[a-z-]+)?$/.test(name) || remaining(headers, name) !== 0) continue
    const wait = instantOrDurationMs(value, now)
    if (wait !== undefined && (longest === undefined || wait > longest)) longest = wait
  }
  return longest
}

const amountPattern = String.raw`((?:\d+(?:\.\d+)?\s?(?:ms|milliseconds?|seconds?|minutes?|hours?|days?|s|m|h|d)\b[\s,]*(?:and\s)?)+|(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+)`
const waitPattern = new RegExp(
  String.raw`(?:try again|retry|available again|resets?|please wait|wait)\s+(?:(?:in|after|for|about|at least)\s+){0,2}${amountPattern}`,
  'i',
)
/** With a time zone, or it is no instant: MiniMax and Codex name UTC, GLM names the time of a place that it doesn't name. */
const instantPattern =
  /(?:resets?|try again|available again)\s+(?:at|on|after)\s+(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2}))/i

/**
 * What the sentence of an error says: "Please try again in 6m0s", "retry in 34.07s", "try again after 20 seconds", "Please wait
 * 8 hours 24 minutes", "resets at 2026-05-15T15:00:00Z".
 */
export function retryAfterFromText(text: string, now?: number): number | undefined {
  const head = text.slice(0, 4000)
  const found = waitPattern.exec(head)?.[1]
  if (found === undefined) {
    const instant = now === undefined ? undefined : instantPattern.exec(head)?.[1]
    return instant === undefined || now === undefined ? undefined : instantOrDurationMs(instant, now)
  }
  const compact = found
    .toLowerCase()
    .replace(/[\s,]+|\band\b/g, '')
    .replace(/milliseconds?/g, 'ms')
    .replace(/seconds?/g, 's')
    .replace(/minutes?/g, 'm')
    .replace(/hours?/g, 'h')
    .replace(/days?/g, 'd')
  return durationMs(compact)
}

function remaining(headers: Readonly<Record<string, string>>, resetHeader: string): number | undefined {
  const text = headers[resetHeader.replace('reset', 'remaining')]
  if (text === undefined || !/^\d+$/.test(text.trim())) return undefined
  return Number(text)
}

function bounded(milliseconds: number): number | undefined {
  if (!Number.isFinite(milliseconds)) return undefined
  return Math.min(longestWaitMs, Math.max(0, Math.ceil(milliseconds)))
}
