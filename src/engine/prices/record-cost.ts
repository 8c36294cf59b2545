// What a recorded request cost, for whoever writes the log: the store asks by this shape (`Pricing` in src/store/requests.ts).
import type { Cost } from '../../core/cost.ts'
import type { RequestRecord } from '../../core/trace.ts'
import type { Target } from '../catalogue.ts'
import type { Prices } from './prices.ts'

export interface RecordCost {
  /** Null when nobody knows; undefined when it may be known once `loaded` resolves. */
  costOf(record: RequestRecord): Cost | null | undefined
  loaded(): Promise<void>
}

/** `targetOf` finds what served by account id and public model id; undefined when it has gone since. */
export function createRecordCost(
  prices: Pick<Prices, 'costOf' | 'loaded'>,
  targetOf: (accountId: string, publicId: string) => Target | undefined,
): RecordCost {
  return {
    costOf({ cache, modelServed, accountId, usage, at }) {
      // What it would have cost is part of the answer's usage, but nobody was paid.
      if (cache) return { usd: 0, source: 'free' }
      if (usage.costUsd !== undefined) return { usd: usage.costUsd, source: 'vendor' }
      if (modelServed === undefined || accountId === undefined) return null
      const target = targetOf(accountId, modelServed)
      return target ? prices.costOf(usage, target, at) : null
    },
    loaded: prices.loaded,
  }
}
