// Reads the message parts of VS Code by their shape. The classes differ between extension hosts and versions; only the thinking
// class must be told from text by `instanceof`, because both hold their words in `value`.
import type { ImagePart, ReasoningPart, TextPart, ToolCallPart, ToolResultPart } from '../../core/conversation.ts'

export type ReadPart = TextPart | ImagePart | ReasoningPart | ToolCallPart | ToolResultPart

// biome-ignore lint/complexity/noBannedTypes: only used on the right of `instanceof`
export type ThinkingClass = Function | undefined

/** The part, or undefined for anything the model should not see (empty text, cache markers, unknown data). */
export function readPart(part: unknown, thinking: ThinkingClass): ReadPart | undefined {
  if (typeof part !== 'object' || part === null) return undefined
  const fields = part as Record<string, unknown>
  if (thinking !== undefined && part instanceof thinking) return reasoning(fields['value'])
  if (typeof fields['callId'] === 'string') {
    return Array.isArray(fields['content'])
      ? toolResult(fields['callId'], fields['content'])
      : toolCall(fields['callId'], fields)
  }
  return content(fields)
}

function toolCall(id: string, fields: Record<string, unknown>): ToolCallPart | undefined {
  if (typeof fields['name'] !== 'string') return undefined
  return { type: 'tool-call', id, name: fields['name'], input: JSON.stringify(fields['input'] ?? {}) }
}

function toolResult(callId: string, items: readonly unknown[]): ToolResultPart {
  const parts: (TextPart | ImagePart)[] = []
  for (const item of items) {
    if (typeof item !== 'object' || item === null) continue
    const part = content(item as Record<string, unknown>, true)
    if (part !== undefined) parts.push(part)
  }
  return { type: 'tool-result', callId, parts }
}

function content(fields: Record<string, unknown>, inResult = false): TextPart | ImagePart | undefined {
  const value = fields['value']
  if (typeof value === 'string') return text(value)
  if (value !== undefined) return inResult ? text(promptText(value)) : undefined
  const { mimeType, data } = fields
  if (typeof mimeType !== 'string' || !(data instanceof Uint8Array) || data.length === 0) return undefined
  if (mimeType.startsWith('image/')) {
    const base64 = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64')
    return { type: 'image', source: { kind: 'base64', mediaType: mimeType, data: base64 } }
  }
  // A tool may answer in JSON or text as data. Elsewhere data is a note between Copilot and its own providers.
  const readable = mimeType.startsWith('text/') || mimeType === 'application/json' || mimeType.endsWith('+json')
  return inResult && readable ? text(new TextDecoder().decode(data)) : undefined
}

function text(value: string): TextPart | undefined {
  return value === '' ? undefined : { type: 'text', text: value }
}

function reasoning(value: unknown): ReasoningPart | undefined {
  const words = Array.isArray(value) ? value.join('') : value
  return typeof words === 'string' && words !== '' ? { type: 'reasoning', text: words } : undefined
}

/** The words in a serialised prompt tree (`LanguageModelPromptTsxPart`): its text nodes, in order. */
function promptText(node: unknown, depth = 0): string {
  if (depth > 100 || typeof node !== 'object' || node === null) return ''
  if (Array.isArray(node)) return node.map((child) => promptText(child, depth + 1)).join('')
  const { text: words, lineBreakBefore, children, node: root } = node as Record<string, unknown>
  if (typeof words === 'string') return `${lineBreakBefore ? '\n' : ''}${words}`
  return promptText(children ?? root, depth + 1)
}
