// Cuts a byte stream of server-sent events at event boundaries, so that whole events can be looked at and changed while the
// bytes between them stay untouched.

const lineFeed = 0x0a
const carriageReturn = 0x0d

/** An event that never ends would grow without bound; no vendor sends one of this size. */
export const largestEvent = 64 * 1024 * 1024

export interface EventFraming {
  /** The bytes up to and including the last complete event, or undefined while none is complete. */
  push(chunk: Buffer): Buffer | undefined
  /** What came after the last complete event. */
  rest(): Buffer
  /** True when the rest has outgrown `largestEvent`. */
  overflow(): boolean
}

/** Cuts after an empty line, whatever the line ends are (LF, CRLF, CR). */
export function createEventFraming(): EventFraming {
  let held: Buffer[] = []
  let heldSize = 0
  return {
    push(chunk) {
      const cut = lastBoundary(chunk, held)
      if (cut < 0) {
        held.push(chunk)
        heldSize += chunk.length
        return undefined
      }
      const head = cut === chunk.length ? chunk : chunk.subarray(0, cut)
      const complete = held.length === 0 ? head : Buffer.concat([...held, head])
      held = cut === chunk.length ? [] : [chunk.subarray(cut)]
      heldSize = chunk.length - cut
      return complete
    },
    rest: () => (held.length === 1 && held[0] ? held[0] : Buffer.concat(held)),
    overflow: () => heldSize > largestEvent,
  }
}

/** Index in `chunk` after its last empty line, which may have begun in the bytes held before; -1 when there is none. */
function lastBoundary(chunk: Buffer, held: readonly Buffer[]): number {
  const length = chunk.length
  if (length >= 2 && chunk[length - 1] === lineFeed && chunk[length - 2] === lineFeed) return length
  const hasCarriageReturns = chunk.includes(carriageReturn)
  let at = length - 1
  while (at >= 0) {
    const feed = chunk.lastIndexOf(lineFeed, at)
    const carriage = hasCarriageReturns ? chunk.lastIndexOf(carriageReturn, at) : -1
    const end = Math.max(feed, carriage)
    if (end < 0) return -1
    if (endsEmptyLine(chunk, held, end)) return end + 1
    at = end - 1
  }
  return -1
}

/** Whether the line end at `end` closes an empty line. A CR directly before an LF belongs to it. */
function endsEmptyLine(chunk: Buffer, held: readonly Buffer[], end: number): boolean {
  const isFeed = chunk[end] === lineFeed
  let before = byteBefore(chunk, held, end)
  if (isFeed && before === carriageReturn) before = byteBefore(chunk, held, end - 1)
  return before === lineFeed || before === carriageReturn
}

/** The byte before index `at` of the chunk, reaching back into what is held. */
function byteBefore(chunk: Buffer, held: readonly Buffer[], at: number): number | undefined {
  let index = at - 1
  if (index >= 0) return chunk[index]
  for (let piece = held.length - 1; piece >= 0; piece--) {
    const bytes = held[piece]
    if (!bytes) continue
    index += bytes.length
    if (index >= 0) return bytes[index]
  }
  return undefined
}
