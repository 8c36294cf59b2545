// What a target's tokens cost: the user's own prices first, then nothing for what has no price (plans, free tiers, local servers),
// then the bundled price list. The list is loaded when it is first needed; until then its prices are unknown. Unknown is never 0.
import { type Cost, type CostSource, costOf, type Price } from '../../core/cost.ts'
import { mostSpecific } from '../../core/glob.ts'
import type { Log } from '../../core/log.ts'
import type { RoutingSettings } from '../../core/settings.ts'
import { totalInput, type Usage } from '../../core/usage.ts'
import type { Target } from '../catalogue.ts'
import { hasTiers, type ListPrice, type PriceLibrary, type PriceQuestion, priceAt } from './list-price.ts'

export interface PricesOptions {
  /** Read anew for every price, so that a change of the user's prices applies at once. */
  readonly settings: () => Pick<RoutingSettings, 'prices'>
  readonly load: () => Promise<PriceLibrary>
  readonly now: () => number
  readonly log: Log
}

export interface Prices {
  /** For prompts of the usual length. Undefined when unknown, or not loaded yet. */
  priceOf(target: Target): Price | undefined
  /** US dollars for a million tokens, three of input to one of output, caches left aside. Undefined when unknown. */
  blended(target: Target): number | undefined
  /**
   * What a reply cost. What the vendor itself said comes before every price. Null when it can't be known; undefined when it may be
   * known as soon as `loaded` resolves. `at`: epoch milliseconds of the request.
   */
  costOf(usage: Usage, target: Target, at: number): Cost | null | undefined
  /** Resolves when the price list has been loaded, or could not be. Starts loading it. */
  loaded(): Promise<void>
  /** Until when the listed prices were checked (ISO date); undefined before they are loaded. */
  dated(): string | undefined
}

/** How the tokens of coding sessions fall, roughly. */
const blend = { input: 3, output: 1 } as const
const free: Price = { input: 0, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 0 }
/** Prices may change at full and half hours (DeepSeek has hours that cost more). */
const steadyMs = 15 * 60_000

/** More models than this are looked up anew now and then rather than kept. */
const mostLists = 10_000

interface Known {
  readonly settings: RoutingSettings['prices']
  /** Undefined when the price is unknown. */
  readonly source: CostSource | undefined
  /** At the shortest prompt. */
  readonly price: Price
  readonly blended: number | undefined
  readonly list: ListPrice | undefined
  /** The quarter of an hour it was looked up for. */
  readonly quarter: number
}

export function createPrices(options: PricesOptions): Prices {
  /** Goes with the targets when the catalogue is built anew. */
  const known = new WeakMap<Target, Known>()
  /** By vendor and model: many accounts share them, and finding one means trying hundreds of patterns. */
  const lists = new Map<string, { readonly list: ListPrice | undefined; readonly quarter: number }>()
  let library: PriceLibrary | undefined
  let loading: Promise<void> | undefined
  let isLoaded = false

  const loaded = (): Promise<void> => {
    loading ??= options.load().then(
      (opened) => {
        library = opened
        isLoaded = true
      },
      (error: unknown) => {
        isLoaded = true
        options.log.error(`The price list could not be loaded, so most costs are unknown: ${String(error)}`)
      },
    )
    return loading
  }

  /** Undefined while the price list is needed but not there. */
  const look = (target: Target, at: number): Known | undefined => {
    const settings = options.settings().prices
    const quarter = Math.floor(at / steadyMs)
    const before = known.get(target)
    if (before && before.settings === settings && (before.quarter === quarter || !before.list?.changes)) return before
    const own = settings.length === 0 ? undefined : mostSpecific(settings, target.publicId)
    const unpriced = own ? undefined : withoutPrice(target)
    const needsList = !unpriced && !(own && isComplete(own))
    if (needsList && !isLoaded) {
      void loaded()
      return undefined
    }
    const list = needsList ? listed(target, at, quarter) : undefined
    const source = unpriced ?? (own ? 'user' : list && 'catalogue')
    const price = unpriced ? free : { ...(list && priceAt(list, 0)), ...(own && pricesIn(own)) }
    const found: Known = { settings, source, price, blended: blendedPrice(price), list, quarter }
    known.set(target, found)
    return found
  }

  const listed = (target: Target, at: number, quarter: number): ListPrice | undefined => {
    const baseUrl = target.account.baseUrl ?? target.provider.baseUrl
    const key = `${target.provider.id} ${baseUrl ?? ''} ${target.model.id}`
    const before = lists.get(key)
    if (before && (before.quarter === quarter || !before.list?.changes)) return before.list
    if (lists.size >= mostLists) lists.clear()
    const list = findList({ provider: target.provider.id, baseUrl, model: target.model.id, at })
    lists.set(key, { list, quarter })
    return list
  }

  const findList = (question: PriceQuestion): ListPrice | undefined => {
    try {
      return library?.find(question)
    } catch (error) {
      options.log.warn(`The price of ${question.model} could not be read: ${String(error)}`)
      return undefined
    }
  }

  return {
    priceOf: (target) => {
      const found = look(target, options.now())
      return found?.source && found.price
    },
    blended: (target) => look(target, options.now())?.blended,
    costOf(usage, target, at) {
      if (usage.costUsd !== undefined) return { usd: usage.costUsd, source: 'vendor' }
      if (usage.input === null && usage.output === null) return null
      const found = look(target, at)
      return found && costBy(found, usage)
    },
    loaded,
    dated: () => library?.dated,
  }
}

function costBy({ source, price, list }: Known, usage: Usage): Cost | null {
  if (source === undefined) return null
  const isStepped = source === 'catalogue' && list !== undefined && hasTiers(list)
  const usd = costOf(usage, isStepped ? priceAt(list, totalInput(usage) ?? 0) : price)
  if (usd === null) return null
  return { usd: source === 'catalogue' ? usd + (list?.perRequest ?? 0) : usd, source }
}

/** What is paid otherwise or not at all. */
function withoutPrice({ account, provider, model }: Target): 'plan' | 'free' | undefined {
  if (account.tier === 'subscription') return 'plan'
  if (provider.builtIn || account.tier === 'local' || account.tier === 'free') return 'free'
  // OpenRouter marks so what it serves for nothing.
  return provider.id === 'openrouter' && model.id.endsWith(':free') ? 'free' : undefined
}

function blendedPrice({ input, output }: Price): number | undefined {
  if (input === undefined || output === undefined) return undefined
  return (input * blend.input + output * blend.output) / (blend.input + blend.output)
}

function isComplete({ input, cacheRead, cacheWrite, output }: Price): boolean {
  return input !== undefined && cacheRead !== undefined && cacheWrite !== undefined && output !== undefined
}

/** Without the pattern it stands for. One price of the user's for writing holds for an hour too, unless that has its own. */
function pricesIn({ input, cacheRead, cacheWrite, cacheWrite1h = cacheWrite, output }: Price): Price {
  return {
    ...(input !== undefined && { input }),
    ...(cacheRead !== undefined && { cacheRead }),
    ...(cacheWrite !== undefined && { cacheWrite }),
    ...(cacheWrite1h !== undefined && { cacheWrite1h }),
    ...(output !== undefined && { output }),
  }
}
