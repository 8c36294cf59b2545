// The fake's embeddings, in OpenAI's form: a text as the counts of its words, so that texts of nearly the same words lie close and
// others don't. Equal texts give equal vectors.
import { createHash } from 'node:crypto'
import type { JsonObject } from '../../src/core/json.ts'

const dimensions = 256

export function embeddingsReply(model: string, input: unknown): JsonObject {
  const texts = (Array.isArray(input) ? input : [input]).map(String)
  return {
    object: 'list',
    model,
    data: texts.map((text, index) => ({ object: 'embedding', index, embedding: vectorOf(text) })),
    usage: { prompt_tokens: 1, total_tokens: 1 },
  }
}

function vectorOf(text: string): number[] {
  const vector = Array<number>(dimensions).fill(0)
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? ['']) {
    const place = createHash('sha256').update(word).digest().readUInt16BE(0) % dimensions
    vector[place] = (vector[place] ?? 0) + 1
  }
  return vector
}
