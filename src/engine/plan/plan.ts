// Orders the candidates of one request and says of each target that is passed over why. Pure but for the turns of `round-robin`
// and the chance it is given. Filters come first, then the strategies of the tree, then budgets, then the conversation's own account.
import type { Random } from '../../core/clock.ts'
import type { MemberOverrides, Origin } from '../../core/routing.ts'
import type { RoutingSettings } from '../../core/settings.ts'
import type { TraceStep } from '../../core/trace.ts'
import type { WireId } from '../../core/wire-format.ts'
import type { Target } from '../catalogue.ts'
import type { RequestFacts } from '../request-facts.ts'
import type { Resolution } from '../resolution.ts'
import type { Standing } from '../standing.ts'
import type { Pin } from './affinity.ts'
import { choose, comesLast, decidedStep } from './choose.ts'
import { placeCheaperFirst } from './cost-rank.ts'
import { Filters } from './filters.ts'
import { demoteShortOutput } from './fitness.ts'
import { isWorthDelaying, LazyPlan } from './lazy-plan.ts'
import { Tree } from './tree.ts'
import type { Turns } from './turns.ts'

/** What one attempt calls and what it changes in the request. */
export interface Candidate {
  readonly target: Target
  /** The wire the upstream is called in. */
  readonly wire: WireId
  /** What the combos on the way to it change in the request, inner ones before outer ones. */
  readonly overrides?: MemberOverrides | undefined
  /** The names of those combos, the outermost first. Empty for a plain model. */
  readonly path: readonly string[]
}

/** What the request goes on from is where it was made, and nowhere else. */
export interface Continued {
  readonly field: string
  /** Unknown where nobody remembers who made it: whoever speaks the wire may. */
  readonly keeper?: { readonly account: string; readonly label: string | undefined }
}

export interface PlanInput {
  readonly resolution: Resolution
  readonly facts: RequestFacts
  /** The wire the request came in; undefined for one that is written for whatever wire the target has. */
  readonly clientWire: WireId | undefined
  readonly standing: Standing
  readonly settings: RoutingSettings
  readonly origin: Origin
  readonly hasCredential: (target: Target) => boolean
  /** Where the conversation was served last. Asked only when there is a choice and affinity is on. */
  readonly pinned?: () => Pin | undefined
  /** Set for a request that goes on from something by its id alone. */
  readonly continues?: Continued | undefined
  readonly turns: Pick<Turns, 'peek' | 'take'>
  /** Epoch milliseconds. */
  readonly now: number
  readonly random: Random
  /** Trees with more targets than this are looked through only as far as they are needed. */
  readonly wholeUpTo?: number
}

export interface Plan {
  /** In the order of trying; each account and model once. Asking for them looks through the whole tree. */
  readonly candidates: readonly Candidate[]
  /** The candidate at this place of that order; looks no further than it must. */
  at(index: number): Candidate | undefined
  /** Targets that are not called for this request, as far as they have been looked at. */
  readonly skipped: readonly TraceStep[]
  /** What decided the order, in words: also the resolution's own steps. Grows as `skipped` does. */
  readonly decided: readonly TraceStep[]
  /** Epoch milliseconds at which the first of the skipped ones that could serve may be asked again; absent when none will. */
  readonly soonest?: number | undefined
}

export function planRequest(input: PlanInput): Plan {
  return isWorthDelaying(input) ? new LazyPlan(input) : planWhole(input)
}

function planWhole(input: PlanInput): Plan {
  const decided: TraceStep[] = input.resolution.steps.map(decidedStep)
  const filters = new Filters(input)
  const tree = new Tree(input, filters)
  const root = tree.grow(input.resolution.root, undefined)
  demoteShortOutput(tree.leaves, input.facts)
  decided.push(...filters.notes.map(decidedStep))

  const ordered = placeCheaperFirst(tree.order(root), decided)
  const demoted = tree.demoted()
  // Asked also where only one is ready: the conversation must be known to be there when the others are back.
  const isChoice = ordered.length + demoted.length + filters.skipped.length > 1
  const own = isChoice && input.settings.affinity.enabled ? input.pinned?.() : undefined
  if (ordered.length > 0) choose(input, own, ordered, decided)
  if (ordered.length + demoted.length > 1) {
    for (const leaf of demoted) decided.push(comesLast(leaf))
  }
  const candidates = demoted.length === 0 ? ordered : [...ordered, ...demoted]
  const { skipped, soonest } = filters
  const plan = { candidates, at: (index: number) => candidates[index], skipped, decided }
  return soonest === undefined ? plan : { ...plan, soonest }
}
