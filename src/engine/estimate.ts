// A token count of a whole request, made here. Always an estimate: only the vendor's own tokeniser knows.
import type { ChatRequest, Part } from '../core/conversation.ts'
import { estimateTokens, tokensPerImage, tokensPerMessage } from '../core/token-estimate.ts'

export function estimateRequest(request: ChatRequest): number {
  let tokens = 0
  for (const message of request.messages) {
    tokens += tokensPerMessage
    for (const part of message.parts) tokens += part.type === 'image' ? tokensPerImage : estimateTokens(textOf(part))
  }
  for (const tool of request.tools) tokens += estimateTokens(JSON.stringify(tool))
  return tokens
}

/** What a part says, as plain text; empty for what is no text. */
export function textOf(part: Part): string {
  switch (part.type) {
    case 'text':
    case 'refusal':
    case 'reasoning':
      return part.text
    case 'tool-call':
      return part.input
    case 'tool-result':
      return part.parts.map(textOf).join('') || (part.structured === undefined ? '' : JSON.stringify(part.structured))
    default:
      return ''
  }
}
