// What a target costs: who is believed first, what is free, when it is unknown, and that nothing is loaded before it is needed.
import assert from 'node:assert/strict'
import { costOf, type Price } from '../../../src/core/cost.ts'
import type { Tier } from '../../../src/core/model.ts'
import type { RoutingSettings } from '../../../src/core/settings.ts'
import { type Usage, unknownUsage } from '../../../src/core/usage.ts'
import type { Target } from '../../../src/engine/catalogue.ts'
import {
  type ListPrice,
  type PriceLibrary,
  type PriceQuestion,
  priceAt,
} from '../../../src/engine/prices/list-price.ts'
import { createPrices, type Prices } from '../../../src/engine/prices/prices.ts'
import { account, provider, target } from '../world.ts'

const million: Usage = { ...unknownUsage, input: 1_000_000, output: 1_000_000 }
const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore }
function ignore(): undefined {
  return undefined
}

interface World {
  readonly prices: Prices
  readonly asked: PriceQuestion[]
  own: RoutingSettings['prices']
  now: number
  loads: number
}

function world(find: (question: PriceQuestion) => ListPrice | undefined): World {
  const asked: PriceQuestion[] = []
  const library: PriceLibrary = {
    dated: '2026-09-23',
    find(question) {
      asked.push(question)
      return find(question)
    },
  }
  const state: World = {
    asked,
    own: [],
    now: 0,
    loads: 0,
    prices: createPrices({
      settings: () => ({ prices: state.own }),
      load: async () => {
        state.loads++
        return library
      },
      now: () => state.now,
      log: silent,
    }),
  }
  return state
}

const listed = { input: 2, cacheRead: 0.5, output: 10 }
const some = (): Target => target('a1')
const ofTier = (tier: Tier): Target => ({ ...some(), account: account('a1', { tier }) })

describe('prices', () => {
  it('are unknown until the list is loaded, which asking for one starts', async () => {
    const state = world(() => listed)
    const { prices } = state
    assert.equal(state.loads, 0)
    assert.equal(prices.dated(), undefined)
    const one = some()
    assert.equal(prices.priceOf(one), undefined)
    assert.equal(prices.costOf(million, one, 0), undefined)
    await prices.loaded()
    assert.deepEqual(prices.costOf(million, one, 0), { usd: 12, source: 'catalogue' })
    assert.deepEqual(prices.priceOf(one), { ...listed, cacheWrite: 2, cacheWrite1h: 2 })
    assert.equal(prices.blended(one), (3 * 2 + 10) / 4)
    assert.equal(prices.dated(), '2026-09-23')
    assert.equal(state.loads, 1)
  })

  it('load nothing for what the vendor told, what has no price, and what was not counted', () => {
    const state = world(() => listed)
    const { prices } = state
    assert.deepEqual(prices.costOf({ ...million, costUsd: 0.25 }, some(), 0), { usd: 0.25, source: 'vendor' })
    const demo = target('d', { provider: provider('demo', { builtIn: true }) })
    const gift = target('o', { provider: provider('openrouter'), model: 'qwen/qwen3-coder:free' })
    for (const one of [ofTier('local'), ofTier('free'), demo, gift]) {
      assert.deepEqual(prices.costOf(million, one, 0), { usd: 0, source: 'free' })
    }
    assert.deepEqual(prices.costOf(million, ofTier('subscription'), 0), { usd: 0, source: 'plan' })
    assert.equal(prices.blended(ofTier('local')), 0)
    assert.equal(prices.costOf(unknownUsage, some(), 0), null)
    assert.equal(state.loads, 0)
  })

  it('are null, not zero, for a model that nobody has a price of', async () => {
    const { prices } = world(() => undefined)
    await prices.loaded()
    assert.equal(prices.costOf(million, some(), 0), null)
    assert.equal(prices.priceOf(some()), undefined)
    assert.equal(prices.blended(some()), undefined)
  })

  it("take the user's own before the list, the most specific first, and follow a change at once", async () => {
    const state = world(() => listed)
    await state.prices.loaded()
    const one = some()
    const usd = (): number | undefined => state.prices.costOf(million, one, 0)?.usd
    assert.equal(usd(), 12)
    state.own = [
      { model: '*', input: 100, output: 100 },
      { model: one.publicId, input: 1, output: 1 },
    ]
    assert.equal(usd(), 2)
    assert.equal(state.prices.costOf(million, one, 0)?.source, 'user')
    // The class they don't name is the list's.
    assert.equal(state.prices.costOf({ ...unknownUsage, output: 0, input: 0, cacheRead: 1_000_000 }, one, 0)?.usd, 0.5)
    state.own = []
    assert.equal(usd(), 12)
  })

  it("take the user's own even for what would be free", () => {
    const state = world(() => undefined)
    state.own = [{ model: '*', input: 1, output: 1, cacheRead: 0, cacheWrite: 0 }]
    assert.deepEqual(state.prices.costOf(million, ofTier('local'), 0), { usd: 2, source: 'user' })
    assert.equal(state.loads, 0)
  })

  it('rise with the length of the prompt where the list says so', async () => {
    const tiers = [
      { start: 400_000, price: 40 },
      { start: 200_000, price: 4 },
    ]
    const { prices } = world(() => ({ input: { base: 2, tiers }, output: 10, perRequest: 0.01 }))
    await prices.loaded()
    const usd = (input: number): number | undefined =>
      prices.costOf({ ...unknownUsage, input, output: 0 }, some(), 0)?.usd
    assert.equal(usd(200_000), 0.4 + 0.01)
    assert.equal(usd(200_001), (200_001 * 4) / 1e6 + 0.01)
    assert.equal(usd(400_001), (400_001 * 40) / 1e6 + 0.01)
  })

  it('are looked up once for a vendor and model, and again only when they change with time', async () => {
    const state = world(({ at, model }) => ({ ...listed, input: at, ...(model === 'moody' && { changes: true }) }))
    await state.prices.loaded()
    const [first, second] = [some(), some()]
    for (const one of [first, second, first]) state.prices.blended(one)
    assert.equal(state.asked.length, 1)
    const moody = target('a2', { model: 'moody' })
    state.prices.priceOf(moody)
    state.now = 15 * 60_000
    assert.equal(state.prices.priceOf(moody)?.input, state.now)
    state.prices.priceOf(first)
    assert.equal(state.asked.length, 3)
  })

  it('stay unknown when the list cannot be loaded, and say so once', async () => {
    const said: string[] = []
    const prices = createPrices({
      settings: () => ({ prices: [] }),
      load: () => Promise.reject(new Error('no such file')),
      now: () => 0,
      log: { ...silent, error: (message) => void said.push(message) },
    })
    assert.equal(prices.costOf(million, some(), 0), undefined)
    await prices.loaded()
    assert.equal(prices.costOf(million, some(), 0), null)
    await prices.loaded()
    assert.equal(said.length, 1)
    assert.match(said[0] ?? '', /no such file/)
  })

  it('of cache classes a list does not name are those of input', () => {
    const whole: Price = { input: 3, cacheRead: 3, cacheWrite: 3, cacheWrite1h: 3, output: 1 }
    assert.deepEqual(priceAt({ input: 3, output: 1 }, 0), whole)
  })

  it('of what is cached for an hour are unknown where a list names those of minutes only', () => {
    const price = priceAt({ input: 4_000, cacheWrite: 5_000, output: 1 }, 0)
    const usage = { input: 10, cacheRead: 0, cacheWrite: 100, output: 0, reasoning: null }
    assert.equal(costOf({ ...usage, cacheWrite1h: 40 }, price), null)
    assert.equal(costOf({ ...usage, cacheWrite1h: 0 }, price), 0.54)
    assert.equal(costOf({ ...usage, cacheWrite1h: 40 }, { ...price, cacheWrite1h: 10_000 }), 0.74)
    // More for an hour than at all is nonsense that must not cost more.
    assert.equal(costOf({ ...usage, cacheWrite1h: 999 }, { ...price, cacheWrite1h: 10_000 }), 1.04)
  })
})
