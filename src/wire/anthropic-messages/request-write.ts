// A canonical request as a body of the Anthropic wire for one target. Whatever has to be dropped or changed is a warning (rule 7).
import type { ChatRequest, Warning } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import type { TargetModel, UpstreamRequest } from '../../core/wire-format.ts'
import { withClientTools } from '../client-tools.ts'
import { emptyArgumentsOf } from '../empty-arguments.ts'
import { refuseSeveralAnswers, refuseVendorState, warnOfForeignExtras } from '../foreign-fields.ts'
import { toObjectRoot } from '../schema-merge.ts'
import { anthropicToolNames, nameTools, warnOfRenames } from '../tool-names.ts'
import { placeBreakpoints } from './cache-write.ts'
import { lacksThinkingInLoop, writeConversation } from './messages-write.ts'
import { replyToolName, toOutputSchema } from './output-schema.ts'
import { quirksOf } from './quirks.ts'
import type { Thinking } from './thinking-write.ts'
import { writeThinking } from './thinking-write.ts'
import type { WireTools } from './tools-write.ts'
import { isServed, writeTools } from './tools-write.ts'
import type { WriteContext } from './write-context.ts'
import { warn } from './write-context.ts'

export function writeRequest(asked: ChatRequest, target: TargetModel): UpstreamRequest {
  const { hostedTools } = quirksOf(target)
  const request = withClientTools(asked, (type) => isServed(type, hostedTools))
  refuseVendorState(request)
  const context = createContext(request, target)
  const { quirks, names, warnings } = context
  const conversation = writeConversation(context)
  const { tools, choice, format } = withFormat(writeTools(context), context, conversation.system)
  const limit = outputLimit(context)
  const thinking = writeThinking(context, limit, obstacleOf(choice, conversation.messages, quirks.thinking))
  placeBreakpoints(tools, conversation, context)
  const { output_config: ownOutput, ...extras } = request.extras?.['anthropic-messages'] ?? {}
  const outputConfig = {
    ...(ownOutput as JsonObject | undefined),
    ...(thinking.effort === undefined ? {} : { effort: thinking.effort }),
    ...(format === undefined ? {} : { format }),
  }
  const body: JsonObject = {
    ...extras,
    model: target.id,
    max_tokens: thinking.maxTokens,
    ...(conversation.system.length === 0 ? {} : { system: conversation.system }),
    messages: conversation.messages as unknown as JsonObject[],
    ...(tools.length === 0 ? {} : { tools }),
    ...(choice === undefined || tools.length === 0 ? {} : { tool_choice: choice }),
    ...(thinking.thinking === undefined ? {} : { thinking: thinking.thinking }),
    ...(Object.keys(outputConfig).length === 0 ? {} : { output_config: outputConfig }),
    ...writeSampling(context, thinking),
    ...writeVendorFields(context),
    ...(request.stream ? { stream: true } : {}),
  }
  dropRejected(body, context)
  warnOfForeignExtras(request, 'anthropic-messages', warnings)
  warnOfRenames(names, warnings)
  return {
    path: '/messages',
    headers: {
      accept: request.stream ? 'text/event-stream' : 'application/json',
      ...(quirks.betas.length === 0 ? {} : { 'anthropic-beta': quirks.betas.join(',') }),
    },
    body,
    warnings,
    ...(names.renamed.size === 0 ? {} : { toolNames: names.renamed }),
    ...emptyArgumentsOf(request.tools, quirks),
  }
}

function createContext(request: ChatRequest, target: TargetModel): WriteContext {
  refuseSeveralAnswers(request)
  const quirks = quirksOf(target)
  const declared = request.tools.flatMap((tool) => (tool.type === 'hosted' ? [] : [tool.name]))
  const names = nameTools(declared, { ...anthropicToolNames, maxLength: quirks.maxToolName })
  const warnings: Warning[] = []
  return { request, target, quirks, names, warnings, warned: new Set() }
}

/** Rule 12: what the client asked, at most what the model can; else what the model can; never raised. */
function outputLimit(context: WriteContext): number {
  const { maxOutputTokens: asked } = context.request
  const { maxOutput } = context.target.limits
  if (asked === undefined) return maxOutput ?? context.quirks.defaultMaxTokens
  if (maxOutput === undefined || asked <= maxOutput) return asked
  warn(context, 'changed-parameter', 'max_tokens', `The model gives no more than ${maxOutput} tokens.`)
  return maxOutput
}

/** Why the model may not think in this request (rules 81, 108, and prefills). */
function obstacleOf(
  choice: JsonObject | undefined,
  messages: ReturnType<typeof writeConversation>['messages'],
  form: string,
): string | undefined {
  if (choice?.['type'] === 'any' || choice?.['type'] === 'tool') return 'a tool call is demanded'
  if (messages.at(-1)?.role === 'assistant') return 'the answer continues an assistant message'
  if (form === 'budget' && lacksThinkingInLoop(messages)) return 'earlier calls carry no thinking of this model'
  return undefined
}

/** Rule 22: Claude's own output format, else a forced tool, else words. */
function withFormat(
  { tools, choice }: WireTools,
  context: WriteContext,
  system: JsonObject[],
): WireTools & { readonly format?: JsonObject } {
  const format = context.request.responseFormat
  const plain: WireTools = { tools, ...(choice === undefined ? {} : { choice }) }
  if (format === undefined || format.type === 'text') return plain
  if (format.type === 'json') {
    warn(
      context,
      'changed-parameter',
      'response_format',
      'The model was asked in words to answer with JSON; nothing enforces it.',
    )
    system.push({ type: 'text', text: 'Answer with one JSON object and nothing else.' })
    return plain
  }
  if (context.quirks.structuredOutput === 'native') {
    return { ...plain, format: { type: 'json_schema', schema: toOutputSchema(format.schema) } }
  }
  const description = format.description ?? 'Gives the final answer. Call it once, with the whole answer.'
  const reply: JsonObject = { name: replyToolName, description, input_schema: toObjectRoot(format.schema) }
  const isOnly = tools.length === 0
  return { tools: [...tools, reply], choice: isOnly ? { type: 'tool', name: replyToolName } : { type: 'any' } }
}

/** Rules 9-11, 17, 18. */
function writeSampling(context: WriteContext, thinking: Thinking): JsonObject {
  const { request, quirks } = context
  const body: JsonObject = {}
  if (request.temperature !== undefined) {
    body['temperature'] = Math.min(1, request.temperature)
    if (request.temperature > 1)
      warn(context, 'changed-parameter', 'temperature', 'Claude takes a temperature of at most 1.')
  }
  if (request.topP !== undefined) body['top_p'] = request.topP
  if (request.topK !== undefined) body['top_k'] = request.topK
  if (thinking.isOn) {
    if (request.temperature !== 1) drop(body, 'temperature', 'Claude thinks at temperature 1 only.', context)
    if ((request.topP ?? 1) < 0.95) drop(body, 'top_p', 'Claude thinks with "top_p" of at least 0.95 only.', context)
    drop(body, 'top_k', 'Claude does not think with "top_k".', context)
  }
  if (!quirks.temperatureWithTopP && 'temperature' in body) {
    drop(body, 'top_p', 'The model takes "temperature" or "top_p", not both.', context)
  }
  const stop = request.stop?.filter((sequence) => sequence.trim() !== '') ?? []
  if (stop.length > 0) body['stop_sequences'] = stop
  if (stop.length < (request.stop?.length ?? 0))
    warn(context, 'changed-parameter', 'stop', 'Stop sequences of white space are refused.')
  for (const [field, value] of [
    ['seed', request.seed],
    ['frequency_penalty', request.frequencyPenalty],
    ['presence_penalty', request.presencePenalty],
    ['logit_bias', request.logitBias],
    ['logprobs', request.logprobs === true ? true : undefined],
    ['prompt_cache_key', request.promptCacheKey],
    ['store', request.store === true ? true : undefined],
  ] as const) {
    if (value !== undefined) warn(context, 'dropped-parameter', field, `Claude does not know "${field}".`)
  }
  return body
}

/** Rules 16, 19: who the user is and which tier serves them means something to the same vendor only. */
function writeVendorFields({ request, ...context }: WriteContext): JsonObject {
  const isOwn = request.origin === 'anthropic-messages'
  for (const [field, value] of [
    ['user', request.user],
    ['service_tier', request.serviceTier],
  ] as const) {
    if (value !== undefined && !isOwn)
      warn({ request, ...context }, 'dropped-parameter', field, `"${field}" does not reach this target.`)
  }
  if (!isOwn) return {}
  return {
    ...(request.user === undefined ? {} : { metadata: { user_id: request.user } }),
    ...(request.serviceTier === undefined ? {} : { service_tier: request.serviceTier }),
  }
}

function drop(body: JsonObject, field: string, message: string, context: WriteContext): void {
  if (!(field in body)) return
  delete body[field]
  warn(context, 'dropped-parameter', field, message)
}

function dropRejected(body: JsonObject, context: WriteContext): void {
  for (const field of context.quirks.rejects) drop(body, field, `The target refuses "${field}".`, context)
}
