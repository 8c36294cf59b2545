// Where things begin and end in the bytes of a JSON text, forwards and backwards, without reading what they say. Exact for valid
// JSON; a text that is broken is broken at some place, and that need not be noticed here.

/** Byte range of a value in the body, `end` exclusive. */
export interface Span {
  readonly start: number
  readonly end: number
}

export const quote = 0x22
const backslash = 0x5c
export const openBrace = 0x7b
export const closeBrace = 0x7d
export const openBracket = 0x5b
const closeBracket = 0x5d
export const comma = 0x2c
export const colon = 0x3a

/** How far a string is read byte by byte before a native search is tried. */
const nearby = 256

/** Which of the wanted names stands there; most fields are none of them, and making strings of all would cost more than the walk. */
export function nameAt(body: Buffer, start: number, end: number, wanted: readonly string[]): string | undefined {
  for (const name of wanted) if (isName(body, start, end, name)) return name
  return undefined
}

function isName(body: Buffer, start: number, end: number, name: string): boolean {
  if (name.length === end - start) {
    for (let index = 0; index < name.length; index++) if (body[start + index] !== name.charCodeAt(index)) return false
    return true
  }
  // Longer, it is the same name only where some of its letters are written as escapes, of six bytes each.
  if (end - start < name.length || end - start > 6 * name.length || !body.subarray(start, end).includes(backslash))
    return false
  try {
    return JSON.parse(body.toString('utf8', start - 1, end + 1)) === name
  } catch {
    return false
  }
}

/** Where the value of a field begins whose name ends before `nameEnd`, or -1 when no colon stands between them. */
export function fieldValue(body: Buffer, nameEnd: number): number {
  const at = skipSpace(body, nameEnd)
  return body[at] === colon ? skipSpace(body, at + 1) : -1
}

/** Past a UTF-8 byte order mark, which some Windows tools send. */
export function startOfText(body: Buffer): number {
  return body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0
}

export function skipSpace(body: Buffer, from: number): number {
  let at = from
  for (; at < body.length; at++) {
    const byte = body[at]
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break
  }
  return at
}

/** The index after the string that starts at `from`, or -1 when it has no end. */
export function skipString(body: Buffer, from: number): number {
  const { length } = body
  let at = from + 1
  for (;;) {
    // Byte by byte for a while: most strings are short, and in texts full of escaped quotes a native search gains nothing.
    const near = Math.min(length, at + nearby)
    while (at < near) {
      const byte = body[at]
      if (byte === quote) return at + 1
      at += byte === backslash ? 2 : 1
    }
    if (at >= length) return -1
    // Then one native search, which pays off in long plain text.
    const end = body.indexOf(quote, at)
    if (end < 0) return -1
    let slashes = 0
    while (end - 1 - slashes >= at && body[end - 1 - slashes] === backslash) slashes++
    if (slashes % 2 === 0) return end + 1
    at = end + 1
  }
}

/** The index after the value that starts at `from`, or -1. Scalars are only delimited, not judged. */
export function skipValue(body: Buffer, from: number): number {
  const first = body[from]
  if (first === quote) return skipString(body, from)
  if (first === openBrace || first === openBracket) return skipContainer(body, from)
  let at = from
  while (at < body.length) {
    const byte = body[at]
    if (byte === comma || byte === closeBrace || byte === closeBracket || byte === undefined || byte <= 0x20) break
    at++
  }
  return at
}

function skipContainer(body: Buffer, from: number): number {
  let depth = 0
  let at = from
  while (at < body.length) {
    const byte = body[at]
    if (byte === quote) {
      at = skipString(body, at)
      if (at < 0) return -1
      continue
    }
    if (byte === openBrace || byte === openBracket) depth++
    else if (byte === closeBrace || byte === closeBracket) {
      depth--
      if (depth === 0) return at + 1
    }
    at++
  }
  return -1
}

/** The index after the last byte before `end` that is no white space. */
export function skipSpaceBack(body: Buffer, end: number): number {
  let at = end
  for (; at > 0; at--) {
    const byte = body[at - 1]
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break
  }
  return at
}

/**
 * Where the string begins that ends before `end`, or -1 when that is before `least`. A backslash stands nowhere but in strings, so
 * that each quote shows by itself whether it delimits one.
 */
export function stringStart(body: Buffer, end: number, least: number): number {
  let at = end - 2
  while (at >= least) {
    if (body[at] !== quote) {
      at--
      continue
    }
    let slashes = 0
    while (body[at - 1 - slashes] === backslash) slashes++
    if (slashes % 2 === 0) return at
    at -= slashes + 1
  }
  return -1
}

/** Where the value begins that ends before `end`, or -1 when that is before `least`. */
export function valueStart(body: Buffer, end: number, least: number): number {
  const last = body[end - 1]
  if (last === quote) return stringStart(body, end, least)
  if (last === closeBrace || last === closeBracket) return containerStart(body, end, least)
  let at = end
  while (at > least) {
    const byte = body[at - 1]
    if (byte === colon || byte === comma || byte === openBrace || byte === undefined || byte <= 0x20) return at
    at--
  }
  return -1
}

function containerStart(body: Buffer, end: number, least: number): number {
  let depth = 0
  let at = end - 1
  while (at >= least) {
    const byte = body[at]
    if (byte === quote) {
      at = stringStart(body, at + 1, least)
      if (at < 0) return -1
    } else if (byte === closeBrace || byte === closeBracket) depth++
    else if (byte === openBrace || byte === openBracket) {
      depth--
      if (depth === 0) return at
    }
    at--
  }
  return -1
}
