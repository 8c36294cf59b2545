// A canonical request as a body of the Gemini wire for one target. Whatever has to be dropped or changed is a warning (rule 7).
import type { ChatRequest, Warning } from '../../core/conversation.ts'
import { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { TargetModel, UpstreamRequest } from '../../core/wire-format.ts'
import { withClientTools } from '../client-tools.ts'
import { emptyArgumentsOf } from '../empty-arguments.ts'
import { refuseSeveralAnswers, refuseVendorState, warnOfForeignExtras } from '../foreign-fields.ts'
import { toGeminiSchema } from '../schema-normaliser.ts'
import { geminiToolNames, nameTools, warnOfRenames } from '../tool-names.ts'
import { writeContents } from './contents-write.ts'
import { quirksOf } from './quirks.ts'
import { writeThinking } from './thinking-write.ts'
import { writeTools } from './tools-write.ts'
import type { WriteContext } from './write-context.ts'
import { warn } from './write-context.ts'

const mostStopSequences = 5

export function writeRequest(asked: ChatRequest, target: TargetModel): UpstreamRequest {
  const request = withClientTools(asked)
  refuseVendorState(request)
  refuseSeveralAnswers(request)
  const quirks = quirksOf(target)
  const declared = request.tools.flatMap((tool) => (tool.type === 'hosted' ? [] : [tool.name]))
  const warnings: Warning[] = []
  const names = nameTools(declared, geminiToolNames)
  const context: WriteContext = { request, target, quirks, names, warnings, warned: new Set() }
  const { generationConfig: ownConfig, ...extras } = request.extras?.['gemini-generate'] ?? {}
  const { systemInstruction, contents } = writeContents(context)
  const { tools, toolConfig } = writeTools(context)
  const thinkingConfig = writeThinking(context)
  const generationConfig: JsonObject = {
    ...(isJsonObject(ownConfig) ? ownConfig : {}),
    ...writeSampling(context),
    ...writeFormat(context, tools !== undefined),
    ...(thinkingConfig === undefined ? {} : { thinkingConfig }),
  }
  for (const field of quirks.rejects) {
    if (!(field in generationConfig)) continue
    delete generationConfig[field]
    warn(context, 'dropped-parameter', field, `The target refuses "${field}".`)
  }
  const body: JsonObject = {
    ...extras,
    ...(systemInstruction === undefined ? {} : { systemInstruction }),
    contents: contents as unknown as JsonObject[],
    ...(tools === undefined ? {} : { tools }),
    ...(toolConfig === undefined ? {} : { toolConfig }),
    ...(Object.keys(generationConfig).length === 0 ? {} : { generationConfig }),
  }
  warnOfUnknown(context)
  warnOfForeignExtras(request, 'gemini-generate', warnings)
  warnOfRenames(names, warnings)
  return {
    path: `/${modelPath(target.id)}:${request.stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    headers: { accept: request.stream ? 'text/event-stream' : 'application/json' },
    body,
    warnings,
    ...(names.renamed.size === 0 ? {} : { toolNames: names.renamed }),
    ...emptyArgumentsOf(request.tools, quirks),
  }
}

/** The model's resource name, fit for a path (rule 166). */
export function modelPath(id: string): string {
  const segments = id.split('/')
  if (!segments.every((segment) => /^[\w.@:+~=!$&'()*,;-]+$/.test(segment) && !/^\.+$/.test(segment))) {
    const shown = JSON.stringify(id.slice(0, 100))
    throw new GatewayError('invalid_request', `The model id ${shown} cannot stand in an address.`, {
      parameter: 'model',
    })
  }
  return /^(?:models|tunedModels|publishers|projects)\//.test(id) ? id : `models/${id}`
}

/** Rules 8, 9, 11, 12, 17, 18. */
function writeSampling(context: WriteContext): JsonObject {
  const { request, target } = context
  const config: JsonObject = {}
  const { maxOutput } = target.limits
  if (request.maxOutputTokens !== undefined) {
    config['maxOutputTokens'] = Math.min(request.maxOutputTokens, maxOutput ?? request.maxOutputTokens)
    if (maxOutput !== undefined && request.maxOutputTokens > maxOutput) {
      warn(context, 'changed-parameter', 'max_tokens', `The model gives no more than ${maxOutput} tokens.`)
    }
  }
  if (request.temperature !== undefined) {
    config['temperature'] = Math.min(2, request.temperature)
    if (request.temperature > 2)
      warn(context, 'changed-parameter', 'temperature', 'Gemini takes a temperature of at most 2.')
  }
  const { stop = [] } = request
  if (stop.length > 0) config['stopSequences'] = stop.slice(0, mostStopSequences)
  if (stop.length > mostStopSequences)
    warn(context, 'changed-parameter', 'stop', 'Only the first five stop sequences are used.')
  for (const [field, value] of [
    ['topP', request.topP],
    ['topK', request.topK],
    ['seed', request.seed],
    ['frequencyPenalty', request.frequencyPenalty],
    ['presencePenalty', request.presencePenalty],
    ['candidateCount', request.candidates],
    ['responseLogprobs', request.logprobs],
    ['logprobs', request.topLogprobs],
  ] as const) {
    if (value !== undefined) config[field] = value
  }
  return config
}

/** Rules 22, 23. */
function writeFormat(context: WriteContext, hasTools: boolean): JsonObject {
  const { responseFormat: format } = context.request
  const { quirks } = context
  if (format === undefined || format.type === 'text') return {}
  if (hasTools && !quirks.schemaWithTools) {
    warn(
      context,
      'dropped-parameter',
      'response_format',
      'The model takes a reply schema or tools, not both; the tools were kept.',
    )
    return {}
  }
  if (format.type === 'json') return { responseMimeType: 'application/json' }
  if (quirks.responseJsonSchema) return { responseMimeType: 'application/json', responseJsonSchema: format.schema }
  const schema = toGeminiSchema(format.schema, quirks)
  return { responseMimeType: 'application/json', ...(schema === undefined ? {} : { responseSchema: schema }) }
}

function warnOfUnknown(context: WriteContext): void {
  const { request } = context
  for (const [field, value] of [
    ['logit_bias', request.logitBias],
    ['user', request.user],
    ['service_tier', request.serviceTier],
    ['prompt_cache_key', request.promptCacheKey],
    ['store', request.store === true ? true : undefined],
  ] as const) {
    if (value !== undefined) warn(context, 'dropped-parameter', field, `"${field}" does not reach this target.`)
  }
}
