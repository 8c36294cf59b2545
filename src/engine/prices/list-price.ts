// A price as a price list states it: a class may cost more from a certain length of the prompt on. Pure.
import type { Price } from '../../core/cost.ts'

/** US dollars per million tokens: one rate, or steps of which the highest one reached counts for the whole request. */
export type Rate = number | { readonly base: number; readonly tiers: readonly RateTier[] }

interface RateTier {
  /** The rate holds for prompts of more tokens than this. */
  readonly start: number
  readonly price: number
}

export interface ListPrice {
  readonly input?: Rate
  readonly cacheRead?: Rate
  readonly cacheWrite?: Rate
  readonly cacheWrite1h?: Rate
  readonly output?: Rate
  /** US dollars for each request on top of its tokens, as search models take. */
  readonly perRequest?: number
  /** True when it holds at the time asked for only: from a date on, or at an hour of the day. */
  readonly changes?: boolean
}

/** Where prices come from that ship with the gateway. */
export interface PriceLibrary {
  /** Until when prices were checked (ISO date). */
  readonly dated: string
  /** Undefined when the vendor or its model is not in there. */
  find(question: PriceQuestion): ListPrice | undefined
}

export interface PriceQuestion {
  readonly provider: string
  readonly baseUrl: string | undefined
  /** As the upstream knows it. */
  readonly model: string
  /** Epoch milliseconds: prices change, and with some vendors by the time of day. */
  readonly at: number
}

/**
 * The rates that hold for a prompt of this length. Cache classes of which a list says nothing cost what input costs: vendors list
 * them when they differ. Only what is written for an hour stays unknown beside a price of what is written for minutes.
 */
export function priceAt(list: ListPrice, promptTokens: number): Price {
  const input = rateAt(list.input, promptTokens)
  const cacheRead = rateAt(list.cacheRead, promptTokens) ?? input
  const cacheWrite = rateAt(list.cacheWrite, promptTokens) ?? input
  const cacheWrite1h = rateAt(list.cacheWrite1h, promptTokens) ?? (list.cacheWrite === undefined ? input : undefined)
  const output = rateAt(list.output, promptTokens)
  return {
    ...(input !== undefined && { input }),
    ...(cacheRead !== undefined && { cacheRead }),
    ...(cacheWrite !== undefined && { cacheWrite }),
    ...(cacheWrite1h !== undefined && { cacheWrite1h }),
    ...(output !== undefined && { output }),
  }
}

export function hasTiers(list: ListPrice): boolean {
  return [list.input, list.cacheRead, list.cacheWrite, list.cacheWrite1h, list.output].some(
    (rate) => typeof rate === 'object',
  )
}

function rateAt(rate: Rate | undefined, promptTokens: number): number | undefined {
  if (rate === undefined || typeof rate === 'number') return rate
  let price = rate.base
  let reached = Number.NEGATIVE_INFINITY
  for (const tier of rate.tiers) {
    if (promptTokens <= tier.start || tier.start < reached) continue
    price = tier.price
    reached = tier.start
  }
  return price
}
