// Finds the few top-level fields of a JSON request that routing needs, without parsing the rest: on the same-wire path a
// 200 KB conversation is forwarded as the bytes it came in. Anything the scan doubts is settled by JSON.parse.
import { GatewayError } from '../core/errors.ts'
import {
  closeBrace,
  colon,
  comma,
  fieldValue,
  nameAt,
  openBrace,
  quote,
  type Span,
  skipSpace,
  skipSpaceBack,
  skipString,
  skipValue,
  startOfText,
  stringStart,
  valueStart,
} from './json-bytes.ts'
import { parseJsonBytes } from './json-in-pieces.ts'

export interface BodyScan {
  readonly model: string | undefined
  /** Where the model's JSON string stands, quotes included; absent when there is no model. */
  readonly modelSpan: Span | undefined
  /** Undefined when it may stand behind a large part that was not looked at. */
  readonly stream: boolean | undefined
}

/** With this many bytes still to come and the model known, the rest is left unread. */
const largeRest = 8 * 1024

/** How much of a large rest is looked at from the end before all of it is read. */
const tailShare = 0.25

const requestFields = ['model', 'stream'] as const

/**
 * Reads `model` and `stream` of a JSON object. In a large body reading stops once the model is known: whether a stream was
 * asked for, the upstream's answer shows as well, and a rest that is broken is the upstream's to refuse. Many clients name the
 * model last: before a large value is read through, the fields at the end are looked at. Throws
 * `GatewayError('invalid_request')` when the body is no JSON object, a field has the wrong type, or `model` is seen twice.
 */
export function scanBody(body: Buffer): BodyScan {
  let model: Span | undefined
  let stream: Span | undefined
  let triedTail = false
  let stopped = false
  const visit = (key: string, value: Span): void => {
    if (key === 'model') {
      if (model) throw new GatewayError('invalid_request', 'The field "model" is given twice.', { parameter: 'model' })
      model = value
    } else if (key === 'stream' && !(stream && stream.start > value.start)) stream = value
  }
  const whole = walkTopLevel(body, requestFields, visit, (from) => {
    const end = endOfObject(body)
    if (end < 0) return false
    if (!model && !triedTail) {
      triedTail = true
      walkTail(body, from, end, visit)
    }
    stopped = model !== undefined
    return stopped
  })
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
    return parseJsonBytes(body)
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
  mayStop?: (from: number) => boolean,
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
    at = fieldValue(body, keyEnd)
    if (at < 0) return false
    if (key === undefined && length - at > largeRest && mayStop?.(at)) return true
    const end = skipValue(body, at)
    if (end <= at) return false
    if (key !== undefined) visit(key, { start: at, end })
    at = skipSpace(body, end)
    if (body[at] === comma) at = skipSpace(body, at + 1)
    else if (body[at] === closeBrace) return skipSpace(body, at + 1) === length
    else return false
  }
}

/**
 * Calls `visit` for the wanted fields at the end of the object whose brace closes at `end`, last field first, as far back as a part
 * of what comes after `from` and not beyond a value that is larger.
 */
function walkTail(body: Buffer, from: number, end: number, visit: (key: string, value: Span) => void): void {
  const least = end - Math.max(largeRest, Math.floor((end - from) * tailShare))
  let at = skipSpaceBack(body, end)
  for (;;) {
    const start = valueStart(body, at, Math.max(from + 1, least))
    if (start < 0) return
    const keyEnd = fieldEnd(body, start)
    const keyStart = keyEnd < 0 ? -1 : stringStart(body, keyEnd, from)
    if (keyStart < 0) return
    const key = nameAt(body, keyStart + 1, keyEnd - 1, requestFields)
    if (key !== undefined) visit(key, { start, end: at })
    const separator = skipSpaceBack(body, keyStart)
    if (body[separator - 1] !== comma) return
    at = skipSpaceBack(body, separator - 1)
  }
}

/** The index after the name of the field whose value begins at `start`, or -1. */
function fieldEnd(body: Buffer, start: number): number {
  const afterColon = skipSpaceBack(body, start)
  if (body[afterColon - 1] !== colon) return -1
  const end = skipSpaceBack(body, afterColon - 1)
  return body[end - 1] === quote ? end : -1
}

/** Where the last brace stands, or -1: a body that was cut off on its way is noticed even when its rest is not read. */
function endOfObject(body: Buffer): number {
  let last = body.length - 1
  while (last > 0 && (body[last] ?? 0) <= 0x20) last--
  return body[last] === closeBrace ? last : -1
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
