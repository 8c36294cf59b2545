// Money in US dollars. Unknown is `null`, never 0.
import type { Usage } from './usage.ts'

/** US dollars per million tokens of each class. An absent class is unknown, not free. */
export interface Price {
  readonly input?: number
  readonly cacheRead?: number
  readonly cacheWrite?: number
  /** Of what is kept for an hour. */
  readonly cacheWrite1h?: number
  readonly output?: number
}

/**
 * `vendor` was reported with the reply, `user` is from the user's own prices, `catalogue` from the bundled, dated one. `plan` is
 * covered by a subscription and `free` has no price at all (local servers, free tiers, caches): both are 0.
 */
export type CostSource = 'vendor' | 'user' | 'catalogue' | 'plan' | 'free'

export interface Cost {
  readonly usd: number
  readonly source: CostSource
}

/** What the tokens cost; null when a class that was used has no known price or a count is unknown. */
export function costOf(usage: Usage, price: Price): number | null {
  if (usage.input === null && usage.output === null) return null
  const written = usage.cacheWrite ?? 0
  const writtenForAnHour = Math.min(usage.cacheWrite1h ?? 0, written)
  const classes: readonly (readonly [number | null, number | undefined])[] = [
    [usage.input, price.input],
    [usage.cacheRead, price.cacheRead],
    [written - writtenForAnHour, price.cacheWrite],
    [writtenForAnHour, price.cacheWrite1h],
    [usage.output, price.output],
  ]
  let usd = 0
  for (const [tokens, perMillion] of classes) {
    if (tokens === null || tokens === 0) continue
    if (perMillion === undefined) return null
    usd += (tokens * perMillion) / 1_000_000
  }
  return usd
}
