// Parts of a reply as the content blocks an Anthropic client is given. Signatures of other vendors travel in thinking blocks
// under a prefix, so that they come back with the next turn (rules 107, 109).
import type { Part, ReasoningPart, Signature } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import { toolInputObject } from '../json-repair.ts'
import { wordOf } from '../json-text.ts'
import { packSignature } from '../signatures.ts'

export function writeReplyBlocks(part: Part): JsonObject[] {
  switch (part.type) {
    case 'text': {
      if (part.text === '') return []
      const citations = citationsOf(part.annotations)
      return [{ type: 'text', text: part.text, ...(citations.length === 0 ? {} : { citations }) }]
    }
    case 'refusal':
      return part.text === '' ? [] : [{ type: 'text', text: part.text }]
    case 'reasoning':
      return [writeThinkingBlock(part)]
    case 'tool-call': {
      const input = part.kind === 'custom' ? { input: part.input } : toolInputObject(part.input).value
      return [...signatureCarrier(part.signature), { type: 'tool_use', id: part.id, name: part.name, input }]
    }
    case 'opaque':
      return part.wire === 'anthropic-messages' ? [part.value] : []
    default:
      // An assistant message of this wire holds no images or other media.
      return []
  }
}

/** Only citations of this wire's own kinds; clients check their shape. */
export function citationsOf(annotations: readonly JsonObject[] | undefined): JsonObject[] {
  return annotations?.filter((annotation) => wordOf(annotation['type']).endsWith('_location')) ?? []
}

function writeThinkingBlock(part: ReasoningPart): JsonObject {
  const { signature } = part
  if (part.redacted === true && signature?.family === 'anthropic')
    return { type: 'redacted_thinking', data: signature.value }
  return { type: 'thinking', thinking: part.text, signature: thinkingSignature(signature, part.redacted === true) }
}

export function thinkingSignature(signature: Signature | undefined, redacted: boolean): string {
  if (signature === undefined) return ''
  return packSignature(signature, 'anthropic', redacted ? 'redacted' : 'reasoning')
}

/** A thinking block without thoughts before a call, for the signature that its vendor wants back with it. */
export function signatureCarrier(signature: Signature | undefined): JsonObject[] {
  if (signature === undefined) return []
  return [{ type: 'thinking', thinking: '', signature: packSignature(signature, 'anthropic', 'tool-call') }]
}
