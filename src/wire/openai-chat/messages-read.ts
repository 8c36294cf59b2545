// Messages of a Chat request as canonical ones. Neighbouring tool messages become one user message (rule 89); reasoning, calls
// and results are believed only in the role they belong to (rule 98).
import type { Message, Part, Role, ToolCallPart, ToolResultPart } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { assignCallId } from '../call-ids.ts'
import { textOf } from '../json-text.ts'
import { invalidInput } from '../read-input.ts'
import { unmarkError } from '../tool-error-mark.ts'
import { reasoningOf } from './content.ts'
import { need, readContent } from './content-read.ts'
import { detailsIn, signatureOfDetails } from './reasoning-details.ts'
import type { WireRequestMessage } from './schema.ts'

export function readMessages(wireMessages: readonly WireRequestMessage[]): Message[] {
  const messages: Message[] = []
  const names = new Map<string, string>()
  /** Id of the last call of the form before tool calls, by name: its result has no id (rule 100). */
  const legacyIds = new Map<string, string>()
  for (const [index, message] of wireMessages.entries()) {
    const path = `messages[${index}]`
    if (message.role === 'tool' || message.role === 'function') {
      addResult(messages, readResult(message, path, names, legacyIds), wireMessages[index - 1]?.role)
      continue
    }
    const parts = message.role === 'assistant' ? readAssistant(message, path) : plainParts(message, path)
    for (const part of parts) if (part.type === 'tool-call') names.set(part.id, part.name)
    const legacy = message.role === 'assistant' ? message.function_call : undefined
    if (legacy) {
      const id = assignCallId(path, 0, legacy.name)
      legacyIds.set(legacy.name, id)
      parts.push({ type: 'tool-call', id, name: legacy.name, input: inputOf(legacy['arguments']) })
      names.set(id, legacy.name)
    }
    if (parts.length === 0) continue
    const role: Role = message.role === 'developer' ? 'system' : message.role
    const { name } = message
    const isDeveloper = message.role === 'developer'
    // Most messages have neither, and a conversation has many.
    if (!name && !isDeveloper) messages.push({ role, parts })
    else messages.push({ role, parts, ...(name ? { name } : {}), ...(isDeveloper ? { developer: true } : {}) })
  }
  return messages
}

function plainParts(message: WireRequestMessage, path: string): Part[] {
  const parts = readContent(message.content as string | JsonObject[] | null | undefined, `${path}.content`)
  return parts.map((part) =>
    part.type === 'reasoning' || part.type === 'refusal' ? { type: 'text', text: part.text } : part,
  )
}

function addResult(messages: Message[], result: ToolResultPart, before: string | undefined): void {
  const last = messages.at(-1)
  if ((before === 'tool' || before === 'function') && last?.role === 'user') {
    messages[messages.length - 1] = { ...last, parts: [...last.parts, result] }
  } else messages.push({ role: 'user', parts: [result] })
}

function readResult(
  message: WireRequestMessage,
  path: string,
  names: ReadonlyMap<string, string>,
  legacyIds: ReadonlyMap<string, string>,
): ToolResultPart {
  const callId = message.tool_call_id ?? legacyIds.get(message.name ?? '')
  if (!callId) throw invalidInput(`${path}.tool_call_id`, 'a string is expected')
  const name = names.get(callId) ?? message.name
  const content = readContent(message.content as string | JsonObject[] | null | undefined, `${path}.content`)
  const { parts, isError } = splitErrorMark(content)
  return { type: 'tool-result', callId, ...(name ? { name } : {}), parts, ...(isError ? { isError } : {}) }
}

/** The parts of a result without the mark of failure (rule 92), which stands at the head of the first text. */
export function splitErrorMark(content: readonly Part[]): { parts: ToolResultPart['parts']; isError: boolean } {
  const parts = content.filter(isResultContent)
  const [first, ...rest] = parts
  if (first?.type !== 'text') return { parts, isError: false }
  const { text, isError } = unmarkError(first.text)
  if (!isError) return { parts, isError }
  return { parts: text === '' ? rest : [{ ...first, text }, ...rest], isError }
}

function isResultContent(part: Part): part is ToolResultPart['parts'][number] {
  return (
    part.type === 'text' ||
    part.type === 'image' ||
    part.type === 'document' ||
    part.type === 'audio' ||
    part.type === 'video'
  )
}

function readAssistant(message: WireRequestMessage, path: string): Part[] {
  const parts: Part[] = []
  const details = detailsIn(message['reasoning_details'])
  const reasoning = reasoningOf(message)
  const signature = signatureOfDetails(details)
  if (reasoning !== '' || signature !== undefined) {
    parts.push({ type: 'reasoning', text: reasoning, ...(signature === undefined ? {} : { signature }) })
  }
  parts.push(...readContent(message.content as string | JsonObject[] | null | undefined, `${path}.content`))
  if (message.refusal) parts.push({ type: 'refusal', text: message.refusal })
  for (const [index, call] of (message.tool_calls ?? []).entries()) {
    parts.push(readCall(call, `${path}.tool_calls[${index}]`, index))
  }
  return parts
}

function readCall(call: Record<string, unknown>, path: string, index: number): ToolCallPart {
  const custom = call['custom']
  const isFree = isJsonObject(custom)
  const body = isFree ? custom : call['function']
  if (!isJsonObject(body)) throw invalidInput(`${path}.function`, 'an object is expected')
  const name = need(body['name'], `${path}.function.name`)
  const extra = call['extra_content']
  const google = isJsonObject(extra) ? extra['google'] : undefined
  const thought = isJsonObject(google) ? textOf(google['thought_signature']) : undefined
  return {
    type: 'tool-call',
    id: textOf(call['id']) || assignCallId(path, index, name),
    name,
    input: isFree ? (textOf(body['input']) ?? '') : inputOf(body['arguments']),
    ...(isFree ? { kind: 'custom' } : {}),
    ...(thought === undefined ? {} : { signature: { family: 'google', value: thought } }),
  }
}

/** Arguments are text; some clients send the object itself. */
function inputOf(value: unknown): string {
  if (typeof value === 'string') return value
  return value === undefined || value === null ? '' : JSON.stringify(value)
}
