// What a request of the Anthropic wire must look like where it is relied on. Unknown fields pass; the envelope is checked as a
// whole, content blocks one by one by their type, so that an error names the very field.
import * as z from 'zod'
import type { JsonObject } from '../../core/json.ts'

const json = z.custom<JsonObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'must be an object',
)
const cacheControl = z.looseObject({ type: z.string(), ttl: z.enum(['5m', '1h']).nullish() }).nullish()
const blockList = z.array(z.looseObject({ type: z.string() }))
const content = z.union([z.string(), blockList], { error: 'must be a string or a list of content blocks' })

export const envelopeSchema = z.looseObject({
  model: z.string().min(1).optional(),
  max_tokens: z.number().int().positive().optional(),
  messages: z.array(z.looseObject({ role: z.enum(['user', 'assistant', 'system']), content })).min(1),
  system: content.optional(),
  stream: z.boolean().nullish(),
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  top_k: z.number().int().nullish(),
  stop_sequences: z.array(z.string()).nullish(),
  tools: z.array(json).nullish(),
  tool_choice: z
    .looseObject({
      type: z.enum(['auto', 'any', 'tool', 'none']),
      name: z.string().optional(),
      disable_parallel_tool_use: z.boolean().nullish(),
    })
    .nullish(),
  thinking: z
    .looseObject({
      type: z.string(),
      budget_tokens: z.number().int().nonnegative().optional(),
      display: z.string().nullish(),
    })
    .nullish(),
  output_config: z
    .looseObject({
      effort: z.enum(['low', 'medium', 'high', 'xhigh', 'max']).nullish(),
      format: z.looseObject({ type: z.string(), schema: json.optional() }).nullish(),
    })
    .nullish(),
  metadata: z.looseObject({ user_id: z.string().nullish() }).nullish(),
  service_tier: z.string().nullish(),
})
export type Envelope = z.output<typeof envelopeSchema>

export const textBlock = z.looseObject({
  text: z.string(),
  citations: z.array(json).nullish(),
  cache_control: cacheControl,
})
export const thinkingBlock = z.looseObject({ thinking: z.string(), signature: z.string().nullish() })
export const redactedBlock = z.looseObject({ data: z.string() })
export const toolUseBlock = z.looseObject({
  id: z.string(),
  name: z.string(),
  input: z.unknown(),
  cache_control: cacheControl,
})
export const toolResultBlock = z.looseObject({
  tool_use_id: z.string(),
  content: content.nullish(),
  is_error: z.boolean().nullish(),
  cache_control: cacheControl,
})
const source = z.looseObject({
  type: z.string(),
  media_type: z.string().optional(),
  data: z.string().optional(),
  url: z.string().optional(),
  file_id: z.string().optional(),
  content: content.optional(),
})
export const mediaBlock = z.looseObject({
  source,
  title: z.string().nullish(),
  context: z.string().nullish(),
  cache_control: cacheControl,
})
export const toolSchema = z.looseObject({
  type: z.string().nullish(),
  name: z.string(),
  description: z.string().nullish(),
  input_schema: json.optional(),
  strict: z.boolean().nullish(),
  cache_control: cacheControl,
})
