// Token counts of one reply. `null` means the upstream did not say: unknown is never written as zero.

export interface Usage {
  /** Input tokens that were neither read from nor written to a prompt cache. */
  readonly input: number | null
  readonly cacheRead: number | null
  readonly cacheWrite: number | null
  /** The part of `cacheWrite` that is kept for an hour, which costs more. Absent where the upstream doesn't tell them apart. */
  readonly cacheWrite1h?: number
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
  const cacheWrite1h = later.cacheWrite1h ?? earlier.cacheWrite1h
  const costUsd = later.costUsd ?? earlier.costUsd
  if (cacheWrite1h === undefined && costUsd === undefined) return merged
  return { ...merged, ...(cacheWrite1h !== undefined && { cacheWrite1h }), ...(costUsd !== undefined && { costUsd }) }
}

/** Everything the model read, cache included; null when the upstream named none of it. */
export function totalInput(usage: Usage): number | null {
  if (usage.input === null && usage.cacheRead === null && usage.cacheWrite === null) return null
  return (usage.input ?? 0) + (usage.cacheRead ?? 0) + (usage.cacheWrite ?? 0)
}
