// A canonical request as a body of the Responses wire for one target. Whatever has to be dropped or changed is a warning (rule 7).
import type { ChatRequest } from '../../core/conversation.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { TargetModel, UpstreamRequest } from '../../core/wire-format.ts'
import { withClientTools } from '../client-tools.ts'
import { emptyArgumentsOf } from '../empty-arguments.ts'
import { refuseVendorState, warnOfForeignExtras } from '../foreign-fields.ts'
import { canReason, effortOf, warnOfDrop } from '../openai-chat/reasoning-write.ts'
import { clampTemperature, createContext, dropRejected, outputLimit } from '../openai-chat/request-write.ts'
import { warn } from '../openai-chat/write-context.ts'
import { wishOf } from '../reasoning-levels.ts'
import { warnOfRenames } from '../tool-names.ts'
import type { ItemContext } from './items-write.ts'
import { writeInput } from './items-write.ts'
import { flatName, namespacesOf, noNamespaces } from './namespaces.ts'
import { writeTools } from './tools-write.ts'

/** OpenAI refuses smaller limits (rule 14). */
const leastOutput = 16

export function writeRequest(asked: ChatRequest, target: TargetModel): UpstreamRequest {
  const request = withClientTools(asked)
  const base = createContext(request, target)
  const isOpenAi = base.quirks.family === 'openai'
  if (!isOpenAi) refuseVendorState(request)
  const context: ItemContext = { ...base, namespaces: isOpenAi ? namespacesOf(request.tools) : noNamespaces }
  const { quirks, warnings, names } = context
  const { instructions, input } = writeInput(request.messages, context)
  const extras = request.extras?.['openai-responses'] ?? {}
  const isStream = request.stream || quirks.streamOnly
  const body: JsonObject = {
    ...quirks.bodyExtras,
    ...extras,
    model: target.id,
    ...(instructions === undefined ? {} : { instructions }),
    input,
    ...writeTools(request, context),
    ...writeSampling(request, context),
    ...writeReasoning(request, extras['include'], context),
    ...writeText(request, extras['text']),
    ...writeVendorFields(request, context),
    stream: isStream,
  }
  dropRejected(body, context)
  warnOfForeignExtras(request, 'openai-responses', warnings)
  warnOfRenames(names, warnings)
  const toolNames = new Map(names.renamed)
  for (const [flat, { name, tool }] of context.namespaces)
    if (flatName(name, tool) !== flat) toolNames.set(flatName(name, tool), flat)
  return {
    path: '/responses',
    headers: { accept: isStream ? 'text/event-stream' : 'application/json' },
    body,
    warnings,
    ...(toolNames.size === 0 ? {} : { toolNames }),
    ...emptyArgumentsOf(request.tools, quirks),
  }
}

function writeSampling(request: ChatRequest, context: ItemContext): JsonObject {
  const limit = outputLimit(request, context)
  const temperature = clampTemperature(request, context)
  for (const [field, value] of [
    ['stop', request.stop],
    ['top_k', request.topK],
    ['seed', request.seed],
    ['frequency_penalty', request.frequencyPenalty],
    ['presence_penalty', request.presencePenalty],
    ['logit_bias', request.logitBias],
  ] as const) {
    // Rules 11, 17: the wire has no word for them.
    if (value !== undefined) warn(context, 'dropped-parameter', field, `The Responses wire does not know "${field}".`)
  }
  return {
    ...(limit === undefined ? {} : { max_output_tokens: Math.max(leastOutput, limit) }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(request.topP === undefined ? {} : { top_p: request.topP }),
    ...(request.topLogprobs === undefined ? {} : { top_logprobs: request.topLogprobs }),
  }
}

/** Rules 101-104, 113: without stored state the encrypted reasoning must come along, to be sent back in the next turn. */
function writeReasoning(request: ChatRequest, included: JsonValue | undefined, context: ItemContext): JsonObject {
  const wish = wishOf(request.reasoning)
  const { summary } = request.reasoning ?? {}
  if (!canReason(context)) {
    if (wish.kind === 'on') warnOfDrop(context)
    return {}
  }
  const effort = wish.kind === 'unsaid' ? undefined : effortOf(wish, context)
  const reasoning: JsonObject = {
    ...(effort === undefined ? {} : { effort }),
    ...(summary === undefined || summary === 'none' ? {} : { summary }),
  }
  const include = Array.isArray(included) ? included : []
  const encrypted = 'reasoning.encrypted_content'
  return {
    ...(Object.keys(reasoning).length === 0 ? {} : { reasoning }),
    ...(request.store === true ? {} : { include: include.includes(encrypted) ? include : [...include, encrypted] }),
  }
}

/** Rule 22: the schema stands flat here. */
function writeText(request: ChatRequest, extras: JsonValue | undefined): JsonObject {
  const { responseFormat: format } = request
  const others = isJsonObject(extras) ? extras : {}
  if (format === undefined) return Object.keys(others).length === 0 ? {} : { text: others }
  if (format.type !== 'json-schema') {
    return { text: { ...others, format: { type: format.type === 'json' ? 'json_object' : 'text' } } }
  }
  const { name, schema, strict, description } = format
  const described = description === undefined ? {} : { description }
  const strictness = strict === undefined ? {} : { strict }
  return { text: { ...others, format: { type: 'json_schema', name, ...described, schema, ...strictness } } }
}

/** Rules 14, 16, 19, 121. */
function writeVendorFields(request: ChatRequest, context: ItemContext): JsonObject {
  const { quirks } = context
  const isOpenAi = quirks.family === 'openai'
  const isOwnClient = request.origin === 'openai-chat' || request.origin === 'openai-responses'
  const store = quirks.store ?? request.store ?? (request.origin === 'openai-responses' ? undefined : false)
  const body: JsonObject = {
    ...(store === undefined ? {} : { store }),
    ...(request.user !== undefined && isOwnClient ? { user: request.user } : {}),
    ...(request.serviceTier !== undefined && isOwnClient && isOpenAi ? { service_tier: request.serviceTier } : {}),
    ...(request.promptCacheKey !== undefined && isOpenAi ? { prompt_cache_key: request.promptCacheKey } : {}),
    ...(request.previousResponseId !== undefined ? { previous_response_id: request.previousResponseId } : {}),
  }
  for (const [field, value] of [
    ['user', request.user],
    ['service_tier', request.serviceTier],
    ['prompt_cache_key', request.promptCacheKey],
  ] as const) {
    if (value !== undefined && !(field in body)) {
      warn(context, 'dropped-parameter', field, `"${field}" does not reach this target.`)
    }
  }
  return body
}
