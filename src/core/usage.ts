// Token counts of one reply. `null` means the upstream did not say: unknown is never written as zero.

export interface Usage {
  /** Input tokens that were neither read from nor written to a prompt cache. */
  readonly input: number | null
  readonly cacheRead: number | null
  readonly cacheWrite: number | null
  /** Output tokens, reasoning included. */
  readonly output: number | null
  /** The part of `output` that was reasoning. */
  readonly reasoning: number | null
  /** US dollars, where the vendor itself says what the reply cost. */
  readonly costUsd?: number
}

export const unknownUsage: Usage = { input: null, cacheRead: null, cacheWrite: null, output: null, reasoning: null }

/** Later numbers win, unknown ones don't overwrite known ones (rule 130: values are cumulative, not increments). */
export function mergeUsage(earlier: Usage, later: Usage): Usage {
  const merged: Usage = {
    input: later.input ?? earlier.input,
    cacheRead: later.cacheRead ?? earlier.cacheRead,
    cacheWrite: later.cacheWrite ?? earlier.cacheWrite,
    output: later.output ?? earlier.output,
    reasoning: later.reasoning ?? earlier.reasoning,
  }
  const costUsd = later.costUsd ?? earlier.costUsd
  return costUsd === undefined ? merged : { ...merged, costUsd }
}

/** Everything the model read, cache included; null when the upstream named none of it. */
export function totalInput(usage: Usage): number | null {
  if (usage.input === null && usage.cacheRead === null && usage.cacheWrite === null) return null
  return (usage.input ?? 0) + (usage.cacheRead ?? 0) + (usage.cacheWrite ?? 0)
}
