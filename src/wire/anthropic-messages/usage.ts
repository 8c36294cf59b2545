// Token counts of the Anthropic wire to the canonical ones and back. `input_tokens` excludes both cache classes (rule 128).
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Usage } from '../../core/usage.ts'
import { countOf } from '../json-text.ts'
import { withVendorCost } from '../vendor-cost.ts'

export function readUsage(value: unknown): Usage | undefined {
  if (!isJsonObject(value)) return undefined
  const details = value['output_tokens_details']
  const counts: Usage = {
    input: countOf(value['input_tokens']),
    cacheRead: countOf(value['cache_read_input_tokens']),
    cacheWrite: countOf(value['cache_creation_input_tokens']),
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
    ...(usage.cacheRead === null ? {} : { cache_read_input_tokens: usage.cacheRead }),
    output_tokens: usage.output ?? 0,
    ...(usage.reasoning === null ? {} : { output_tokens_details: { thinking_tokens: usage.reasoning } }),
  }
}
