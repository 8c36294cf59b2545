// What a reply cost by the vendor's own word, in US dollars. The names don't overlap, so no vendor need be known: OpenRouter and
// LiteLLM `cost`, xAI `cost_in_usd_ticks`, Perplexity `cost.total_cost`. Checked 2026-11.
import { isJsonObject, type JsonObject } from '../core/json.ts'
import type { Usage } from '../core/usage.ts'
import { countOf } from './json-text.ts'

/** docs.x.ai/developers/cost-tracking */
const ticksPerDollar = 10_000_000_000

/** The counts with the cost that stood beside them, where there is one. */
export function withVendorCost(usage: Usage, raw: JsonObject): Usage {
  const costUsd = vendorCost(raw)
  return costUsd === null ? usage : { ...usage, costUsd }
}

function vendorCost(raw: JsonObject): number | null {
  const ticks = countOf(raw['cost_in_usd_ticks'])
  if (ticks !== null) return ticks / ticksPerDollar
  const cost = raw['cost']
  // Perplexity names a currency beside the sum; another than dollars can't be compared.
  if (isJsonObject(cost)) return (cost['currency'] ?? 'USD') === 'USD' ? countOf(cost['total_cost']) : null
  const charged = countOf(cost)
  if (charged === null || raw['is_byok'] !== true) return charged
  // With a key of one's own at OpenRouter, `cost` is only its fee; the vendor behind it charges the rest.
  const details = raw['cost_details']
  const upstream = isJsonObject(details) ? countOf(details['upstream_inference_cost']) : null
  return upstream === null ? null : charged + upstream
}
