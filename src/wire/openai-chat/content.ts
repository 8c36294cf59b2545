// The texts of a message or delta of a Chat reply. Vendors carry reasoning in fields of different names and some put it among
// the content (rule 111); exactly one of them is read, so that nothing appears twice.
import type { ImagePart } from '../../core/conversation.ts'
import { isJsonObject } from '../../core/json.ts'
import { sourceOfUrl } from '../data-url.ts'
import { detailsIn, textOfDetails } from './reasoning-details.ts'

/** The fields of a delta or message that are looked at; every one of them may hold anything. */
export interface WireMessage {
  readonly content?: unknown
  readonly reasoning_content?: unknown
  readonly reasoning?: unknown
  readonly reasoning_text?: unknown
  readonly reasoning_details?: unknown
  readonly refusal?: unknown
  readonly tool_calls?: unknown
  readonly function_call?: unknown
  readonly images?: unknown
  readonly annotations?: unknown
  readonly audio?: unknown
}

/** Reasoning of a message: DeepSeek and most others, OpenRouter and Groq, Copilot; details only when no plain text is there. */
export function reasoningOf(message: WireMessage): string {
  const { reasoning_content, reasoning, reasoning_text, reasoning_details } = message
  if (typeof reasoning_content === 'string' && reasoning_content !== '') return reasoning_content
  if (typeof reasoning === 'string' && reasoning !== '') return reasoning
  if (typeof reasoning_text === 'string' && reasoning_text !== '') return reasoning_text
  return reasoning_details === undefined ? '' : textOfDetails(detailsIn(reasoning_details))
}

export interface ContentPiece {
  readonly kind: 'text' | 'reasoning' | 'refusal'
  readonly text: string
}

/** Content given as an array: text parts, refusals, and Mistral's `thinking` parts (table R). */
export function piecesOf(content: readonly unknown[]): ContentPiece[] {
  const pieces: ContentPiece[] = []
  for (const part of content) {
    if (typeof part === 'string') pieces.push({ kind: 'text', text: part })
    if (!isJsonObject(part)) continue
    const { text, refusal, thinking } = part
    if (typeof thinking === 'string') pieces.push({ kind: 'reasoning', text: thinking })
    else if (Array.isArray(thinking)) {
      for (const inner of thinking) {
        const thought = isJsonObject(inner) ? inner['text'] : inner
        if (typeof thought === 'string') pieces.push({ kind: 'reasoning', text: thought })
      }
    } else if (typeof refusal === 'string') pieces.push({ kind: 'refusal', text: refusal })
    else if (typeof text === 'string') pieces.push({ kind: 'text', text })
  }
  return pieces
}

/** Images a model made: `images` of OpenRouter and those like it (rule 50). */
export function imagesOf(images: unknown): ImagePart[] {
  if (!Array.isArray(images)) return []
  const parts: ImagePart[] = []
  for (const image of images) {
    const holder = isJsonObject(image) ? image['image_url'] : undefined
    const url = isJsonObject(holder) ? holder['url'] : holder
    const source = typeof url === 'string' ? sourceOfUrl(url) : undefined
    if (source !== undefined) parts.push({ type: 'image', source })
  }
  return parts
}
