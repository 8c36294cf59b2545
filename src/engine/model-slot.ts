// Exchanges the model's name in a request body without copying the rest: the body is kept with some room around it, and the
// shorter side of the name is moved. A 200 KB conversation costs no more to send on than a short one.
import type { Span } from './json-bytes.ts'

/** A body inside a larger buffer that nobody else uses. */
export interface RoomyBody {
  readonly whole: Buffer
  readonly start: number
  readonly end: number
}

/** Bytes kept free on either side: longer than any model name. */
export const room = 512

/** Shorter bodies are simply copied. */
const worthMoving = 16 * 1024

/** Joins chunks into a body with room around it. */
export function joinWithRoom(chunks: readonly Buffer[], size: number): RoomyBody {
  const free = size >= worthMoving ? room : 0
  const whole = Buffer.allocUnsafe(size + 2 * free)
  let at = free
  for (const chunk of chunks) at += chunk.copy(whole, at)
  return { whole, start: free, end: at }
}

export function bytesOf(body: RoomyBody): Buffer {
  return body.whole.subarray(body.start, body.end)
}

/**
 * A function that gives the body with another model name, as often as needed; each result is valid until the next call.
 * `span` counts from the body's start.
 */
export function createModelSlot(body: RoomyBody, span: Span): (model: string) => Buffer {
  const { whole } = body
  const nameStart = body.start + span.start
  const nameEnd = body.start + span.end
  const headIsShorter = nameStart - body.start <= body.end - nameEnd
  // The side that moves is kept aside, since moving overwrites it.
  const moving = Buffer.from(headIsShorter ? whole.subarray(body.start, nameStart) : whole.subarray(nameEnd, body.end))

  return (model) => {
    const name = Buffer.from(JSON.stringify(model))
    if (name.length - (nameEnd - nameStart) > body.start) {
      // No room: either a short body, or a name longer than any model's.
      const bytes = headIsShorter
        ? [moving, name, whole.subarray(nameEnd, body.end)]
        : [whole.subarray(body.start, nameStart), name, moving]
      return Buffer.concat(bytes)
    }
    if (headIsShorter) {
      const at = nameEnd - name.length
      name.copy(whole, at)
      moving.copy(whole, at - moving.length)
      return whole.subarray(at - moving.length, body.end)
    }
    const after = nameStart + name.copy(whole, nameStart)
    return whole.subarray(body.start, after + moving.copy(whole, after))
  }
}
