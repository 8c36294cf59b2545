// The shape of a Chat request as far as it is relied on. Unknown fields pass, null is the same as absent, and what is inside of
// messages and tools is looked at where it is read.
import * as z from 'zod'

// A field of any shape; without `optional` zod asks for its presence.
const json: z.ZodType<unknown> = z.unknown().optional()
const count = z.number().nullish()
const text = z.string().nullish()
const flag = z.boolean().nullish()

export const messageSchema = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
  content: z.union([z.string(), z.array(z.looseObject({ type: z.string() }))]).nullish(),
  name: text,
  refusal: text,
  tool_call_id: text,
  tool_calls: z.array(z.looseObject({})).nullish(),
  function_call: z.looseObject({ name: z.string() }).nullish(),
})

export type WireRequestMessage = z.output<typeof messageSchema>

export const requestSchema = z.looseObject({
  model: text,
  messages: z.array(messageSchema).min(1, 'must hold at least one message'),
  stream: flag,
  stream_options: z.looseObject({ include_usage: flag }).nullish(),
  max_tokens: count,
  max_completion_tokens: count,
  temperature: count,
  top_p: count,
  top_k: count,
  n: count,
  stop: z.union([z.string(), z.array(z.string())]).nullish(),
  seed: count,
  frequency_penalty: count,
  presence_penalty: count,
  logit_bias: z.record(z.string(), z.number()).nullish(),
  logprobs: flag,
  top_logprobs: count,
  tools: z.array(z.looseObject({})).nullish(),
  tool_choice: z.union([z.string(), z.looseObject({})]).nullish(),
  functions: z.array(z.looseObject({ name: z.string() })).nullish(),
  function_call: z.union([z.string(), z.looseObject({ name: z.string() })]).nullish(),
  parallel_tool_calls: flag,
  response_format: z.looseObject({ type: z.string() }).nullish(),
  reasoning_effort: text,
  reasoning: json,
  thinking: json,
  enable_thinking: flag,
  thinking_budget: count,
  user: text,
  service_tier: text,
  prompt_cache_key: text,
  store: flag,
})

export type WireRequest = z.output<typeof requestSchema>

/** Fields that are read; everything else is kept for the same wire. */
export const knownFields: ReadonlySet<string> = new Set(Object.keys(requestSchema.shape))
