// The shape of a Chat request as far as it is relied on. Unknown fields pass, null is the same as absent, and what is inside of
// messages and tools is looked at where it is read.
import * as z from 'zod'
import { isJsonObject } from '../../core/json.ts'

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

const roles: ReadonlySet<unknown> = new Set(messageSchema.shape.role.options)

/** Whether a message is one of `messageSchema`, told by hand: in a long conversation the schema takes most of the reading. */
function isMessage(value: unknown): boolean {
  if (!isJsonObject(value) || !roles.has(value['role'])) return false
  const { content } = value
  return (
    (content === undefined || content === null || typeof content === 'string' || isListOf(content, isTyped)) &&
    isText(value['name']) &&
    isText(value['refusal']) &&
    isText(value['tool_call_id']) &&
    isListOf(value['tool_calls'] ?? [], isJsonObject) &&
    (value['function_call'] === undefined || value['function_call'] === null)
  )
}

function isText(value: unknown): boolean {
  return value === undefined || value === null || typeof value === 'string'
}

function isTyped(value: unknown): boolean {
  return isJsonObject(value) && typeof value['type'] === 'string'
}

function isListOf(value: unknown, test: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(test)
}

/** Takes most requests of `requestSchema` and takes them as they are; says nothing about those it refuses. */
export const plainRequestSchema: z.ZodType<WireRequest> = requestSchema.extend({
  messages: z.custom<WireRequest['messages']>(
    (value) => Array.isArray(value) && value.length > 0 && value.every(isMessage),
  ),
})

/** Fields that are read; everything else is kept for the same wire. */
export const knownFields: ReadonlySet<string> = new Set(Object.keys(requestSchema.shape))
