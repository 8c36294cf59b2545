// The circuit breaker of a provider's host. It opens after so many failures in a row within a window, counted only where the
// failure catalogue says so: a refusal, a caller's mistake or a caller who left says nothing against a host. While it is open,
// other targets are asked; then one request may try. When nobody else is left the request is let through all the same: asking a
// host that is back already must not wait for our guess.
import type { Clock } from '../../core/clock.ts'
import { failureOf, GatewayError } from '../../core/errors.ts'
import type { RoutingSettings } from '../../core/settings.ts'
import type { WireId } from '../../core/wire-format.ts'
import type { Target } from '../catalogue.ts'
import { baseUrlFor } from '../compose-request.ts'
import type { AttemptWrapper } from './attempt.ts'
import type { AttemptResult } from './result.ts'

export interface BreakerState {
  readonly host: string
  readonly state: 'closed' | 'open' | 'half-open'
  /** Failures in a row within the window. */
  readonly failures: number
  /** Epoch milliseconds; absent while it is closed. */
  readonly until?: number
}

export interface Breaker {
  readonly wrapper: AttemptWrapper
  /** Until when the target's host is left alone; undefined when it may be asked. Costs nothing while no host fails. */
  until(target: Target, now: number, wire?: WireId): number | undefined
  /**
   * The host has begun to answer: ends a half-open state at once, where the request that tries may stream for minutes. To be
   * called when a request commits; costs nothing while no host fails.
   */
  answered(target: Target, wire: WireId): void
  /** Forgets what is known of the target's host: a person has changed something, or wants it tried. */
  clear(target: Target): void
  /** The hosts that failed lately. */
  snapshot(): readonly BreakerState[]
}

/** What is known of a host that failed. A success forgets it. */
interface Host {
  /** Epoch milliseconds of the failures in a row, oldest first. */
  failures: number[]
  /** Epoch milliseconds; 0 while closed. */
  openUntil: number
  /** Epoch milliseconds since when a request tries; undefined when none does. */
  tryingSince: number | undefined
}

type Verdict = 'healthy' | 'failed' | 'alive' | 'nothing'

export function createBreaker(clock: Clock, settings: () => RoutingSettings): Breaker {
  const hosts = new Map<string, Host>()

  /** Until when a host is left alone. While one request tries, the others go elsewhere, but not for ever: it may hang. */
  function openUntil(host: Host | undefined, now: number): number | undefined {
    if (!host || host.openUntil === 0 || settings().breaker.failures === 0) return undefined
    if (host.openUntil > now) return host.openUntil
    if (host.tryingSince === undefined) return undefined
    const lapses = host.tryingSince + settings().breaker.openMs
    return lapses > now ? lapses : undefined
  }

  function book(name: string, verdict: Verdict, trying: boolean): void {
    const { failures, windowMs, openMs } = settings().breaker
    let host = hosts.get(name)
    if (host && trying) host.tryingSince = undefined
    if (verdict === 'healthy' || (verdict === 'alive' && trying)) hosts.delete(name)
    if (verdict !== 'failed' || failures === 0) return
    const now = clock.now()
    // A call that began before it opened says nothing new, and one that was let through must not make it longer.
    if (host && host.openUntil > now && !trying) return
    if (!host) {
      host = { failures: [], openUntil: 0, tryingSince: undefined }
      hosts.set(name, host)
    }
    host.failures = host.failures.filter((at) => at > now - windowMs).slice(-failures + 1)
    host.failures.push(now)
    const again = host.openUntil !== 0 && trying
    if (again || host.failures.length >= failures) host.openUntil = now + openMs
  }

  return {
    wrapper: (next) => (candidate, context) => {
      if (settings().breaker.failures === 0) return next(candidate, context)
      const name = baseUrlFor(candidate.target, candidate.wire).origin
      const host = hosts.size === 0 ? undefined : hosts.get(name)
      let trying = false
      if (host && host.openUntil !== 0) {
        const now = clock.now()
        const until = openUntil(host, now)
        if (until !== undefined && !context.last) return Promise.resolve(refusal(name, host, until, now))
        trying = until === undefined
        if (trying) host.tryingSince = now
      }
      const result = next(candidate, context)
      void result.then(
        (settled) => book(name, verdictOf(settled), trying),
        () => book(name, 'nothing', trying),
      )
      return result
    },
    until(target, now, wire = target.provider.wires[0]) {
      if (hosts.size === 0 || wire === undefined) return undefined
      return openUntil(hosts.get(hostOf(target, wire)), now)
    },
    answered(target, wire) {
      if (hosts.size === 0) return
      const name = hostOf(target, wire)
      if (hosts.get(name)?.openUntil) hosts.delete(name)
    },
    clear(target) {
      for (const wire of target.provider.wires) hosts.delete(hostOf(target, wire))
    },
    snapshot() {
      const now = clock.now()
      const { windowMs } = settings().breaker
      return [...hosts].map(([host, { failures, openUntil }]) => ({
        host,
        state: openUntil === 0 ? 'closed' : openUntil > now ? 'open' : 'half-open',
        failures: failures.filter((at) => at > now - windowMs).length,
        ...(openUntil === 0 ? {} : { until: openUntil }),
      }))
    },
  }
}

/** A base URL that makes no address is told by the attempt itself. */
function hostOf(target: Target, wire: WireId): string {
  try {
    return baseUrlFor(target, wire).origin
  } catch {
    return ''
  }
}

function verdictOf(result: AttemptResult): Verdict {
  switch (result.kind) {
    case 'served':
      return 'healthy'
    case 'left':
      return 'nothing'
    default: {
      const row = failureOf(result.error.code)
      if (row.breaker) return 'failed'
      // It answered, if only with a refusal.
      return row.fault === 'account' || row.fault === 'caller' ? 'alive' : 'nothing'
    }
  }
}

function refusal(name: string, host: Host, until: number, now: number): AttemptResult {
  const why = `failed ${host.failures.length} times in a row`
  const message = `${name.replace(/^https?:\/\//, '')} ${why} and is left alone until ${new Date(until).toISOString()}.`
  return { kind: 'failed', error: new GatewayError('breaker_open', message, { retryAfterMs: until - now }) }
}
