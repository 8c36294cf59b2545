// The door to the bundle of the price list (scripts/build/lazy-bundle.mjs).
import type { PriceLibrary } from './list-price.ts'

export async function loadPriceLibrary(): Promise<PriceLibrary> {
  const { priceLibrary } = await import('./library.ts')
  return priceLibrary
}
