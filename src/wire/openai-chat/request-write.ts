// A canonical request as a body of the Chat wire for one target. Whatever has to be dropped or changed is a warning (rule 7).
import type { ChatRequest, Warning } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import type { TargetModel, UpstreamRequest } from '../../core/wire-format.ts'
import { withClientTools } from '../client-tools.ts'
import { emptyArgumentsOf } from '../empty-arguments.ts'
import { refuseSeveralAnswers, refuseVendorState, warnOfForeignExtras } from '../foreign-fields.ts'
import { nameTools, openaiToolNames, warnOfRenames } from '../tool-names.ts'
import { writeMessages } from './messages-write.ts'
import { quirksOf } from './quirks.ts'
import { writeReasoningControl } from './reasoning-write.ts'
import { writeTools } from './tools-write.ts'
import type { WriteContext } from './write-context.ts'
import { warn } from './write-context.ts'

export function writeRequest(asked: ChatRequest, target: TargetModel): UpstreamRequest {
  const request = withClientTools(asked)
  refuseVendorState(request)
  const context = createContext(request, target)
  const { quirks, warnings, names } = context
  const isStream = request.stream || quirks.streamOnly
  const body: JsonObject = {
    ...quirks.bodyExtras,
    ...request.extras?.['openai-chat'],
    model: target.id,
    messages: writeMessages(request.messages, context),
    ...writeTools(request, context),
    ...writeSampling(request, context),
    ...writeReasoningControl(request.reasoning, context),
    ...writeFormat(request, context),
    ...writeVendorFields(request, context),
    stream: isStream,
    // Rule 131: usage is always asked for where that is allowed; the client's wish decides what it sees.
    ...(isStream && quirks.streamOptions ? { stream_options: { include_usage: true } } : {}),
  }
  dropRejected(body, context)
  warnOfForeignExtras(request, 'openai-chat', warnings)
  warnOfRenames(names, warnings)
  return {
    path: '/chat/completions',
    headers: { accept: isStream ? 'text/event-stream' : 'application/json' },
    body,
    warnings,
    ...(names.renamed.size === 0 ? {} : { toolNames: names.renamed }),
    ...emptyArgumentsOf(request.tools, quirks),
  }
}

/** Also used by the Responses wire, whose rules for names and ids are the same. */
export function createContext(request: ChatRequest, target: TargetModel): WriteContext {
  refuseSeveralAnswers(request)
  const declared = request.tools.flatMap((tool) => (tool.type === 'hosted' ? [] : [tool.name]))
  const warnings: Warning[] = []
  return { target, quirks: quirksOf(target), names: nameTools(declared, openaiToolNames), warnings }
}

function writeSampling(request: ChatRequest, context: WriteContext): JsonObject {
  const { quirks } = context
  const body: JsonObject = {}
  const limit = outputLimit(request, context)
  if (limit !== undefined) body[quirks.maxTokensField] = limit
  const temperature = clampTemperature(request, context)
  if (temperature === 0 && quirks.doSample) body['do_sample'] = false
  else if (temperature !== undefined) body['temperature'] = temperature
  if (request.topP !== undefined) body['top_p'] = request.topP
  if (request.topK !== undefined) {
    if (quirks.topK) body['top_k'] = request.topK
    else warn(context, 'dropped-parameter', 'top_k', 'The target does not know "top_k".')
  }
  if (request.stop !== undefined && request.stop.length > 0) body['stop'] = cutStop(request.stop, context)
  if (request.seed !== undefined) body['seed'] = request.seed
  if (request.frequencyPenalty !== undefined) body['frequency_penalty'] = request.frequencyPenalty
  if (request.presencePenalty !== undefined) body['presence_penalty'] = request.presencePenalty
  if (request.logitBias !== undefined) body['logit_bias'] = request.logitBias
  if (request.logprobs !== undefined) body['logprobs'] = request.logprobs
  if (request.topLogprobs !== undefined) body['top_logprobs'] = request.topLogprobs
  return body
}

/** Rule 12: never above what the model can give, never raised. */
export function outputLimit(request: ChatRequest, context: WriteContext): number | undefined {
  const { maxOutputTokens: asked } = request
  const { maxOutput } = context.target.limits
  if (asked === undefined || maxOutput === undefined || asked <= maxOutput) return asked
  warn(context, 'changed-parameter', 'max_tokens', `The model gives no more than ${maxOutput} tokens.`)
  return maxOutput
}

/** Rule 9. */
export function clampTemperature(request: ChatRequest, context: WriteContext): number | undefined {
  const { temperature } = request
  const { maxTemperature } = context.quirks
  if (temperature === undefined || temperature <= maxTemperature) return temperature
  warn(context, 'changed-parameter', 'temperature', `The target takes a temperature of at most ${maxTemperature}.`)
  return maxTemperature
}

/** Rule 11. */
function cutStop(stop: readonly string[], context: WriteContext): string[] {
  const { maxStop } = context.quirks
  if (stop.length > maxStop)
    warn(context, 'changed-parameter', 'stop', `Only the first ${maxStop} stop sequences are used.`)
  return stop.slice(0, maxStop)
}

/** Rule 22. */
function writeFormat(request: ChatRequest, context: WriteContext): JsonObject {
  const { responseFormat: format } = request
  if (format === undefined) return {}
  if (format.type === 'text') return { response_format: { type: 'text' } }
  if (format.type === 'json') return { response_format: { type: 'json_object' } }
  if (!context.quirks.jsonSchema) {
    warn(
      context,
      'changed-parameter',
      'response_format',
      'The target cannot be held to a schema; any JSON was asked for.',
    )
    return { response_format: { type: 'json_object' } }
  }
  const { name, schema, strict, description } = format
  const described = description === undefined ? {} : { description }
  return {
    response_format: {
      type: 'json_schema',
      json_schema: { name, ...described, schema, ...(strict === undefined ? {} : { strict }) },
    },
  }
}

/** Fields that only mean something at one vendor, or within one privacy domain (rules 16, 19, 121). */
function writeVendorFields(request: ChatRequest, context: WriteContext): JsonObject {
  const isOpenAi = context.quirks.family === 'openai'
  const isOwnClient = request.origin === 'openai-chat' || request.origin === 'openai-responses'
  const body: JsonObject = {}
  if (request.user !== undefined && isOwnClient) body['user'] = request.user
  if (isOpenAi && isOwnClient && request.serviceTier !== undefined) body['service_tier'] = request.serviceTier
  if (isOpenAi && request.promptCacheKey !== undefined) body['prompt_cache_key'] = request.promptCacheKey
  if (isOpenAi && request.store !== undefined) body['store'] = request.store
  for (const [field, value, written] of [
    ['user', request.user, 'user'],
    ['service_tier', request.serviceTier, 'service_tier'],
    ['prompt_cache_key', request.promptCacheKey, 'prompt_cache_key'],
    ['store', request.store === true ? true : undefined, 'store'],
  ] as const) {
    if (value !== undefined && !(written in body)) {
      warn(context, 'dropped-parameter', field, `"${field}" does not reach this target.`)
    }
  }
  return body
}

/** Rules 7, 10, 14: by the table of the target. */
export function dropRejected(body: JsonObject, context: WriteContext): void {
  for (const field of context.quirks.rejects) {
    if (!(field in body)) continue
    delete body[field]
    warn(context, 'dropped-parameter', field, `The target refuses "${field}".`)
  }
}
