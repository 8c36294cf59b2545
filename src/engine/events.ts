// Server-sent events of a complete stretch of bytes, and their data as JSON.
import { isJsonObject, type JsonObject } from '../core/json.ts'
import type { SseEvent } from '../core/wire-format.ts'
import { createSseParser } from '../wire/sse.ts'
import { largestEvent } from './framing.ts'

/** Every event in bytes that begin and end at event boundaries. */
export function parseEvents(bytes: Buffer): SseEvent[] {
  const parser = createSseParser(largestEvent)
  return [...parser.feed(bytes), ...parser.end()]
}

/** An event's data as an object, or undefined when it is something else (`[DONE]`, a broken line). */
export function parseObject(text: string): JsonObject | undefined {
  if (text.charCodeAt(0) !== 0x7b) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
