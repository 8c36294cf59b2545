// `input` items as canonical messages. Neighbouring items of the assistant's turn become one message in their order (rule 97),
// neighbouring results one user message (rule 89). Items of unknown types are kept for the same wire.
import type { Message, Part, ToolCallPart, ToolResultPart } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { textOf } from '../json-text.ts'
import { need } from '../openai-chat/content-read.ts'
import { splitErrorMark } from '../openai-chat/messages-read.ts'
import { invalidInput } from '../read-input.ts'
import { unpackSignature } from '../signatures.ts'
import { readContent } from './content-read.ts'
import { unpackCallSignature } from './reasoning-items.ts'

type Flatten = (namespace: string, tool: string) => string

export function readItems(items: readonly JsonObject[], flatten: Flatten): Message[] {
  const messages: Message[] = []
  const names = new Map<string, string>()
  let before: 'turn' | 'results' | 'other' = 'other'

  function add(role: 'assistant' | 'user', parts: readonly Part[], kind: 'turn' | 'results'): void {
    const last = messages.at(-1)
    if (before === kind && last?.role === role)
      messages[messages.length - 1] = { ...last, parts: [...last.parts, ...parts] }
    else messages.push({ role, parts })
    before = kind
  }

  for (const [index, item] of items.entries()) {
    const path = `input[${index}]`
    switch (item['type'] ?? 'message') {
      case 'message': {
        const message = readMessage(item, path)
        if (message.role === 'assistant') {
          if (message.parts.length > 0) add('assistant', message.parts, 'turn')
        } else if (message.parts.length > 0) {
          messages.push(message)
          before = 'other'
        }
        break
      }
      case 'function_call':
      case 'custom_tool_call': {
        const call = readCall(item, path, flatten)
        names.set(call.id, call.name)
        add('assistant', [call], 'turn')
        break
      }
      case 'function_call_output':
      case 'custom_tool_call_output':
        add('user', [readResult(item, path, names)], 'results')
        break
      case 'reasoning': {
        const signed = unpackCallSignature(item)
        if (signed !== undefined) attachToCall(messages, signed.callId, signed.value)
        else addReasoning(item, (parts) => add('assistant', parts, 'turn'))
        break
      }
      default:
        add('assistant', [{ type: 'opaque', wire: 'openai-responses', value: item }], 'turn')
    }
  }
  return messages
}

function readMessage(item: JsonObject, path: string): Message {
  const parts = readContent(item['content'], `${path}.content`)
  const { role, phase } = item
  switch (role) {
    case 'assistant':
      // Newer models tell comments from final answers by `phase` and want it back.
      if (typeof phase !== 'string') return { role, parts }
      return { role, parts: parts.map((part) => ({ ...part, extras: { 'openai-responses': { phase } } })) }
    case 'user':
    case 'system':
      return { role, parts: parts.map(withoutRefusal) }
    case 'developer':
      return { role: 'system', parts: parts.map(withoutRefusal), developer: true }
    default:
      throw invalidInput(`${path}.role`, 'one of user, assistant, system, developer is expected')
  }
}

/** Rule 98. */
function withoutRefusal(part: Part): Part {
  return part.type === 'refusal' ? { type: 'text', text: part.text } : part
}

function readCall(item: JsonObject, path: string, flatten: Flatten): ToolCallPart {
  const isFree = item['type'] === 'custom_tool_call'
  const name = need(item['name'], `${path}.name`)
  const namespace = textOf(item['namespace'])
  const input = item[isFree ? 'input' : 'arguments']
  return {
    type: 'tool-call',
    id: need(item['call_id'], `${path}.call_id`),
    name: namespace ? flatten(namespace, name) : name,
    input: typeof input === 'string' ? input : input === undefined || input === null ? '' : JSON.stringify(input),
    ...(isFree ? { kind: 'custom' } : {}),
  }
}

function readResult(item: JsonObject, path: string, names: ReadonlyMap<string, string>): ToolResultPart {
  const callId = need(item['call_id'], `${path}.call_id`)
  const name = names.get(callId)
  const { output } = item
  // Older clients wrap the text in an object.
  const content = isJsonObject(output) ? (output['content'] ?? JSON.stringify(output)) : output
  const { parts, isError } = splitErrorMark(readContent(content, `${path}.output`))
  return {
    type: 'tool-result',
    callId,
    ...(name === undefined ? {} : { name }),
    parts,
    ...(isError ? { isError } : {}),
  }
}

function addReasoning(item: JsonObject, add: (parts: readonly Part[]) => void): void {
  const text = textsOf(item['summary']) || textsOf(item['content'])
  const encrypted = textOf(item['encrypted_content'])
  if (text === '' && !encrypted) return
  const id = textOf(item['id'])
  const signed = encrypted ? unpackSignature(encrypted, 'openai') : undefined
  add([
    {
      type: 'reasoning',
      text,
      ...(signed === undefined ? {} : { signature: signed.signature }),
      ...(signed?.holder === 'redacted' ? { redacted: true } : {}),
      ...(id === undefined ? {} : { id }),
    },
  ])
}

function textsOf(pieces: unknown): string {
  if (!Array.isArray(pieces)) return ''
  return pieces.flatMap((piece) => (isJsonObject(piece) ? (textOf(piece['text']) ?? []) : [])).join('\n\n')
}

/** Rule 109: a signature that belongs to a call comes back in a reasoning item of its own. */
function attachToCall(messages: Message[], callId: string, value: string): void {
  const last = messages.at(-1)
  if (last?.role !== 'assistant') return
  const parts = last.parts.map((part) =>
    part.type === 'tool-call' && part.id === callId
      ? { ...part, signature: { family: 'google', value } as const }
      : part,
  )
  messages[messages.length - 1] = { ...last, parts }
}
