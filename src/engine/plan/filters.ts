// Who can't be called for this request, and who had better be called after the others. What the upstream or the user has laid down
// takes a target out; what is only guessed puts it behind, for with nobody else left, asking costs one failed call at most.
import { failureOf } from '../../core/errors.ts'
import type { TraceStep } from '../../core/trace.ts'
import type { WireId } from '../../core/wire-format.ts'
import type { Target } from '../catalogue.ts'
import type { QuotaStanding, Rest } from '../standing.ts'
import { doubt, misfit } from './fitness.ts'
import type { PlanInput } from './plan.ts'
import { type Demotion, guessedRest, openBreaker, type SkipCode, type Verdict } from './verdict.ts'
import { instant, span } from './words.ts'

const ready: Verdict = {}

export class Filters {
  readonly skipped: TraceStep[] = []
  /** What was found worth saying of targets that are called, in words. */
  readonly notes: string[] = []
  soonest: number | undefined
  readonly #input: PlanInput

  constructor(input: PlanInput) {
    this.#input = input
  }

  /**
   * Undefined for a target that is skipped. What can't change with time is looked at first, so that `soonest` is never the instant
   * of a target that couldn't serve this request anyway.
   */
  judge(target: Target): Verdict | undefined {
    const { facts, standing, origin, now, hasCredential } = this.#input
    const { account, provider } = target
    if (!account.enabled) return this.#skip(target, 'disabled', 'the account is disabled')
    if (provider.wires.length === 0) return this.#skip(target, 'no-wire', 'speaks no wire format that is known here')
    if (provider.key === 'required' && !hasCredential(target)) return this.#skip(target, 'no-key', 'has no key')
    const elsewhere = this.#elsewhere(target)
    if (elsewhere !== undefined) return this.#skip(target, 'elsewhere', elsewhere)
    const unfit = misfit(target.model, facts)
    if (unfit) return this.#skip(target, unfit.code, unfit.reason)
    const budget = standing.budget(target, origin, now)
    if (budget?.verdict === 'stop') return this.#skip(target, 'budget', budget.reason)

    const rest = standing.rest(target, now)
    const checking = rest?.named === true && rest.recheck === true
    if (rest?.named && !checking) {
      const code = rest.code === 'quota_exhausted' ? 'no-quota' : 'resting'
      return this.#skip(target, code, restReason(rest, now), rest.until)
    }
    const quota = checking ? undefined : spentQuota(standing.quota(target, now), now)
    if (quota && !quota.recheck) return this.#skip(target, 'no-quota', quota.reason, quota.until)

    const doubtedWord = checking && rest ? restReason(rest, now) : quota?.reason
    if (doubtedWord !== undefined) this.notes.push(`${target.publicId} is asked again: ${doubtedWord}`)
    const demotion = this.#demotion(target, checking ? undefined : rest)
    if (!demotion && !budget) return ready
    return { ...(demotion ? { demotion } : {}), ...(budget ? { reroute: budget.reason } : {}) }
  }

  /** Why the target can't have what the request goes on from. */
  #elsewhere(target: Target): string | undefined {
    const { continues, clientWire } = this.#input
    if (!continues) return undefined
    const { field, keeper } = continues
    if (upstreamWire(target, clientWire) !== clientWire) return `keeps nothing that "${field}" could name`
    if (!keeper || keeper.account === target.account.id) return undefined
    const who = keeper.label === undefined ? 'an account that is not connected now' : `the account "${keeper.label}"`
    return `what "${field}" names is kept by ${who} only`
  }

  #demotion(target: Target, rest: Rest | undefined): Demotion | undefined {
    const { facts, now, standing } = this.#input
    const doubted = doubt(target.model, facts)
    if (doubted) return doubted
    const breaker = standing.breaker(target, now)
    if (breaker) {
      const { until } = breaker
      return { rank: openBreaker, within: until, reason: `circuit breaker open until ${instant(until, now)}` }
    }
    return rest && { rank: guessedRest, within: rest.until, reason: restReason(rest, now) }
  }

  #skip(target: Target, code: SkipCode, reason: string, until?: number): undefined {
    this.skipped.push({ kind: 'skipped', target: target.publicId, account: target.account.id, code, reason })
    if (until !== undefined) this.soonest = Math.min(this.soonest ?? until, until)
  }
}

/** The client's own wire where the provider speaks it, so that bytes can pass untouched; else what it speaks best. */
export function upstreamWire({ provider }: Target, clientWire: WireId | undefined): WireId | undefined {
  return clientWire !== undefined && provider.wires.includes(clientWire) ? clientWire : provider.wires[0]
}

/** A quota of which nothing is left now, in words. */
function spentQuota(
  quota: QuotaStanding | undefined,
  now: number,
): { readonly until: number; readonly reason: string; readonly recheck: boolean } | undefined {
  const until = quota?.exhaustedUntil
  if (!quota || until === undefined || until <= now) return undefined
  const reason = `no quota (${quota.window}) until ${instant(until, now)}, ${quota.source}, ${span(now - quota.at)} old`
  return { until, reason, recheck: quota.recheck === true }
}

function restReason(rest: Rest, now: number): string {
  const known = rest.named ? (rest.source ?? 'named by the upstream') : 'our guess'
  return `${restCause(rest)} until ${instant(rest.until, now)}, ${known}, ${span(now - rest.at)} old`
}

function restCause(rest: Rest): string {
  switch (rest.code) {
    case 'quota_exhausted':
      return 'no quota'
    case 'rate_limited':
      return 'rate limit reached, cooling'
    default:
      return `cooling after ${rest.code} (${failureOf(rest.code).status})`
  }
}
