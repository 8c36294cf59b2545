// Finds the last thing a person wrote in a plain conversation, for comparing it by meaning. Plain means texts only: tools, calls,
// images and files exclude a request, since an answer that nearly fits could then act on the wrong thing.
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { offersTools } from './cacheable.ts'
import type { CacheRequest } from './request.ts'

export interface LastUserText {
  readonly text: string
  /** The body without the text. */
  readonly rest: JsonObject
}

/** Embedding models cut longer texts off without a word (some after 512 tokens), and then unlike texts would look alike. */
const longestText = 2_000

const listNames: Readonly<Record<CacheRequest['wire'], readonly [list: string, content: string]>> = {
  'openai-chat': ['messages', 'content'],
  'openai-responses': ['input', 'content'],
  'anthropic-messages': ['messages', 'content'],
  'gemini-generate': ['contents', 'parts'],
  editor: ['messages', 'parts'],
}

const textTypes = new Set<unknown>([undefined, 'text', 'input_text', 'output_text', 'reasoning', 'refusal'])
const messageFields = new Set([
  'type',
  'id',
  'status',
  'phase',
  'role',
  'name',
  'content',
  'parts',
  'developer',
  'cache_control',
])

export function lastUserText(wire: CacheRequest['wire'], body: JsonObject): LastUserText | undefined {
  if (offersTools(body)) return undefined
  const [listName, contentName] = listNames[wire]
  const messages = body[listName]
  if (typeof messages === 'string') return short(messages, { ...body, [listName]: null })
  if (!Array.isArray(messages)) return undefined
  if (!messages.every((message) => isPlain(message, contentName))) return undefined
  const last = messages.at(-1)
  if (!isJsonObject(last) || (last['role'] ?? 'user') !== 'user') return undefined
  const replaced = withoutLastText(last[contentName])
  if (!replaced) return undefined
  return short(replaced.text, {
    ...body,
    [listName]: [...messages.slice(0, -1), { ...last, [contentName]: replaced.rest }],
  })
}

function short(text: string, rest: JsonObject): LastUserText | undefined {
  const trimmed = text.trim()
  return trimmed === '' || trimmed.length > longestText ? undefined : { text: trimmed, rest }
}

function isPlain(message: JsonValue, contentName: string): boolean {
  if (!isJsonObject(message)) return false
  if (message['type'] !== undefined && message['type'] !== 'message') return false
  if (message['role'] === 'tool' || message['role'] === 'function') return false
  for (const name in message) {
    const value = message[name]
    if (!messageFields.has(name) && value !== null && !(Array.isArray(value) && value.length === 0)) return false
  }
  const content = message[contentName]
  return typeof content === 'string' || (Array.isArray(content) && content.every(isTextPart))
}

function isTextPart(part: JsonValue): boolean {
  return isJsonObject(part) && textTypes.has(part['type']) && typeof part['text'] === 'string'
}

/** Only the last text of the message: what stands before it (reminders, attached files) has to be the same. */
function withoutLastText(content: JsonValue | undefined): { text: string; rest: JsonValue } | undefined {
  if (typeof content === 'string') return { text: content, rest: null }
  const part = Array.isArray(content) ? content.at(-1) : undefined
  if (!Array.isArray(content) || !isJsonObject(part) || typeof part['text'] !== 'string') return undefined
  return { text: part['text'], rest: [...content.slice(0, -1), { ...part, text: null }] }
}
