// JSON text of a body that may be large. Serialising megabytes at once would hold up every other request, so a large body is
// written piece by piece with turns of the event loop in between. The text is the same either way.
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { JsonValue } from '../core/json.ts'

/** Characters written in one turn: a few milliseconds' worth. */
const turnSize = 1024 * 1024
/** Longer strings are written in slices. */
const longString = 256 * 1024

/** The body as JSON: a text at once when it is small, else bytes, some turns later. */
export function toJson(body: JsonValue): string | Promise<Buffer> {
  return sizeOf(body, turnSize) < turnSize ? JSON.stringify(body) : inTurns(body)
}

async function inTurns(body: JsonValue): Promise<Buffer> {
  const chunks: Buffer[] = []
  let text = ''
  for (const piece of piecesOf(body)) {
    text += piece
    if (text.length < turnSize) continue
    chunks.push(Buffer.from(text))
    text = ''
    await nextTurn()
  }
  chunks.push(Buffer.from(text))
  return Buffer.concat(chunks)
}

/** Characters in the strings of a value, counted no further than the limit. */
function sizeOf(value: JsonValue | undefined, limit: number): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 4
  let size = 0
  if (Array.isArray(value)) {
    for (const item of value) {
      size += sizeOf(item, limit - size)
      if (size >= limit) break
    }
    return size
  }
  // No list of the values is made: this looks at every object of every body.
  for (const name in value) {
    size += sizeOf(value[name], limit - size)
    if (size >= limit) break
  }
  return size
}

/** Small values come whole, large ones part by part; the pieces joined are what `JSON.stringify` gives. */
function* piecesOf(value: JsonValue): Generator<string> {
  if (typeof value === 'string' && value.length > longString) {
    yield '"'
    // A character cut in half becomes two escapes, which read as the same character.
    for (let at = 0; at < value.length; at += longString)
      yield JSON.stringify(value.slice(at, at + longString)).slice(1, -1)
    yield '"'
  } else if (typeof value !== 'object' || value === null || sizeOf(value, longString) < longString) {
    yield JSON.stringify(value)
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      yield index === 0 ? '[' : ','
      yield* piecesOf(item)
    }
    yield ']'
  } else {
    let separator = '{'
    for (const [name, item] of Object.entries(value)) {
      // Writers leave a field undefined rather than delete it; JSON knows no such thing.
      if (item === undefined) continue
      yield `${separator}${JSON.stringify(name)}:`
      yield* piecesOf(item)
      separator = ','
    }
    yield '}'
  }
}
