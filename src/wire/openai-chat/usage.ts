// Token counts of the Chat wire. Input counts include the cached part there, ours do not (rule 128).
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Usage } from '../../core/usage.ts'
import { totalInput } from '../../core/usage.ts'
import { countOf } from '../json-text.ts'
import { withVendorCost } from '../vendor-cost.ts'

/** The usage of a reply body or chunk, wherever the vendor puts it; undefined when it holds none. */
export function findChatUsage(data: JsonObject): Usage | undefined {
  if (isJsonObject(data['usage'])) return readChatUsage(data['usage'])
  // Groq's streams of old, and Moonshot, which puts it into the last choice (table R).
  const groq = data['x_groq']
  if (isJsonObject(groq) && isJsonObject(groq['usage'])) return readChatUsage(groq['usage'])
  const choices = data['choices']
  const choice = Array.isArray(choices) ? choices[0] : undefined
  return isJsonObject(choice) && isJsonObject(choice['usage']) ? readChatUsage(choice['usage']) : undefined
}

export function readChatUsage(usage: JsonObject): Usage {
  const promptDetails = objectOf(usage['prompt_tokens_details'])
  const prompt = countOf(usage['prompt_tokens'])
  const cacheRead =
    countOf(promptDetails['cached_tokens']) ??
    // DeepSeek and Moonshot have names of their own (table R).
    countOf(usage['prompt_cache_hit_tokens']) ??
    countOf(usage['cached_tokens'])
  const cacheWrite = countOf(promptDetails['cache_write_tokens']) ?? countOf(usage['cache_creation_input_tokens'])
  const reasoning =
    countOf(objectOf(usage['completion_tokens_details'])['reasoning_tokens']) ?? countOf(usage['reasoning_tokens'])
  const counts: Usage = {
    input: prompt === null ? null : Math.max(0, prompt - (cacheRead ?? 0) - (cacheWrite ?? 0)),
    cacheRead,
    cacheWrite,
    output: outputOf(usage, prompt, reasoning),
    reasoning,
  }
  return withVendorCost(counts, usage)
}

export function writeChatUsage(usage: Usage): JsonObject {
  const prompt = totalInput(usage) ?? 0
  const completion = usage.output ?? 0
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    ...(usage.cacheRead === null && usage.cacheWrite === null
      ? {}
      : {
          prompt_tokens_details: {
            cached_tokens: usage.cacheRead ?? 0,
            ...(usage.cacheWrite === null ? {} : { cache_write_tokens: usage.cacheWrite }),
          },
        }),
    ...(usage.reasoning === null ? {} : { completion_tokens_details: { reasoning_tokens: usage.reasoning } }),
  }
}

/** xAI counts reasoning beside the completion instead of within it; its total gives it away (rule 133). */
function outputOf(usage: JsonObject, prompt: number | null, reasoning: number | null): number | null {
  const completion = countOf(usage['completion_tokens'])
  const total = countOf(usage['total_tokens'])
  if (completion === null || !reasoning || prompt === null || total === null) return completion
  return total === prompt + completion + reasoning ? completion + reasoning : completion
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}
