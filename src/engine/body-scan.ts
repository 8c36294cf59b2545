// Finds the few top-level fields of a JSON request that routing needs, without parsing the rest: on the same-wire path a
// 200 KB conversation is forwarded as the bytes it came in. Anything the scan doubts is settled by JSON.parse.
import { GatewayError } from '../core/errors.ts'

/** Byte range of a value in the body, `end` exclusive. */
export interface Span {
  readonly start: number
  readonly end: number
}

export interface BodyScan {
  readonly model: string | undefined
  /** Where the model's JSON string stands, quotes included; absent when there is no model. */
  readonly modelSpan: Span | undefined
  /** Undefined when it may stand behind a large part that was not looked at. */
  readonly stream: boolean | undefined
}

const quote = 0x22
const backslash = 0x5c
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d
const comma = 0x2c
const colon = 0x3a

/** With this many bytes still to come and the model known, the rest is left unread. */
const largeRest = 8 * 1024

const requestFields = ['model', 'stream'] as const

/** How far a string is read byte by byte before a native search is tried. */
const nearby = 256

/**
 * Reads `model` and `stream` of a JSON object. In a large body reading stops once the model is known: whether a stream was
 * asked for, the upstream's answer shows as well, and a rest that is broken is the upstream's to refuse. Throws
 * `GatewayError('invalid_request')` when the body is no JSON object, a field has the wrong type, or `model` is seen twice.
 */
export function scanBody(body: Buffer): BodyScan {
  let model: Span | undefined
  let stream: Span | undefined
  let stopped = false
  const whole = walkTopLevel(
    body,
    requestFields,
    (key, value) => {
      if (key === 'model') {
        if (model)
          throw new GatewayError('invalid_request', 'The field "model" is given twice.', { parameter: 'model' })
        model = value
      } else if (key === 'stream') stream = value
    },
    () => {
      stopped = model !== undefined && endsAsObject(body)
      return stopped
    },
  )
  if (!whole) throw malformed(body)
  return {
    model: model && readString(body, model, 'model'),
    modelSpan: model,
    stream: stream ? readBoolean(body, stream) : stopped ? undefined : false,
  }
}

/** The whole body as JSON. Throws `GatewayError('invalid_request')` with the place of the fault. */
export function parseBody(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8', startOfText(body)))
  } catch {
    throw malformed(body)
  }
}

/** The byte range of a top-level field's value in a JSON object, or undefined when it has none. */
export function findTopLevel(body: Buffer, field: string): Span | undefined {
  let found: Span | undefined
  const whole = walkTopLevel(body, [field], (_, value) => {
    found = value
  })
  return whole ? found : undefined
}

/** The body with one byte range replaced. */
export function splice(body: Buffer, span: Span, replacement: string): Buffer {
  return Buffer.concat([body.subarray(0, span.start), Buffer.from(replacement), body.subarray(span.end)])
}

/**
 * Calls `visit` for each wanted top-level field; false when the body is not one JSON object as far as the walk can tell.
 * Before a value that begins a large rest, `mayStop` may end the walk.
 */
function walkTopLevel(
  body: Buffer,
  wanted: readonly string[],
  visit: (key: string, value: Span) => void,
  mayStop?: () => boolean,
): boolean {
  const length = body.length
  let at = skipSpace(body, startOfText(body))
  if (body[at] !== openBrace) return false
  at = skipSpace(body, at + 1)
  if (body[at] === closeBrace) return skipSpace(body, at + 1) === length
  for (;;) {
    if (body[at] !== quote) return false
    const keyEnd = skipString(body, at)
    if (keyEnd < 0) return false
    const key = nameAt(body, at + 1, keyEnd - 1, wanted)
    at = skipSpace(body, keyEnd)
    if (body[at] !== colon) return false
    at = skipSpace(body, at + 1)
    if (key === undefined && length - at > largeRest && mayStop?.()) return true
    const end = skipValue(body, at)
    if (end <= at) return false
    if (key !== undefined) visit(key, { start: at, end })
    at = skipSpace(body, end)
    if (body[at] === comma) at = skipSpace(body, at + 1)
    else if (body[at] === closeBrace) return skipSpace(body, at + 1) === length
    else return false
  }
}

/** A body that was cut off on its way is noticed even when its rest is not read. */
function endsAsObject(body: Buffer): boolean {
  let last = body.length - 1
  while (last > 0 && (body[last] ?? 0) <= 0x20) last--
  return body[last] === closeBrace
}

/** Which of the wanted names stands there; most fields are none of them, and making strings of all would cost more than the walk. */
function nameAt(body: Buffer, start: number, end: number, wanted: readonly string[]): string | undefined {
  return wanted.find((name) => {
    if (name.length !== end - start) return false
    for (let index = 0; index < name.length; index++) if (body[start + index] !== name.charCodeAt(index)) return false
    return true
  })
}

/** Past a UTF-8 byte order mark, which some Windows tools send. */
function startOfText(body: Buffer): number {
  return body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0
}

function skipSpace(body: Buffer, from: number): number {
  let at = from
  for (; at < body.length; at++) {
    const byte = body[at]
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break
  }
  return at
}

/** The index after the string that starts at `from`, or -1 when it has no end. */
function skipString(body: Buffer, from: number): number {
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
function skipValue(body: Buffer, from: number): number {
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

function readString(body: Buffer, span: Span, field: string): string {
  const value = parseScalar(body, span)
  if (typeof value === 'string' && value !== '') return value
  throw new GatewayError('invalid_request', `The field "${field}" must be a non-empty string.`, { parameter: field })
}

function readBoolean(body: Buffer, span: Span): boolean {
  const value = parseScalar(body, span)
  if (typeof value === 'boolean') return value
  if (value === null) return false
  throw new GatewayError('invalid_request', 'The field "stream" must be true or false.', { parameter: 'stream' })
}

function parseScalar(body: Buffer, span: Span): unknown {
  try {
    return JSON.parse(body.toString('utf8', span.start, span.end))
  } catch {
    throw malformed(body)
  }
}

/** The reason in the parser's words; the body itself is not quoted, it may hold anything. */
function malformed(body: Buffer): GatewayError {
  if (body.length === 0) return new GatewayError('invalid_request', 'The request has no body; a JSON object is needed.')
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    const kind = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value
    if (kind !== 'object') {
      return new GatewayError('invalid_request', `The request body must be a JSON object, not ${kind}.`)
    }
    return new GatewayError('invalid_request', 'The request body is not plain JSON text in UTF-8.')
  } catch (error) {
    const place =
      error instanceof Error ? /position \d+( \(line \d+ column \d+\))?/.exec(error.message)?.[0] : undefined
    return new GatewayError(
      'invalid_request',
      `The request body is not valid JSON${place ? `: error at ${place}` : ''}.`,
    )
  }
}
