// Output items as they are given to clients, whole and in stream alike. Item ids are made from the response's and the position,
// so that they are unique in a conversation and never longer than the 64 characters OpenAI allows.
import type { ChatRequest, ImagePart } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import { responsesCitations } from '../citations.ts'
import { customNames, unwrapInput } from '../custom-tools.ts'
import { toolInputText } from '../json-repair.ts'
import type { Namespaces } from './namespaces.ts'
import { namespacesOf } from './namespaces.ts'

/** What the client declared and so must find in its answer. */
export interface ClientTools {
  readonly custom: ReadonlySet<string>
  readonly namespaces: Namespaces
}

export function clientTools(request: ChatRequest): ClientTools {
  return { custom: customNames(request), namespaces: namespacesOf(request.tools) }
}

export type IdMaker = (prefix: 'msg' | 'fc' | 'ctc' | 'rs' | 'ig', index: number) => string

export function createIdMaker(): IdMaker {
  const base = crypto.randomUUID().replaceAll('-', '')
  return (prefix, index) => `${prefix}_${base}${index}`
}

export function responseId(id: string | undefined): string {
  if (id === undefined) return `resp_${crypto.randomUUID().replaceAll('-', '')}`
  return id.startsWith('resp_') ? id : `resp_${id}`
}

export function textContent(text: string, annotations: readonly JsonObject[]): JsonObject {
  return { type: 'output_text', text, annotations: responsesCitations(annotations, text.length), logprobs: [] }
}

export function messageItem(
  id: string,
  content: JsonObject[],
  status: 'completed' | 'in_progress' | 'incomplete',
): JsonObject {
  return { id, type: 'message', status, role: 'assistant', content }
}

/** A call as the client declared the tool: free-form again (rule 61), or within its namespace. */
export function callItem(
  id: string,
  call: {
    readonly callId: string
    readonly name: string
    readonly input: string
    readonly kind?: 'function' | 'custom'
  },
  status: 'completed' | 'in_progress',
  tools: ClientTools,
): JsonObject {
  const head = { id, call_id: call.callId, status }
  if (isFreeForm(call, tools)) {
    const input = call.kind === 'custom' ? call.input : unwrapInput(call.input)
    return { ...head, type: 'custom_tool_call', name: call.name, input: status === 'completed' ? input : '' }
  }
  const within = tools.namespaces.get(call.name)
  return {
    ...head,
    type: 'function_call',
    ...(within === undefined ? { name: call.name } : { namespace: within.name, name: within.tool }),
    // Rule 157: without arguments, an empty object.
    arguments: status === 'completed' ? toolInputText(call.input).text : '',
  }
}

export function isFreeForm(
  call: { readonly name: string; readonly kind?: 'function' | 'custom' },
  tools: ClientTools,
): boolean {
  return call.kind === 'custom' || tools.custom.has(call.name)
}

/** Undefined for images that are only an address: the wire carries the bytes. */
export function imageItem(id: string, image: ImagePart): JsonObject | undefined {
  if (image.source.kind !== 'base64') return undefined
  const format = image.source.mediaType.replace('image/', '')
  return { id, type: 'image_generation_call', status: 'completed', result: image.source.data, output_format: format }
}

/** The response object around the output; the SDKs rely on most of these fields being there. */
export function responseObject(
  request: ChatRequest,
  id: string,
  createdAt: number,
  state: {
    readonly status: string
    readonly output: readonly JsonObject[]
    readonly error?: JsonObject
    readonly incomplete_details?: JsonObject | null
    readonly usage?: JsonObject | null
  },
): JsonObject {
  const { reasoning } = request
  return {
    id,
    object: 'response',
    created_at: createdAt,
    status: state.status,
    background: false,
    error: state.error ?? null,
    incomplete_details: state.incomplete_details ?? null,
    instructions: null,
    max_output_tokens: request.maxOutputTokens ?? null,
    // Rule 5: the name the client asked for.
    model: request.model,
    output: [...state.output],
    parallel_tool_calls: request.parallelToolCalls ?? true,
    previous_response_id: request.previousResponseId ?? null,
    reasoning: { effort: reasoning?.level ?? null, summary: reasoning?.summary ?? null },
    // Nothing is kept here, whatever was asked: the conversation has to come with every request.
    store: false,
    temperature: request.temperature ?? null,
    text: { format: { type: 'text' } },
    tool_choice: 'auto',
    tools: [],
    top_p: request.topP ?? null,
    truncation: 'disabled',
    usage: state.usage ?? null,
    user: request.user ?? null,
    metadata: {},
  }
}
