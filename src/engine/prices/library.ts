// The bundled price list: the data of @pydantic/genai-prices. It is large, so it lies in a bundle of its own that is loaded when a
// price is first asked for; nothing may import this file but src/engine/prices/load.ts. Its network updates are never started.
import { calcPrice, findProvider, type ModelPrice, type PriceCalculation } from '@pydantic/genai-prices'
import type { ListPrice, PriceLibrary, PriceQuestion, Rate } from './list-price.ts'

/** The release of the library and its day; test/engine/prices/library.test.ts notices when they part. */
export const libraryRelease = { version: '0.1.8', dated: '2026-09-23' } as const

export const priceLibrary: PriceLibrary = {
  dated: libraryRelease.dated,
  find(question) {
    const provider = vendorOf(question)
    if (provider === undefined) return undefined
    const found = calcPrice({}, question.model, { providerId: provider, timestamp: new Date(question.at) })
    return found ? toListPrice(found) : undefined
  },
}

/** Where the calls go says more than what the account is called: a base URL of the user's own may lead anywhere. */
function vendorOf({ provider, baseUrl }: PriceQuestion): string | undefined {
  const byUrl = baseUrl === undefined ? undefined : findProvider({ providerApiUrl: baseUrl })
  if (byUrl) return byUrl.id
  // The library also finds providers by parts of their names; only the very name is meant here.
  return findProvider({ providerId: provider })?.id === provider ? provider : undefined
}

function toListPrice({ model, model_price: price }: PriceCalculation): ListPrice | undefined {
  const input = toRate(price['input_mtok'])
  const cacheRead = toRate(price['cache_read_mtok'])
  const cacheWrite = toRate(price['cache_write_mtok'])
  const cacheWrite1h = toRate(price['cache_write_1h_mtok'])
  const output = toRate(price['output_mtok'])
  const requests = price['requests_kcount']
  if (input === undefined && output === undefined) return undefined
  return {
    ...(input !== undefined && { input }),
    ...(cacheRead !== undefined && { cacheRead }),
    ...(cacheWrite !== undefined && { cacheWrite }),
    ...(cacheWrite1h !== undefined && { cacheWrite1h }),
    ...(output !== undefined && { output }),
    ...(typeof requests === 'number' && { perRequest: requests / 1000 }),
    ...(Array.isArray(model.prices) && { changes: true }),
  }
}

function toRate(value: ModelPrice[string]): Rate | undefined {
  return typeof value === 'object' ? { base: value.base, tiers: value.tiers } : value
}
