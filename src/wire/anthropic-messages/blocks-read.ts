// Content blocks of an Anthropic request to canonical parts. What only the model may say is taken from assistant messages only, and
// results from user messages only (rule 98): elsewhere such blocks are text.
import type { BinarySource, CacheHint, DocumentPart, Part, Signature, ToolResultPart } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import { checkField } from '../check-field.ts'
import { invalidInput } from '../read-input.ts'
import { unpackSignature } from '../signatures.ts'
import type { Envelope } from './schema.ts'
import { mediaBlock, redactedBlock, textBlock, thinkingBlock, toolResultBlock, toolUseBlock } from './schema.ts'

type Role = Envelope['messages'][number]['role']
type Content = Envelope['messages'][number]['content']
type Block = Exclude<Content, string>[number]
type CacheControl = { readonly ttl?: '5m' | '1h' | null | undefined } | null | undefined

export function readContent(content: Content, role: Role, path: string): Part[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }]
  const parts: Part[] = []
  // A signature that travelled in a thinking block of its own goes back to the call that follows it (rule 109).
  let carried: Signature | undefined
  for (const [index, block] of content.entries()) {
    const signature = role === 'assistant' && block.type === 'thinking' ? carriedSignature(block) : undefined
    if (signature !== undefined) {
      carried = signature
      continue
    }
    const part = readBlock(block, role, `${path}[${index}]`)
    if (part?.type === 'tool-call' && carried !== undefined) {
      parts.push({ ...part, signature: carried })
      carried = undefined
    } else if (part !== undefined) parts.push(part)
  }
  return parts
}

function readBlock(block: Block, role: Role, path: string): Part | undefined {
  const isAssistant = role === 'assistant'
  switch (block.type) {
    case 'text':
      return readText(block, path)
    case 'image':
    case 'document':
    case 'search_result':
      return readMedia(block, path)
    case 'thinking':
    case 'redacted_thinking':
      return isAssistant ? readThinking(block, path) : undefined
    case 'tool_use':
      return isAssistant ? readToolUse(block, path) : asText(block)
    case 'tool_result':
      return isAssistant ? asText(block) : readToolResult(block, path)
    default:
      return { type: 'opaque', wire: 'anthropic-messages', value: block as JsonObject }
  }
}

function carriedSignature(block: Block): Signature | undefined {
  if (typeof block['signature'] !== 'string') return undefined
  const { holder, signature } = unpackSignature(block['signature'], 'anthropic')
  return holder === 'tool-call' ? signature : undefined
}

function asText(block: Block): Part {
  return { type: 'text', text: JSON.stringify(block) }
}

export function cacheHint(control: CacheControl): { cache?: CacheHint } {
  if (control === null || control === undefined) return {}
  return { cache: control.ttl === null || control.ttl === undefined ? {} : { ttl: control.ttl } }
}

/** The fields of a block that no canonical part has a place for. */
function others(block: JsonObject, known: readonly string[]): { extras?: { 'anthropic-messages': JsonObject } } {
  const rest = Object.entries(block).filter(
    ([key, value]) => value !== undefined && value !== null && !known.includes(key),
  )
  return rest.length === 0 ? {} : { extras: { 'anthropic-messages': Object.fromEntries(rest) } }
}

function readText(block: Block, path: string): Part {
  const { text, citations, cache_control, ...rest } = checkField(textBlock, block, path)
  return {
    type: 'text',
    text,
    ...(citations === null || citations === undefined || citations.length === 0 ? {} : { annotations: citations }),
    ...cacheHint(cache_control),
    ...others(rest as JsonObject, ['type']),
  }
}

function readMedia(block: Block, path: string): Part {
  if (block.type === 'search_result') return readSearchResult(block as JsonObject)
  const { source, title, context, cache_control, ...rest } = checkField(mediaBlock, block, path)
  const shared = { ...cacheHint(cache_control), ...others(rest as JsonObject, ['type']) }
  const binary = readSource(source, block.type, `${path}.source`)
  if (block.type === 'image') {
    if (binary !== undefined) return { type: 'image', source: binary, ...shared }
    throw invalidInput(`${path}.source`, 'is no image source')
  }
  const words: Pick<DocumentPart, 'title' | 'context'> = {
    ...(title === null || title === undefined ? {} : { title }),
    ...(context === null || context === undefined ? {} : { context }),
  }
  if (binary !== undefined) return { type: 'document', source: binary, ...words, ...shared }
  if (source.type === 'text')
    return { type: 'document', source: { kind: 'text', text: source.data ?? '' }, ...words, ...shared }
  // A document made of blocks: its text for other wires, the block itself for the way back.
  const text = textOfContent(source.content)
  return {
    type: 'document',
    source: { kind: 'text', text },
    ...words,
    extras: { 'anthropic-messages': { block: block as JsonObject } },
  }
}

function readSource(
  source: {
    type: string
    media_type?: string | undefined
    data?: string | undefined
    url?: string | undefined
    file_id?: string | undefined
  },
  what: string,
  path: string,
): BinarySource | undefined {
  switch (source.type) {
    case 'base64':
      if (source.data === undefined) throw invalidInput(`${path}.data`, 'is required')
      return {
        kind: 'base64',
        mediaType: source.media_type ?? (what === 'image' ? 'image/png' : 'application/pdf'),
        data: source.data,
      }
    case 'url':
      if (source.url === undefined) throw invalidInput(`${path}.url`, 'is required')
      return { kind: 'url', url: source.url }
    case 'file':
      if (source.file_id === undefined) throw invalidInput(`${path}.file_id`, 'is required')
      return { kind: 'file', id: source.file_id, family: 'anthropic' }
  }
  return undefined
}

function readSearchResult(block: JsonObject): DocumentPart {
  const text = textOfContent(block['content'])
  const title = typeof block['title'] === 'string' ? { title: block['title'] } : {}
  return { type: 'document', source: { kind: 'text', text }, ...title, extras: { 'anthropic-messages': { block } } }
}

function textOfContent(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content.map((block) => (typeof block?.text === 'string' ? block.text : '')).join('\n')
}

function readThinking(block: Block, path: string): Part {
  if (block.type === 'redacted_thinking') {
    const { data } = checkField(redactedBlock, block, path)
    return { type: 'reasoning', text: '', signature: { family: 'anthropic', value: data }, redacted: true }
  }
  const { thinking, signature } = checkField(thinkingBlock, block, path)
  if (signature === null || signature === undefined || signature === '') return { type: 'reasoning', text: thinking }
  const packed = unpackSignature(signature, 'anthropic')
  const redacted = packed.holder === 'redacted' ? { redacted: true } : {}
  return { type: 'reasoning', text: thinking, signature: packed.signature, ...redacted }
}

function readToolUse(block: Block, path: string): Part {
  const { id, name, input, cache_control, ...rest } = checkField(toolUseBlock, block, path)
  return {
    type: 'tool-call',
    id,
    name,
    input: typeof input === 'string' ? input : JSON.stringify(input ?? {}),
    ...cacheHint(cache_control),
    ...others(rest as JsonObject, ['type']),
  }
}

function readToolResult(block: Block, path: string): ToolResultPart {
  const { tool_use_id, content, is_error, cache_control, ...rest } = checkField(toolResultBlock, block, path)
  // An empty text is a result too (rule 93); of blocks, those that are no plain content are kept as their JSON.
  const inner =
    typeof content === 'string'
      ? [{ type: 'text' as const, text: content }]
      : readContent(content ?? [], 'user', `${path}.content`)
  const parts = inner.map((part): ToolResultPart['parts'][number] => {
    if (part.type === 'text' || part.type === 'image' || part.type === 'document') return part
    return { type: 'text', text: JSON.stringify(part.type === 'opaque' ? part.value : part) }
  })
  return {
    type: 'tool-result',
    callId: tool_use_id,
    parts,
    ...(is_error === true ? { isError: true } : {}),
    ...cacheHint(cache_control),
    ...others(rest as JsonObject, ['type']),
  }
}
