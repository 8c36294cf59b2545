// Token counts of the Responses wire. Input counts include the cached part there, ours do not (rule 129).
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Usage } from '../../core/usage.ts'
import { totalInput } from '../../core/usage.ts'
import { countOf } from '../json-text.ts'
import { withVendorCost } from '../vendor-cost.ts'

/** The usage of a response object or of an event that holds one. */
export function findResponseUsage(data: JsonObject): Usage | undefined {
  const holder = isJsonObject(data['response']) ? data['response'] : data
  return isJsonObject(holder['usage']) ? readResponseUsage(holder['usage']) : undefined
}

export function readResponseUsage(usage: JsonObject): Usage {
  const inputDetails = isJsonObject(usage['input_tokens_details']) ? usage['input_tokens_details'] : {}
  const outputDetails = isJsonObject(usage['output_tokens_details']) ? usage['output_tokens_details'] : {}
  const input = countOf(usage['input_tokens'])
  const cacheRead = countOf(inputDetails['cached_tokens'])
  const cacheWrite = countOf(inputDetails['cache_write_tokens'])
  const counts: Usage = {
    input: input === null ? null : Math.max(0, input - (cacheRead ?? 0) - (cacheWrite ?? 0)),
    cacheRead,
    cacheWrite,
    output: countOf(usage['output_tokens']),
    reasoning: countOf(outputDetails['reasoning_tokens']),
  }
  return withVendorCost(counts, usage)
}

/**
 * Always there in a finished response, with zeros for what is unknown (rule 132): codex fails without `total_tokens`, and the AI
 * SDK does not see the end of a stream whose usage is null.
 */
export function writeResponseUsage(usage: Usage): JsonObject {
  const input = totalInput(usage)
  return {
    input_tokens: input ?? 0,
    input_tokens_details: {
      cached_tokens: usage.cacheRead ?? 0,
      ...(usage.cacheWrite === null ? {} : { cache_write_tokens: usage.cacheWrite }),
    },
    output_tokens: usage.output ?? 0,
    output_tokens_details: { reasoning_tokens: usage.reasoning ?? 0 },
    total_tokens: (input ?? 0) + (usage.output ?? 0),
  }
}
