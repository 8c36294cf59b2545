// A Chat request as a canonical one. Fields nobody here knows are kept for the same wire.
import type { ChatRequest } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { present } from '../present.ts'
import { invalidInput, readInput } from '../read-input.ts'
import type { ReadHints } from '../request-reader.ts'
import { requestReader } from '../request-reader.ts'
import { readMessages } from './messages-read.ts'
import { readReasoning } from './reasoning-read.ts'
import type { WireRequest } from './schema.ts'
import { knownFields, plainRequestSchema, requestSchema } from './schema.ts'
import { readChoice, readFormat, readTools } from './tools-read.ts'

export const readRequest = requestReader(readBody)

function readBody(body: unknown, hints: ReadHints): ChatRequest {
  const plain = plainRequestSchema.safeParse(body)
  // What is out of the ordinary is judged, and its fault named, by the whole schema.
  const wire = plain.success ? plain.data : readInput(requestSchema, body)
  const model = hints.model ?? wire.model
  if (!model) throw invalidInput('model', 'a model name is expected')
  const extras = extrasOf(wire)
  return {
    origin: 'openai-chat',
    model,
    stream: hints.stream ?? wire.stream ?? false,
    messages: readMessages(wire.messages),
    tools: readTools(wire),
    ...present({
      toolChoice: readChoice(wire),
      parallelToolCalls: wire.parallel_tool_calls,
      responseFormat: readFormat(wire.response_format),
      reasoning: readReasoning(wire),
      includeUsage: wire.stream_options?.include_usage,
      user: wire.user,
      serviceTier: wire.service_tier,
      promptCacheKey: wire.prompt_cache_key,
      store: wire.store,
      maxOutputTokens: wire.max_completion_tokens ?? wire.max_tokens,
      temperature: wire.temperature,
      topP: wire.top_p,
      topK: wire.top_k,
      // Rule 11: one sequence may come without its list.
      stop: typeof wire.stop === 'string' ? [wire.stop] : wire.stop,
      seed: wire.seed,
      frequencyPenalty: wire.frequency_penalty,
      presencePenalty: wire.presence_penalty,
      logitBias: wire.logit_bias,
      logprobs: wire.logprobs,
      topLogprobs: wire.top_logprobs,
      candidates: wire.n,
    }),
    ...(extras === undefined ? {} : { extras: { 'openai-chat': extras } }),
  }
}

function extrasOf(wire: WireRequest): JsonObject | undefined {
  let extras: JsonObject | undefined
  for (const [field, value] of Object.entries(wire)) {
    if (knownFields.has(field) || value === undefined) continue
    extras ??= {}
    // The value came out of a JSON body.
    extras[field] = value as JsonObject[string]
  }
  return isJsonObject(extras) ? extras : undefined
}
