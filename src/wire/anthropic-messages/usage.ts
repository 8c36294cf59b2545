// Token counts of the Anthropic wire to the canonical ones and back. `input_tokens` excludes both cache classes (rule 128).
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Usage } from '../../core/usage.ts'
import { countOf } from '../json-text.ts'
import { withVendorCost } from '../vendor-cost.ts'

export function readUsage(value: unknown): Usage | undefined {
  if (!isJsonObject(value)) return undefined
  const details = value['output_tokens_details']
  const byLife = value['cache_creation']
  const hour = isJsonObject(byLife) ? countOf(byLife['ephemeral_1h_input_tokens']) : null
  const minutes = isJsonObject(byLife) ? countOf(byLife['ephemeral_5m_input_tokens']) : null
  const parts = hour === null && minutes === null ? null : (hour ?? 0) + (minutes ?? 0)
  const counts: Usage = {
    input: countOf(value['input_tokens']),
    cacheRead: countOf(value['cache_read_input_tokens']),
    cacheWrite: countOf(value['cache_creation_input_tokens']) ?? parts,
    ...(hour === null || hour === 0 ? {} : { cacheWrite1h: hour }),
    output: countOf(value['output_tokens']),
    reasoning: isJsonObject(details) ? countOf(details['thinking_tokens']) : null,
  }
  // OpenRouter speaks this wire too.
  return withVendorCost(counts, value)
}

/** The two required numbers are zero when unknown (rule 132); the cache classes are left out instead. */
export function writeUsage(usage: Usage): JsonObject {
  return {
    input_tokens: usage.input ?? 0,
    ...(usage.cacheWrite === null ? {} : { cache_creation_input_tokens: usage.cacheWrite }),
    ...(usage.cacheWrite === null || usage.cacheWrite1h === undefined
      ? {}
      : {
          cache_creation: {
            ephemeral_5m_input_tokens: Math.max(0, usage.cacheWrite - usage.cacheWrite1h),
            ephemeral_1h_input_tokens: usage.cacheWrite1h,
          },
        }),
    ...(usage.cacheRead === null ? {} : { cache_read_input_tokens: usage.cacheRead }),
    output_tokens: usage.output ?? 0,
    ...(usage.reasoning === null ? {} : { output_tokens_details: { thinking_tokens: usage.reasoning } }),
  }
}
