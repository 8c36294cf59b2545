// OpenRouter's `reasoning_details` (table R): typed pieces of reasoning, some encrypted, which must be sent back as they came.
// They travel through other formats as one signature of the family `openrouter`.
import type { Signature } from '../../core/conversation.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { parseJson } from '../json-text.ts'

/** The readable text of the pieces. */
export function textOfDetails(details: readonly JsonObject[]): string {
  let text = ''
  for (const { text: full, summary } of details) text += typeof full === 'string' ? full : textOr(summary)
  return text
}

export function detailsIn(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}

/** Adds the pieces of one chunk: consecutive ones of a kind and index are fragments of the same piece. */
export function appendDetails(whole: JsonObject[], fragments: readonly JsonObject[]): void {
  for (const fragment of fragments) {
    const last = whole.at(-1)
    if (last === undefined || !isSamePiece(last, fragment)) {
      whole.push({ ...fragment })
      continue
    }
    for (const [key, value] of Object.entries(fragment)) {
      const before = last[key]
      const grows = key === 'text' || key === 'summary' || key === 'data'
      last[key] = grows && typeof before === 'string' && typeof value === 'string' ? before + value : (value ?? before)
    }
  }
}

export function signatureOfDetails(details: readonly JsonObject[]): Signature | undefined {
  return details.length === 0 ? undefined : { family: 'openrouter', value: JSON.stringify(details) }
}

/** The pieces within a signature; empty for signatures of other families. */
export function detailsOfSignature(signature: Signature | undefined): JsonObject[] {
  return signature?.family === 'openrouter' ? detailsIn(parseJson(signature.value)) : []
}

function isSamePiece(a: JsonObject, b: JsonObject): boolean {
  return a['type'] === b['type'] && (b['index'] ?? null) === (a['index'] ?? null) && (b['id'] ?? a['id']) === a['id']
}

function textOr(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : ''
}
