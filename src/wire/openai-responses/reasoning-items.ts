// Reasoning as items that go to a client and come back (rules 107, 109). Signatures of other vendors travel in
// `encrypted_content` under a prefix; one that belongs to a tool call gets an item of its own, which names the call.
import type { ReasoningPart, Signature } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import { textOf } from '../json-text.ts'
import { packSignature, unpackSignature } from '../signatures.ts'

export function reasoningItem(id: string, part: Omit<ReasoningPart, 'type'>): JsonObject {
  const { signature, text } = part
  const packed =
    signature === undefined
      ? {}
      : { encrypted_content: packSignature(signature, 'openai', part.redacted === true ? 'redacted' : 'reasoning') }
  return {
    id,
    type: 'reasoning',
    summary: text === '' ? [] : [{ type: 'summary_text', text }],
    ...packed,
  }
}

/** Undefined for signatures that do not belong to a call. OpenAI signs reasoning only. */
export function callSignatureItem(
  id: string,
  callId: string,
  signature: Signature | undefined,
): JsonObject | undefined {
  if (signature?.family !== 'google') return undefined
  const value = `${callId} ${signature.value}`
  return {
    id,
    type: 'reasoning',
    summary: [],
    encrypted_content: packSignature({ family: 'google', value }, 'openai', 'tool-call'),
  }
}

export function unpackCallSignature(item: JsonObject): { readonly callId: string; readonly value: string } | undefined {
  const encrypted = textOf(item['encrypted_content'])
  const unpacked = encrypted ? unpackSignature(encrypted, 'openai') : undefined
  if (unpacked?.holder !== 'tool-call') return undefined
  const { value } = unpacked.signature
  const gap = value.lastIndexOf(' ')
  return gap === -1 ? undefined : { callId: value.slice(0, gap), value: value.slice(gap + 1) }
}
