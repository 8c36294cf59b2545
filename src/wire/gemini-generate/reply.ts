// Whole replies of the Gemini wire, both ways.
import type { ChatReply, ChatRequest, Part, Signature } from '../../core/conversation.ts'
import { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { foldReply } from '../fold.ts'
import { toolInputObject } from '../json-repair.ts'
import { unwrapArray } from '../json-text.ts'
import { packSignature } from '../signatures.ts'
import { writeFinish } from './finish.ts'
import { groundingOf } from './grounding.ts'
import { inspect } from './inspect.ts'
import { createStreamReader } from './stream-reader.ts'
import { writeUsage } from './usage.ts'

/** Throws what a failure hidden in the body stands for. */
export function readReply(body: unknown): ChatReply {
  const chunk = unwrapArray(body)
  if (chunk === undefined)
    throw new GatewayError('malformed_reply', 'The upstream answered with something other than a JSON object.')
  const failure = inspect.bodyFailure(chunk, { mayBeSilent: () => true })
  if (failure !== undefined) throw failure
  return foldReply(createStreamReader().readChunk(withFinish(chunk)))
}

/** A whole body is whole, even when the server left the finish reason out. */
function withFinish(chunk: JsonObject): JsonObject {
  const { candidates } = chunk
  const first = Array.isArray(candidates) ? candidates[0] : undefined
  if (!isJsonObject(first) || first['finishReason'] !== undefined || first['finish_reason'] !== undefined) return chunk
  return { ...chunk, candidates: [{ ...first, finishReason: 'STOP' }] }
}

export function replyId(id: string | undefined): string {
  return id === undefined || id === '' ? crypto.randomUUID() : id
}

/** Whether the client asked to see thoughts; to others they would look like the answer. */
export function showsThoughts(request: ChatRequest): boolean {
  const summary = request.reasoning?.summary
  return summary !== undefined && summary !== 'none'
}

/** A signature over thoughts that the client never saw would come back without them, which other vendors than Google refuse. */
export function carries(signature: Signature, isHiding: boolean): boolean {
  return !isHiding || signature.family === 'google'
}

export function writeReply(reply: ChatReply, request: ChatRequest): JsonObject {
  const shown = showsThoughts(request)
  const parts = reply.parts.flatMap((part) => writeReplyPart(part, shown))
  const annotations = reply.parts.flatMap((part) => (part.type === 'text' ? (part.annotations ?? []) : []))
  const grounding = groundingOf(annotations)
  const hasRefusal = reply.parts.some((part) => part.type === 'refusal')
  return {
    candidates: [
      {
        content: { role: 'model', parts: parts.length === 0 ? [{ text: '' }] : parts },
        finishReason: writeFinish(reply.finish, hasRefusal),
        index: 0,
        ...(grounding === undefined ? {} : { groundingMetadata: grounding }),
      },
    ],
    usageMetadata: writeUsage(reply.usage),
    // Rule 5: the name the client asked for, never the upstream's.
    modelVersion: request.model,
    responseId: replyId(reply.id),
  }
}

/** Signatures of other vendors travel in `thoughtSignature` under a prefix, and come back with the next turn (rule 109). */
function writeReplyPart(part: Part, shown: boolean): JsonObject[] {
  switch (part.type) {
    case 'text':
    case 'refusal': {
      const signature = part.type === 'text' ? part.signature : undefined
      if (part.text === '' && signature === undefined) return []
      return [
        {
          text: part.text,
          ...(signature === undefined ? {} : { thoughtSignature: packSignature(signature, 'google') }),
        },
      ]
    }
    case 'reasoning': {
      const text = shown ? part.text : ''
      if (part.signature === undefined || !carries(part.signature, text !== part.text))
        return text === '' ? [] : [{ text, thought: true }]
      const holder = part.redacted === true ? 'redacted' : 'reasoning'
      return [{ text, thought: true, thoughtSignature: packSignature(part.signature, 'google', holder) }]
    }
    case 'tool-call': {
      const args = part.kind === 'custom' ? { input: part.input } : toolInputObject(part.input).value
      const signature =
        part.signature === undefined ? {} : { thoughtSignature: packSignature(part.signature, 'google') }
      return [{ functionCall: { id: part.id, name: part.name, args }, ...signature }]
    }
    case 'image':
      return part.source.kind === 'base64'
        ? [{ inlineData: { mimeType: part.source.mediaType, data: part.source.data } }]
        : []
    case 'opaque':
      return part.wire === 'gemini-generate' ? [part.value] : []
    default:
      return []
  }
}
