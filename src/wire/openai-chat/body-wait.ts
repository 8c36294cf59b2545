// The waits that bodies of the OpenAI dialect name in fields rather than in words: Codex' reset of a plan, and the headers that
// OpenRouter repeats in `metadata`.
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { numberOf, wordOf } from '../json-text.ts'
import { durationMs, instantOrDurationMs, retryAfterFromHeaders } from '../retry-after.ts'

/**
 * Milliseconds until the error object says it is worth trying again. Relative fields are trusted before instants, which mean
 * nothing without the time of the server that named them.
 */
export function waitInErrorObject(error: JsonObject, now: number | undefined): number | undefined {
  const metadata = isJsonObject(error['metadata']) ? error['metadata'] : {}
  for (const value of [error['resets_in_seconds'], error['retry_after'], metadata['retry_after_seconds']]) {
    const seconds = numberOf(value)
    if (seconds > 0) return durationMs(String(seconds))
  }
  if (now === undefined) return undefined
  const reset = wordOf(error['resets_at'])
  if (reset !== '') return instantOrDurationMs(reset, now)
  return isJsonObject(metadata['headers']) ? retryAfterFromHeaders(lowerCaseTexts(metadata['headers']), now) : undefined
}

function lowerCaseTexts(headers: JsonObject): Record<string, string> {
  const texts: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) texts[name.toLowerCase()] = wordOf(value)
  return texts
}
