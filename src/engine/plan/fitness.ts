// Whether a model can serve what a request asks for. Only what is known to be missing counts, and the request is only looked
// into where it matters: a fact that is unknown excludes nobody.
import type { ModelInfo } from '../../core/model.ts'
import type { RequestFacts } from '../request-facts.ts'
import type { Leaf } from './tree.ts'
import { type Demotion, doubtful, type SkipCode } from './verdict.ts'
import { count, roughly } from './words.ts'

/** Requests have three bytes a token or more, by the JSON around them; with two a request fits without being read. */
const leastBytesPerToken = 2

/** An estimate is at most this much too high (test/core/token-estimate.test.ts): only beyond it a request is surely too long. */
const estimateExcess = 1.45

export interface Misfit {
  readonly code: SkipCode
  readonly reason: string
}

/** Why the model can't serve the request; undefined where it can or may be able to. */
export function misfit({ limits, capabilities }: ModelInfo, facts: RequestFacts): Misfit | undefined {
  if (capabilities.vision === false && facts.hasImages()) return { code: 'vision', reason: 'takes no pictures' }
  if (capabilities.tools === false && facts.usesTools()) return { code: 'tools', reason: 'has no tools' }
  if (capabilities.structuredOutput === false && facts.wantsSchema()) {
    return { code: 'schema', reason: 'gives no structured output' }
  }
  const window = limits.contextWindow
  if (window === undefined || fits(window, facts) || facts.inputTokens() <= window * estimateExcess) return undefined
  return { code: 'context-window', reason: tooLong(window, facts) }
}

/** A request that may be too long by the estimate: the upstream would know, so it is asked, but after the others. */
export function doubt({ limits }: ModelInfo, facts: RequestFacts): Demotion | undefined {
  const window = limits.contextWindow
  if (window === undefined || fits(window, facts) || facts.inputTokens() <= window) return undefined
  return { rank: doubtful, within: -window, reason: tooLong(window, facts) }
}

/**
 * Puts models that can't give as much output as was asked behind those that can, and never takes one out: most answers end long
 * before the limit that a client sets. Asked only where the candidates differ.
 */
export function demoteShortOutput(leaves: readonly Leaf[], facts: RequestFacts): void {
  const limit = leaves[0]?.target.model.limits.maxOutput
  if (!leaves.some((leaf) => leaf.target.model.limits.maxOutput !== limit)) return
  const asked = facts.maxOutputTokens()
  if (asked === undefined) return
  for (const leaf of leaves) {
    const most = leaf.target.model.limits.maxOutput
    if (most === undefined || most >= asked || (leaf.demotion && leaf.demotion.rank >= doubtful)) continue
    const reason = `max output ${count(most)} < asked ${count(asked)}`
    leaf.demotion = { rank: doubtful, within: -most, reason }
  }
}

function fits(window: number, facts: RequestFacts): boolean {
  const mostBytes = window * leastBytesPerToken
  return facts.bytes <= mostBytes || facts.textBytes() <= mostBytes
}

function tooLong(window: number, facts: RequestFacts): string {
  return `context window ${count(window)} < about ${roughly(facts.inputTokens())} tokens`
}
