// What excuses the gateway: what a vendor did or said, by its own memory, and the limits that the user has laid down.
import { limits, settings } from './fleet.ts'
import type { Fault, SimulatedUpstream } from './upstream.ts'

export const second = 1_000
export const minute = 60 * second

/** Hints come in whole seconds, and a window's end may be met to the second. */
export const recoveryMs = 1 * second

/** A rest of the gateway's own making after a failure may grow to this, and to this after a refused key. */
export const longestGuess = 5 * minute + second
const longestKeyGuess = 60 * minute + second

/** The latest end of a rest of the gateway's own making. */
export function guessEnd({ at, why }: Fault): number {
  return at + (why === 'bad-key' || why === 'no-model' ? longestKeyGuess : longestGuess)
}

/** What answers, if only with a refusal, says nothing against its host. */
const refusals: ReadonlySet<string> = new Set(['limited', 'bad-key', 'no-model'])

export function concerns({ model }: Fault, asked: string): boolean {
  return model === undefined || model === asked
}

/** A vendor said itself that it won't serve, and it is too early to doubt that, or somebody else is just finding out. */
export function isExcused(upstream: SimulatedUpstream, model: string, now: number): boolean {
  const contact = Math.max(
    0,
    ...upstream.exchanges.filter(({ at, end }) => at <= now && end !== 'caller' && end !== 'left').map(({ at }) => at),
  )
  return upstream.faults.some((fault) => {
    const { at, until, isTrue } = fault
    if (until === undefined || at > now || !concerns(fault, model)) return false
    if (isTrue) return now < until + recoveryMs
    return now < until && now - contact < Math.max(10 * minute, (until - at) / 20)
  })
}

export function isAtLimit(upstream: SimulatedUpstream, from: number, to: number): boolean {
  const recent = upstream.exchanges.filter(({ at }) => at <= to && to - at <= minute + recoveryMs)
  // Whoever tells how many are left is believed, and requests that it refused for their own fault are taken for used as well.
  const told = upstream.spec.style === 'x-ratelimit' ? upstream.spec.meters : []
  if (told.some(({ limit }) => recent.length >= limit)) return true
  const running = upstream.exchanges.filter(({ at, endedAt = to }) => at <= to && endedAt >= from)
  return limits.some((rule) => {
    if (rule.account !== upstream.spec.id) return false
    const own = recent.filter(({ model }) => rule.model === undefined || rule.model === model)
    if (rule.requestsPerMinute !== undefined && own.length >= rule.requestsPerMinute) return true
    if (rule.concurrent !== undefined && running.length >= rule.concurrent) return true
    // How many tokens are reserved, and who waits for a gap, is not seen from outside.
    return (rule.tokensPerMinute ?? rule.gapMs) !== undefined && own.length > 0
  })
}

/** It may have told that little is left of its minute: the gateway then makes others wait or go elsewhere. */
export function isTight(upstream: SimulatedUpstream, now: number): boolean {
  const limit = Math.min(...upstream.spec.meters.map((meter) => meter.limit))
  return upstream.exchanges.filter(({ at }) => now - at < 2 * minute).length >= limit - 2
}

/** The last failure is so recent that the breaker may still be open, and there were enough of them since anything went well. */
export function hasFailedEnough(upstream: SimulatedUpstream, now: number): boolean {
  const { failures: enough = 0, openMs = 0 } = settings.breaker ?? {}
  const ends = upstream.exchanges.filter(({ end }) => end === 'served').map(({ endedAt = 0 }) => endedAt)
  const lastSuccess = Math.max(0, ...ends.filter((at) => at < now))
  const failures = upstream.faults.filter(({ at, why }) => at <= now && at > lastSuccess && !refusals.has(why))
  const isRecent = failures.some(({ at }) => at >= now - openMs)
  return (failures.length >= enough && isRecent) || wasClosed(upstream, now - 2 * minute, now)
}

export function wasClosed({ troubles }: SimulatedUpstream, from: number, to: number): boolean {
  return troubles.some((trouble) => trouble.kind === 'refused' && trouble.from <= to && trouble.to >= from)
}
