// Orders the candidates of a request and says of each that is passed over why. Pure: the same input gives the same plan.
import { failureOf } from '../core/errors.ts'
import type { TraceStep } from '../core/trace.ts'
import type { WireId } from '../core/wire-format.ts'
import type { Target } from './catalogue.ts'
import type { Health, Rest } from './health.ts'

export interface PlanInput {
  readonly targets: readonly Target[]
  /** The wire the request came in; undefined for a request that is written for whatever wire the target has. */
  readonly wire: WireId | undefined
  readonly health: Pick<Health, 'restOf'>
  readonly hasCredential: (target: Target) => boolean
  readonly now: number
}

export interface Candidate {
  readonly target: Target
  /** The wire the upstream is called in. */
  readonly wire: WireId
}

export interface Plan {
  readonly candidates: readonly Candidate[]
  readonly skipped: readonly TraceStep[]
  /** The soonest instant at which a resting target may be asked again; undefined when none rests. */
  readonly soonest?: number
}

export function planAttempts(input: PlanInput): Plan {
  const ready: Candidate[] = []
  const resting: { candidate: Candidate; rest: Rest }[] = []
  const skipped: TraceStep[] = []
  let soonest: number | undefined

  for (const target of input.targets) {
    const skip = (reason: string): void => {
      skipped.push({ kind: 'skipped', target: target.publicId, account: target.account.id, reason })
    }
    const wire = upstreamWire(target, input.wire)
    if (!wire) {
      skip('speaks no wire format that is known here')
      continue
    }
    if (target.provider.key === 'required' && !input.hasCredential(target)) {
      skip('has no key')
      continue
    }
    const rest = input.health.restOf(target.account, target.model.id, input.now)
    if (!rest) {
      ready.push({ target, wire })
      continue
    }
    if (rest.named) {
      soonest = Math.min(soonest ?? rest.until, rest.until)
      skip(`${restReason(rest)} until ${new Date(rest.until).toISOString()} (named by the upstream)`)
    } else resting.push({ candidate: { target, wire }, rest })
  }
  // A guessed rest is only a reason to ask others first: with nobody else left, asking costs one failed call at most.
  resting.sort((a, b) => a.rest.until - b.rest.until)
  const plan = { candidates: [...ready, ...resting.map((one) => one.candidate)], skipped }
  return soonest === undefined ? plan : { ...plan, soonest }
}

/** The client's own wire where the provider speaks it, so that bytes can pass untouched; else what it speaks best. */
function upstreamWire({ provider }: Target, clientWire: WireId | undefined): WireId | undefined {
  return clientWire !== undefined && provider.wires.includes(clientWire) ? clientWire : provider.wires[0]
}

function restReason(rest: Rest): string {
  switch (rest.code) {
    case 'rate_limited':
      return 'rate limit reached, resting'
    case 'quota_exhausted':
      return 'no quota'
    default:
      return `resting after ${rest.code} (${failureOf(rest.code).status})`
  }
}
