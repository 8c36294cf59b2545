// What a request costs by the tier of its account, and the order a budget asks for. Subscriptions, free accounts and local servers
// cost nothing more for one more request, whatever they cost by the month.
import type { Tier } from '../../core/model.ts'
import type { TraceStep } from '../../core/trace.ts'
import type { Target } from '../catalogue.ts'
import type { Leaf } from './tree.ts'

const ranks: Readonly<Record<Tier, number>> = { subscription: 0, free: 0, local: 0, cheap: 1, 'api-key': 2 }

export function costRank(target: Target): number {
  return ranks[target.account.tier]
}

/**
 * Puts each target that a budget wants to spare right behind the last one that costs less. With none that costs less it keeps its
 * place: a budget that is not used up yet refuses nobody.
 */
export function placeCheaperFirst(leaves: Leaf[], decided: TraceStep[]): Leaf[] {
  if (!leaves.some((leaf) => leaf.reroute !== undefined)) return leaves
  const lastOfRank = [-1, -1, -1]
  leaves.forEach((leaf, index) => {
    lastOfRank[costRank(leaf.target)] = index
  })
  const placed: Leaf[] = []
  let spared: { readonly leaf: Leaf; readonly behind: number }[] = []
  leaves.forEach((leaf, index) => {
    const behind = leaf.reroute === undefined ? -1 : Math.max(-1, ...lastOfRank.slice(0, costRank(leaf.target)))
    if (behind > index) {
      spared.push({ leaf, behind })
      decided.push({ kind: 'decided', reason: `${leaf.target.publicId} comes after cheaper ones: ${leaf.reroute}` })
    } else placed.push(leaf)
    const due = spared.filter((one) => one.behind === index)
    if (due.length === 0) return
    due.sort((a, b) => costRank(a.leaf.target) - costRank(b.leaf.target))
    placed.push(...due.map((one) => one.leaf))
    spared = spared.filter((one) => one.behind !== index)
  })
  return placed
}
