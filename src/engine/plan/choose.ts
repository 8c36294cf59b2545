// Which of those that are ready comes first: the conversation's own account, as far as the user's order and budgets let it, else what
// the strategies chose; and what is said of it in the trace.
import type { TraceStep } from '../../core/trace.ts'
import type { Pin } from './affinity.ts'
import { costRank } from './cost-rank.ts'
import type { PlanInput } from './plan.ts'
import type { Leaf, Level } from './tree.ts'

/** The conversation's own account if it is among the ready ones, else what the strategies chose: only then a turn is taken. */
export function choose(input: PlanInput, own: Pin | undefined, ordered: Leaf[], decided: TraceStep[]): void {
  if (own !== undefined && ordered.length > 1 && movePinned(ordered, own, decided)) return
  takeTurns(input, ordered[0], decided)
}

/** The strategies that put the first one where it is count it. */
export function takeTurns({ turns }: PlanInput, first: Leaf | undefined, decided: TraceStep[]): void {
  for (let level: Level | undefined = first?.level; first && level; level = level.parent) {
    if (level.options < 2 || level.strategy === 'ordered') continue
    turns.take(level.key)
    const what =
      level.choice.kind === 'group' ? first.target.publicId : `account "${first.target.account.label}" of ${level.name}`
    decided.push(decidedStep(`${level.strategy} in "${level.name}" put ${what} first of ${level.options}`))
  }
}

/**
 * Brings the pinned target to the front. A pin keeps a prompt cache warm; it must not keep a conversation at a fallback or paying:
 * it doesn't pass members that the user has put before it in an ordered combo, nor what costs less where a budget asks for that.
 * `before` counts those of such members that are ready and not in the list. True when the pinned one comes first.
 */
export function movePinned(ordered: Leaf[], own: Pin, decided: TraceStep[], before = 0): boolean {
  const { account, model } = own
  const sameAccount = (leaf: Leaf): boolean => leaf.target.account.id === account
  let at = ordered.findIndex((leaf) => sameAccount(leaf) && leaf.target.model.id === model)
  if (at < 0) at = ordered.findIndex(sameAccount)
  const leaf = ordered[at]
  if (!leaf) return false
  const stays = (one: Leaf): boolean =>
    isOrderedBefore(one, leaf) || (leaf.reroute !== undefined && costRank(one.target) < costRank(leaf.target))
  const place = ordered.slice(0, at).findLastIndex(stays) + 1
  const isFirst = before + place === 0
  if (!isFirst && place === at) return false
  ordered.splice(at, 1)
  ordered.splice(place, 0, leaf)
  const named = `${leaf.target.publicId} of account "${leaf.target.account.label}"`
  if (!isFirst) {
    decided.push(decidedStep(`the conversation was served by ${named}, which stands behind others`))
    return false
  }
  decided.push(decidedStep(`the conversation stays with ${named}`))
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

export function decidedStep(reason: string): TraceStep {
  return { kind: 'decided', reason }
}

export function comesLast({ target, demotion }: Leaf): TraceStep {
  return decidedStep(`${target.publicId} comes last: ${demotion?.reason}`)
}
