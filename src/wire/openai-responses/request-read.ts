// A Responses request as a canonical one. Fields nobody here knows are kept for the same wire.
import type { ChatRequest, Message, ReasoningRequest } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import { levelNamed } from '../openai-chat/reasoning-read.ts'
import { present } from '../present.ts'
import { invalidInput, readInput } from '../read-input.ts'
import type { ReadHints } from '../request-reader.ts'
import { requestReader } from '../request-reader.ts'
import { readItems } from './items-read.ts'
import { createFlattener } from './namespaces.ts'
import type { WireRequest } from './schema.ts'
import { knownFields, requestSchema } from './schema.ts'
import { readChoice, readFormat, readTools } from './tools-read.ts'

export const readRequest = requestReader(readBody)

function readBody(body: unknown, hints: ReadHints): ChatRequest {
  const wire = readInput(requestSchema, body)
  const model = hints.model ?? wire.model
  if (!model) throw invalidInput('model', 'a model name is expected')
  // What came out of a JSON body holds JSON only.
  const wireTools = (wire.tools ?? []) as JsonObject[]
  const flatten = createFlattener(wireTools)
  const tools = readTools(wireTools, flatten)
  const { toolChoice, extra } = readChoice(wire.tool_choice, flatten)
  const extras = extrasOf(wire, extra)
  return {
    origin: 'openai-responses',
    model,
    stream: hints.stream ?? wire.stream ?? false,
    messages: readInputMessages(wire, flatten),
    tools,
    ...present({
      toolChoice,
      parallelToolCalls: wire.parallel_tool_calls,
      responseFormat: readFormat(wire.text),
      reasoning: readReasoning(wire.reasoning),
      user: wire.user,
      serviceTier: wire.service_tier,
      promptCacheKey: wire.prompt_cache_key,
      previousResponseId: wire.previous_response_id,
      store: wire.store,
      maxOutputTokens: wire.max_output_tokens,
      temperature: wire.temperature,
      topP: wire.top_p,
      topLogprobs: wire.top_logprobs,
    }),
    ...(Object.keys(extras).length === 0 ? {} : { extras: { 'openai-responses': extras } }),
  }
}

/** Rule 28: the instructions come before every item. */
function readInputMessages(wire: WireRequest, flatten: (namespace: string, tool: string) => string): Message[] {
  const messages: Message[] = []
  if (wire.instructions) messages.push({ role: 'system', parts: [{ type: 'text', text: wire.instructions }] })
  const { input } = wire
  if (typeof input === 'string') {
    if (input !== '') messages.push({ role: 'user', parts: [{ type: 'text', text: input }] })
  } else messages.push(...readItems((input ?? []) as JsonObject[], flatten))
  const leansOnState = wire.previous_response_id || wire['conversation'] || wire['prompt']
  if (messages.length === 0 && !leansOnState) throw invalidInput('input', 'there is nothing to answer')
  return messages
}

function readReasoning(reasoning: WireRequest['reasoning']): ReasoningRequest | undefined {
  if (!reasoning) return undefined
  const level = levelNamed(reasoning.effort)
  const { summary } = reasoning
  const isKnown = summary === 'none' || summary === 'auto' || summary === 'concise' || summary === 'detailed'
  if (level === undefined && !isKnown) return undefined
  return { ...(level === undefined ? {} : { level }), ...(isKnown ? { summary } : {}) }
}

function extrasOf(wire: WireRequest, toolChoice: JsonObject | undefined): JsonObject {
  const extras: JsonObject = toolChoice === undefined ? {} : { tool_choice: toolChoice }
  for (const [field, value] of Object.entries(wire)) {
    if (!knownFields.has(field) && value !== undefined) extras[field] = value as JsonObject[string]
  }
  // `verbosity` and whatever else stands beside the format.
  const { format: _, ...text } = (wire.text ?? {}) as JsonObject
  if (Object.keys(text).length > 0) extras['text'] = text
  return extras
}
