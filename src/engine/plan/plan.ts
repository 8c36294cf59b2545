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
import { costRank, placeCheaperFirst } from './cost-rank.ts'
import { Filters } from './filters.ts'
import { demoteShortOutput } from './fitness.ts'
import { type Leaf, type Level, Tree } from './tree.ts'
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
  readonly turns: Turns
  /** Epoch milliseconds. */
  readonly now: number
  readonly random: Random
}

export interface Plan {
  /** In the order of trying; each account and model once. */
  readonly candidates: readonly Candidate[]
  /** Targets that are not called for this request. */
  readonly skipped: readonly TraceStep[]
  /** What decided the order, in words: also the resolution's own steps. */
  readonly decided: readonly TraceStep[]
  /** Epoch milliseconds at which the first of the skipped ones that could serve may be asked again; absent when none will. */
  readonly soonest?: number
}

export function planRequest(input: PlanInput): Plan {
  const decided: TraceStep[] = input.resolution.steps.map(step)
  const filters = new Filters(input)
  const tree = new Tree(input, filters)
  demoteShortOutput(tree.leaves, input.facts)
  decided.push(...filters.notes.map(step))

  const ordered = placeCheaperFirst(tree.order(), decided)
  const demoted = tree.demoted()
  // Asked also where only one is ready: the conversation must be known to be there when the others are back.
  const isChoice = ordered.length + demoted.length + filters.skipped.length > 1
  const own = isChoice && input.settings.affinity.enabled ? input.pinned?.() : undefined
  if (ordered.length > 0) choose(input, own, ordered, decided)
  if (ordered.length + demoted.length > 1) {
    for (const { target, demotion } of demoted) decided.push(step(`${target.publicId} comes last: ${demotion?.reason}`))
  }
  const plan = {
    candidates: demoted.length === 0 ? ordered : [...ordered, ...demoted],
    skipped: filters.skipped,
    decided,
  }
  return filters.soonest === undefined ? plan : { ...plan, soonest: filters.soonest }
}

/** The conversation's own account if it is among the ready ones, else what the strategies chose: only then a turn is taken. */
function choose({ turns }: PlanInput, own: Pin | undefined, ordered: Leaf[], decided: TraceStep[]): void {
  if (own !== undefined && ordered.length > 1 && movePinned(ordered, own, decided)) return
  const [first] = ordered
  for (let level: Level | undefined = first?.level; first && level; level = level.parent) {
    if (level.options < 2 || level.strategy === 'ordered') continue
    turns.take(level.key)
    const what =
      level.choice.kind === 'group' ? first.target.publicId : `account "${first.target.account.label}" of ${level.name}`
    decided.push(step(`${level.strategy} in "${level.name}" put ${what} first of ${level.options}`))
  }
}

/**
 * Brings the pinned target to the front. A pin keeps a prompt cache warm; it must not keep a conversation at a fallback or paying:
 * it doesn't pass members that the user has put before it in an ordered combo, nor what costs less where a budget asks for that.
 */
function movePinned(ordered: Leaf[], own: Pin, decided: TraceStep[]): boolean {
  const { account, model } = own
  const sameAccount = (leaf: Leaf): boolean => leaf.target.account.id === account
  let at = ordered.findIndex((leaf) => sameAccount(leaf) && leaf.target.model.id === model)
  if (at < 0) at = ordered.findIndex(sameAccount)
  const leaf = ordered[at]
  if (!leaf) return false
  const stays = (one: Leaf): boolean =>
    isOrderedBefore(one, leaf) || (leaf.reroute !== undefined && costRank(one.target) < costRank(leaf.target))
  const place = ordered.slice(0, at).findLastIndex(stays) + 1
  if (place > 0 && place === at) return false
  ordered.splice(at, 1)
  ordered.splice(place, 0, leaf)
  const named = `${leaf.target.publicId} of account "${leaf.target.account.label}"`
  if (place > 0) {
    decided.push(step(`the conversation was served by ${named}, which stands behind others`))
    return false
  }
  decided.push(step(`the conversation stays with ${named}`))
  return true
}

/**
 * Whether the first stands before the other by what the user has laid down: an ordered group they have in common, or accounts of one
 * model in order of which the first costs less per request.
 */
function isOrderedBefore(one: Leaf, other: Leaf): boolean {
  const levels = new Set<Level>()
  for (let level: Level | undefined = other.level; level; level = level.parent) levels.add(level)
  for (let level: Level | undefined = one.level; level; level = level.parent) {
    if (!levels.has(level)) continue
    if (level.strategy !== 'ordered') return false
    return level.choice.kind === 'group' || costRank(one.target) < costRank(other.target)
  }
  return false
}

function step(reason: string): TraceStep {
  return { kind: 'decided', reason }
}
