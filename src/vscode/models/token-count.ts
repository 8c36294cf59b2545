// Counts tokens for VS Code, which asks thousands of times a turn and repeats itself. Longer texts are remembered; short ones
// are counted faster than they are looked up.
import { LRUCache } from 'lru-cache'
import { estimateTokens, tokensPerImage, tokensPerMessage } from '../../core/token-estimate.ts'
import { readPart } from './parts.ts'
import type { EditorMessage } from './request.ts'

const rememberedFrom = 64
const charactersKept = 4_000_000

export function createTokenCounter(): (text: string | EditorMessage) => number {
  const counts = new LRUCache<string, number>({
    maxSize: charactersKept,
    sizeCalculation: (_, text) => text.length,
  })
  const countText = (text: string): number => {
    if (text.length < rememberedFrom) return estimateTokens(text)
    const known = counts.get(text)
    if (known !== undefined) return known
    const counted = estimateTokens(text)
    counts.set(text, counted)
    return counted
  }
  const countPart = (part: unknown): number => {
    const read = readPart(part, undefined)
    switch (read?.type) {
      case undefined:
        return 0
      case 'text':
      case 'reasoning':
        return countText(read.text)
      case 'image':
        return tokensPerImage
      case 'tool-call':
        return countText(read.name) + countText(read.input)
      case 'tool-result':
        return read.parts.reduce(
          (sum, inner) => sum + (inner.type === 'text' ? countText(inner.text) : tokensPerImage),
          tokensPerMessage,
        )
    }
  }
  return (text) =>
    typeof text === 'string'
      ? countText(text)
      : text.content.reduce<number>((sum, part) => sum + countPart(part), tokensPerMessage)
}
