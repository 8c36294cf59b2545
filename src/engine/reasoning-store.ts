// Keeps signed reasoning for clients whose wire has no place for it (rule 109): by the id of the tool call it led to, bounded,
// in memory. When the call comes back in a later request it is put where it was, and only for the family that signed it.
import { LRUCache } from 'lru-cache'
import type { ChatRequest, Message, Part, ReasoningPart, Signature, VendorFamily } from '../core/conversation.ts'
import type { StreamPart } from '../core/stream.ts'

interface Remembered {
  /** Reasoning that stood before the call in its turn. */
  readonly reasoning: readonly ReasoningPart[]
  /** The call's own signature (Gemini). */
  readonly signature?: Signature
}

export interface ReasoningStore {
  /** A listener for the parts of one answer; it remembers what a client of another wire may lose. */
  watch(): (part: StreamPart) => void
  /** The request with what was remembered put back where the client has lost it. */
  restore(request: ChatRequest): ChatRequest
}

/** Characters of reasoning and signatures kept in all. */
const keptCharacters = 32 * 1024 * 1024

export function createReasoningStore(): ReasoningStore {
  const byCall = new LRUCache<string, Remembered>({ max: 10_000, maxSize: keptCharacters, sizeCalculation: sizeOf })

  return {
    watch() {
      const texts = new Map<string, string>()
      const calls = new Map<string, string>()
      let reasoning: ReasoningPart[] = []
      return (part) => {
        switch (part.type) {
          case 'reasoning-start':
            texts.set(part.id, '')
            break
          case 'reasoning-delta':
            texts.set(part.id, (texts.get(part.id) ?? '') + part.text)
            break
          case 'reasoning-end':
            if (part.signature === undefined) break
            reasoning = [
              ...reasoning,
              {
                type: 'reasoning',
                text: texts.get(part.id) ?? '',
                signature: part.signature,
                ...(part.redacted === undefined ? {} : { redacted: part.redacted }),
                ...(part.itemId === undefined ? {} : { id: part.itemId }),
              },
            ]
            break
          case 'tool-input-start':
            calls.set(part.id, part.callId)
            break
          case 'tool-input-end': {
            const callId = calls.get(part.id)
            if (callId === undefined || (reasoning.length === 0 && part.signature === undefined)) break
            byCall.set(callId, { reasoning, ...(part.signature === undefined ? {} : { signature: part.signature }) })
            // Parallel calls share the reasoning before the first of them.
            reasoning = []
          }
        }
      }
    },
    restore(request) {
      if (byCall.size === 0) return request
      let changed = false
      const messages = request.messages.map((message) => {
        const restored = message.role === 'assistant' ? restoreMessage(message, byCall) : message
        changed ||= restored !== message
        return restored
      })
      return changed ? { ...request, messages } : request
    },
  }
}

function restoreMessage(message: Message, byCall: LRUCache<string, Remembered>): Message {
  const families = new Set<VendorFamily>()
  for (const part of message.parts) if (part.type === 'reasoning' && part.signature) families.add(part.signature.family)
  let changed = false
  const parts = message.parts.flatMap((part): Part[] => {
    const known = part.type === 'tool-call' ? byCall.get(part.id) : undefined
    if (part.type !== 'tool-call' || !known) return [part]
    const missing = known.reasoning.filter((each) => each.signature && !families.has(each.signature.family))
    const signature = part.signature ?? known.signature
    if (missing.length === 0 && signature === part.signature) return [part]
    changed = true
    return [...missing, signature === undefined ? part : { ...part, signature }]
  })
  return changed ? { ...message, parts: withoutUnsigned(parts) } : message
}

/** The signed reasoning that was put back says what the client's unsigned copy said; both would say it twice. */
function withoutUnsigned(parts: readonly Part[]): Part[] {
  const signed = parts.some((part) => part.type === 'reasoning' && part.signature)
  return signed ? parts.filter((part) => part.type !== 'reasoning' || part.signature !== undefined) : [...parts]
}

function sizeOf({ reasoning, signature }: Remembered): number {
  const texts = reasoning.reduce((sum, part) => sum + part.text.length + (part.signature?.value.length ?? 0), 0)
  return texts + (signature?.value.length ?? 0) + 1
}
