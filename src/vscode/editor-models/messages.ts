// A canonical request as a chat request to a language model of the editor. Pure. What the editor's messages can't hold is refused
// rather than left out, so that another target gets it.
import type { BinarySource, ChatRequest, Part, ToolDefinition, ToolResultPart } from '../../core/conversation.ts'
import { GatewayError } from '../../core/errors.ts'
import { markError } from '../../wire/tool-error-mark.ts'
import { parseInput } from '../models/reply.ts'

export type Content =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'image'; readonly data: Uint8Array; readonly mediaType: string }

export type OutgoingPart =
  | Content
  | { readonly kind: 'call'; readonly callId: string; readonly name: string; readonly input: object }
  | { readonly kind: 'result'; readonly callId: string; readonly content: readonly Content[] }

/** The editor knows no system role to extensions: such words come as the user's. */
export interface OutgoingMessage {
  readonly role: 'user' | 'assistant'
  readonly parts: readonly OutgoingPart[]
}

export interface Outgoing {
  readonly messages: readonly OutgoingMessage[]
  readonly tools: readonly { readonly name: string; readonly description: string; readonly inputSchema?: object }[]
  readonly mustCall: boolean
  readonly modelOptions: Readonly<Record<string, unknown>>
}

/** Throws `unsupported` for what these models can't be told. */
export function toOutgoing(request: ChatRequest): Outgoing {
  if (request.responseFormat !== undefined && request.responseFormat.type !== 'text') {
    throw unsupported('answers as JSON', 'response_format')
  }
  const choice = request.toolChoice ?? { type: 'auto' }
  const named = choice.type === 'tool' ? [choice.name] : choice.type === 'allowed' ? choice.names : undefined
  const tools = choice.type === 'none' ? [] : request.tools.map(toTool)
  return {
    messages: request.messages
      .map((message) => ({
        role: message.role === 'assistant' ? ('assistant' as const) : ('user' as const),
        parts: message.parts.flatMap(toParts),
      }))
      .filter(({ parts }) => parts.length > 0),
    tools: named === undefined ? tools : tools.filter(({ name }) => named.includes(name)),
    mustCall: choice.type === 'required' || choice.type === 'tool' || (choice.type === 'allowed' && choice.required),
    modelOptions: modelOptions(request),
  }
}

/** Under the names that vendors of the editor's models read; they leave out what they don't know. */
function modelOptions(request: ChatRequest): Readonly<Record<string, unknown>> {
  const options = {
    temperature: request.temperature,
    top_p: request.topP,
    max_tokens: request.maxOutputTokens,
    stop: request.stop,
    seed: request.seed,
    frequency_penalty: request.frequencyPenalty,
    presence_penalty: request.presencePenalty,
  }
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}

function toTool(tool: ToolDefinition): Outgoing['tools'][number] {
  if (tool.type !== 'function') throw unsupported('tools of other kinds than functions', 'tools')
  return {
    name: tool.name,
    description: tool.description ?? '',
    ...(tool.schema === undefined ? {} : { inputSchema: tool.schema }),
  }
}

function toParts(part: Part): OutgoingPart[] {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return part.text === '' ? [] : [{ kind: 'text', text: part.text }]
    case 'image':
      return [toImage(part.source)]
    case 'document':
      if (part.source.kind === 'text') return [{ kind: 'text', text: part.source.text }]
      throw unsupported('documents', 'messages')
    case 'audio':
    case 'video':
      throw unsupported(part.type === 'audio' ? 'audio' : 'videos', 'messages')
    case 'tool-call':
      return [{ kind: 'call', callId: part.id, name: part.name, input: parseInput(part.input) }]
    case 'tool-result':
      return [toResult(part)]
    // Earlier reasoning and other vendors' own items mean nothing to these models.
    case 'reasoning':
    case 'opaque':
      return []
  }
}

function toResult({ callId, parts, isError }: ToolResultPart): OutgoingPart {
  const content: Content[] = []
  for (const part of parts) {
    if (part.type === 'text') content.push({ kind: 'text', text: part.text })
    else if (part.type === 'image') content.push(toImage(part.source))
    else if (part.type === 'document' && part.source.kind === 'text') {
      content.push({ kind: 'text', text: part.source.text })
    } else throw unsupported(`${part.type} in results of tools`, 'messages')
  }
  if (!isError) return { kind: 'result', callId, content }
  const [first, ...rest] = content
  const words = first?.kind === 'text' ? first.text : ''
  const others = first === undefined || first.kind === 'text' ? rest : content
  return { kind: 'result', callId, content: [{ kind: 'text', text: markError(words, true) }, ...others] }
}

function toImage(source: BinarySource): Content {
  if (source.kind !== 'base64') throw unsupported('pictures by their address', 'messages')
  return { kind: 'image', data: Buffer.from(source.data, 'base64'), mediaType: source.mediaType }
}

function unsupported(what: string, parameter: string): GatewayError {
  return new GatewayError('unsupported', `Language models of VS Code take no ${what}.`, { parameter })
}
