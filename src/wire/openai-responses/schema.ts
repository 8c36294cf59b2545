// The shape of a Responses request as far as it is relied on. Unknown fields and item types pass, null is the same as absent.
import * as z from 'zod'

const count = z.number().nullish()
const text = z.string().nullish()
const flag = z.boolean().nullish()

export const requestSchema = z.looseObject({
  model: text,
  // An item without a type is a message.
  input: z.union([z.string(), z.array(z.looseObject({ type: text, role: text }))]).nullish(),
  instructions: text,
  stream: flag,
  max_output_tokens: count,
  temperature: count,
  top_p: count,
  top_logprobs: count,
  tools: z.array(z.looseObject({ type: z.string() })).nullish(),
  tool_choice: z.union([z.string(), z.looseObject({})]).nullish(),
  parallel_tool_calls: flag,
  text: z.looseObject({ format: z.looseObject({ type: z.string() }).nullish() }).nullish(),
  reasoning: z.looseObject({ effort: text, summary: text }).nullish(),
  user: text,
  service_tier: text,
  prompt_cache_key: text,
  previous_response_id: text,
  store: flag,
})

export type WireRequest = z.output<typeof requestSchema>

/** Fields that are read as a whole; everything else is kept for the same wire. */
export const knownFields: ReadonlySet<string> = new Set(Object.keys(requestSchema.shape))
