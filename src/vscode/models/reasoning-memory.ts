// Keeps the signed reasoning that came before a tool call until its result is sent. VS Code's chat has no place for signatures,
// and vendors that sign (Anthropic, Google, OpenAI's encrypted items) want them back unchanged in the same tool loop.
import { LRUCache } from 'lru-cache'
import type { ReasoningPart } from '../../core/conversation.ts'

const callsKept = 500

export interface ReasoningMemory {
  remember(callId: string, reasoning: readonly ReasoningPart[]): void
  recall(callId: string): readonly ReasoningPart[] | undefined
}

export function createReasoningMemory(): ReasoningMemory {
  const byCall = new LRUCache<string, readonly ReasoningPart[]>({ max: callsKept })
  return {
    remember: (callId, reasoning) => void byCall.set(callId, reasoning),
    recall: (callId) => byCall.get(callId),
  }
}
