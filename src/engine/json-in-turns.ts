// JSON text of a body that may be large. Serialising megabytes at once would hold up every other request, so a large body is
// written piece by piece with turns of the event loop in between. The text is the same either way.
//
// A string of more than 128 KB gets pages of its own from the system, each of which has to be filled with zeros first, and lives
// until a whole collection of the heap if an answer is waited for. So bodies that are not small are written in pieces below that.
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { JsonValue } from '../core/json.ts'

/** Characters in the strings of a body that is written as one string. */
const smallSize = 16 * 1024
/** Characters of a piece, not counting its names and signs, where the value can be taken apart. */
const pieceSize = 64 * 1024
/** Bytes written in one turn: a few milliseconds' worth. */
const turnSize = 1024 * 1024

/** The body as JSON: a text when it is small, else bytes, for a very large one some turns later. */
export function toJson(body: JsonValue): string | Buffer | Promise<Buffer> {
  if (sizeOf(body, smallSize) < smallSize) return JSON.stringify(body)
  const pieces = piecesOf(body)
  const first = nextBytes(pieces)
  return first.length < turnSize ? first : inTurns(first, pieces)
}

async function inTurns(first: Buffer, pieces: Iterator<string>): Promise<Buffer> {
  const chunks = [first]
  let chunk = first
  while (chunk.length >= turnSize) {
    await nextTurn()
    chunk = nextBytes(pieces)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** What is written in one turn: fewer bytes than a turn's worth mean that nothing is left. */
function nextBytes(pieces: Iterator<string>): Buffer {
  const bytes = new ByteWriter()
  let size = 0
  while (size < turnSize) {
    const next = pieces.next()
    if (next.done) break
    size += bytes.add(next.value)
  }
  return bytes.take()
}

/** Where text becomes bytes before these are copied out. Nothing is left in it from one turn to the next. */
const scratch = Buffer.allocUnsafeSlow(turnSize)

class ByteWriter {
  readonly #chunks: Buffer[] = []
  #end = 0

  /** Gives the number of bytes. */
  add(text: string): number {
    const atMost = text.length * 3
    if (this.#end + atMost > scratch.length) this.#flush()
    if (atMost > scratch.length) {
      const bytes = Buffer.from(text)
      this.#chunks.push(bytes)
      return bytes.length
    }
    const written = scratch.write(text, this.#end)
    this.#end += written
    return written
  }

  take(): Buffer {
    this.#flush()
    const [only, ...others] = this.#chunks
    return only && others.length === 0 ? only : Buffer.concat(this.#chunks)
  }

  #flush(): void {
    if (this.#end > 0) this.#chunks.push(Buffer.from(scratch.subarray(0, this.#end)))
    this.#end = 0
  }
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

/** Small values come whole, several items of a list at once, large values part by part; joined they are what `JSON.stringify` gives. */
function* piecesOf(value: JsonValue): Generator<string> {
  if (typeof value === 'string' && value.length > pieceSize) {
    yield '"'
    // A character cut in half becomes two escapes, which read as the same character.
    for (let at = 0; at < value.length; at += pieceSize)
      yield JSON.stringify(value.slice(at, at + pieceSize)).slice(1, -1)
    yield '"'
  } else if (typeof value !== 'object' || value === null || sizeOf(value, pieceSize) < pieceSize) {
    yield JSON.stringify(value)
  } else if (Array.isArray(value)) {
    yield '['
    yield* itemsOf(value)
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

function* itemsOf(list: readonly JsonValue[]): Generator<string> {
  let start = 0
  while (start < list.length) {
    let end = start
    let size = 0
    do {
      size += sizeOf(list[end], pieceSize)
      end += 1
    } while (size < pieceSize && end < list.length)
    // The last one is left to the next piece when it is too much for this one.
    if (size >= pieceSize && end - start > 1) end -= 1
    if (start > 0) yield ','
    if (end - start === 1) yield* piecesOf(list[start] ?? null)
    else yield JSON.stringify(list.slice(start, end)).slice(1, -1)
    start = end
  }
}
