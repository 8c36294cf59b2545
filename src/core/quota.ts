// What is known of an account's allowance at its vendor. Unknown is absent: no number here is ever guessed.

/** Where a number was read. */
export type QuotaSource = 'header' | 'body' | 'endpoint'

/** One window of one allowance, e.g. requests a minute or the five hours of a plan. */
export interface QuotaWindow {
  /** Stable within an account: `requests/minute`, `tokens/day`, `unified/5h`, `codex/primary`, `credits`. */
  readonly id: string
  readonly unit: 'requests' | 'tokens' | 'input-tokens' | 'output-tokens' | 'credits' | 'share'
  /** The model it counts for; absent when it counts for the whole account. */
  readonly model?: string
  readonly limit?: number
  readonly remaining?: number
  /** From 0 (untouched) to 1 (used up), where the vendor says only this. */
  readonly usedShare?: number
  /** Epoch milliseconds at which it starts anew. */
  readonly resetsAt?: number
  /** Length of the window in milliseconds, where known. */
  readonly lengthMs?: number
  /** What the vendor itself says: true when nothing more is served until the reset, false when it serves on although all is used. */
  readonly exhausted?: boolean
  /** True when it fills up bit by bit and is full at `resetsAt`, so that nothing left doesn't mean to wait for that. */
  readonly refills?: boolean
  readonly source: QuotaSource
  /** Epoch milliseconds when it was read. */
  readonly at: number
}

/** From 0 to 1 what is left of a window; undefined when that can't be told. */
export function remainingShare(window: QuotaWindow): number | undefined {
  if (window.exhausted) return 0
  if (window.usedShare !== undefined) return Math.min(1, Math.max(0, 1 - window.usedShare))
  if (window.remaining === undefined) return undefined
  if (window.remaining <= 0) return 0
  if (window.limit === undefined || window.limit <= 0) return undefined
  return Math.min(1, window.remaining / window.limit)
}
