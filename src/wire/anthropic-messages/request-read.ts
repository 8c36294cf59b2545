// A request of an Anthropic client to the canonical form. Fields that only this wire knows are kept for the way back to it.
import type {
  ChatRequest,
  Message,
  ReasoningRequest,
  ResponseFormat,
  Sampling,
  ToolChoice,
  ToolDefinition,
} from '../../core/conversation.ts'
import { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { checkField } from '../check-field.ts'
import type { ReadHints } from '../request-reader.ts'
import { requestReader } from '../request-reader.ts'
import { cacheHint, readContent } from './blocks-read.ts'
import type { Envelope } from './schema.ts'
import { envelopeSchema, toolSchema } from './schema.ts'

/** Fields that have a place in the canonical request; all others are extras. */
const knownFields = new Set([
  'model',
  'max_tokens',
  'messages',
  'system',
  'stream',
  'temperature',
  'top_p',
  'top_k',
  'stop_sequences',
  'tools',
  'tool_choice',
  'thinking',
  'output_config',
  'metadata',
  'service_tier',
])

export const readRequest = requestReader(read)

function read(body: unknown, hints: ReadHints): ChatRequest {
  if (!isJsonObject(body)) throw new GatewayError('invalid_request', 'The body must be a JSON object.')
  refuseThread(body)
  const envelope = checkField(envelopeSchema, body)
  const model = hints.model ?? envelope.model
  if (model === undefined) throw new GatewayError('invalid_request', 'model: is required.', { parameter: 'model' })
  const tools = (envelope.tools ?? []).map((tool, index) => readTool(tool, `tools[${index}]`))
  const extras = readExtras(body, envelope)
  return {
    origin: 'anthropic-messages',
    model,
    stream: hints.stream ?? envelope.stream ?? false,
    messages: readMessages(envelope),
    tools,
    ...readChoice(envelope.tool_choice),
    ...readReasoning(envelope),
    ...readFormat(envelope),
    ...readSampling(envelope),
    ...(typeof envelope.metadata?.user_id === 'string' ? { user: envelope.metadata.user_id } : {}),
    ...(typeof envelope.service_tier === 'string' ? { serviceTier: envelope.service_tier } : {}),
    ...(Object.keys(extras).length === 0 ? {} : { extras: { 'anthropic-messages': extras } }),
  }
}

/** A thread lives on Anthropic's servers. The SDK goes on without one when it is refused in these words (clients.md). */
function refuseThread(body: JsonObject): void {
  if (body['thread'] === undefined || body['thread'] === null) return
  throw new GatewayError(
    'invalid_request',
    'thread: message threads are kept at Anthropic and cannot be used through the gateway.',
    {
      parameter: 'thread',
      details: { error_code: 'thread_unsupported_request', unsupported: ['thread'] },
    },
  )
}

function readMessages(envelope: Envelope): Message[] {
  const messages: Message[] = []
  if (envelope.system !== undefined) {
    const parts = readContent(envelope.system, 'system', 'system')
    if (parts.length > 0) messages.push({ role: 'system', parts })
  }
  for (const [index, { role, content }] of envelope.messages.entries()) {
    messages.push({ role, parts: readContent(content, role, `messages[${index}].content`) })
  }
  return messages
}

/** Tools of a type of their own (`bash_…`, `web_search_…`) are Anthropic's; the others are the client's. */
function readTool(value: JsonObject, path: string): ToolDefinition {
  const type = value['type']
  if (typeof type === 'string' && type !== 'custom') return { type: 'hosted', wire: 'anthropic-messages', value }
  const { name, description, input_schema, strict, cache_control } = checkField(toolSchema, value, path)
  return {
    type: 'function',
    name,
    ...(description === null || description === undefined ? {} : { description }),
    ...(input_schema === undefined ? {} : { schema: input_schema }),
    ...(strict === null || strict === undefined ? {} : { strict }),
    ...cacheHint(cache_control),
  }
}

function readChoice(choice: Envelope['tool_choice']): { toolChoice?: ToolChoice; parallelToolCalls?: boolean } {
  if (choice === null || choice === undefined) return {}
  const parallel = choice.disable_parallel_tool_use === true ? { parallelToolCalls: false } : {}
  switch (choice.type) {
    case 'any':
      return { toolChoice: { type: 'required' }, ...parallel }
    case 'tool':
      if (choice.name === undefined) {
        throw new GatewayError('invalid_request', 'tool_choice.name: is required.', { parameter: 'tool_choice.name' })
      }
      return { toolChoice: { type: 'tool', name: choice.name }, ...parallel }
    default:
      return { toolChoice: { type: choice.type }, ...parallel }
  }
}

function readReasoning(envelope: Envelope): { reasoning?: ReasoningRequest } {
  const { thinking } = envelope
  const effort = envelope.output_config?.effort ?? undefined
  const level = effort === undefined ? {} : { level: effort }
  if (thinking === null || thinking === undefined) return effort === undefined ? {} : { reasoning: level }
  if (thinking.type === 'disabled') return { reasoning: { level: 'none' } }
  const display = thinking.display
  const summary =
    display === 'omitted'
      ? { summary: 'none' as const }
      : display === null || display === undefined
        ? {}
        : { summary: 'auto' as const }
  if (thinking.type === 'enabled' && thinking.budget_tokens !== undefined) {
    return { reasoning: { ...level, budgetTokens: thinking.budget_tokens, ...summary } }
  }
  return { reasoning: { ...level, adaptive: true, ...summary } }
}

function readFormat(envelope: Envelope): { responseFormat?: ResponseFormat } {
  const format = envelope.output_config?.format
  if (format === null || format === undefined || format.type !== 'json_schema' || format.schema === undefined) return {}
  return { responseFormat: { type: 'json-schema', name: 'response', schema: format.schema } }
}

function readSampling(envelope: Envelope): Sampling {
  const { max_tokens, temperature, top_p, top_k, stop_sequences } = envelope
  return {
    ...(max_tokens === undefined ? {} : { maxOutputTokens: max_tokens }),
    ...(temperature === null || temperature === undefined ? {} : { temperature }),
    ...(top_p === null || top_p === undefined ? {} : { topP: top_p }),
    ...(top_k === null || top_k === undefined ? {} : { topK: top_k }),
    ...(stop_sequences === null || stop_sequences === undefined || stop_sequences.length === 0
      ? {}
      : { stop: stop_sequences }),
  }
}

function readExtras(body: JsonObject, envelope: Envelope): JsonObject {
  const extras: JsonObject = {}
  for (const [field, value] of Object.entries(body)) {
    if (!knownFields.has(field) && field !== 'thread' && value !== undefined && value !== null) extras[field] = value
  }
  const { effort: _, format: __, ...output } = envelope.output_config ?? {}
  if (Object.keys(output).length > 0) extras['output_config'] = output as JsonObject
  return extras
}
