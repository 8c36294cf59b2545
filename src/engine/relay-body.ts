// Relays a whole body between two ends of the same wire: it is looked at for hidden failures, then sent on as the bytes it
// came in, apart from the model's name.
import { GatewayError } from '../core/errors.ts'
import { isJsonObject, type JsonObject } from '../core/json.ts'
import { type Usage, unknownUsage } from '../core/usage.ts'
import type { WireFormat } from '../core/wire-format.ts'
import { findTopLevel, splice } from './body-scan.ts'
import type { ResponseSink } from './ports.ts'
import { contentTypeOf, theirTime } from './response-headers.ts'
import type { HeaderMap, Relay } from './upstream.ts'

export interface BodyRelayOptions {
  readonly wire: WireFormat
  readonly sink: ResponseSink
  readonly modelAsked: string
  readonly headers: (upstream: HeaderMap) => Record<string, string>
  readonly now: () => number
  /** False for bodies that are no chat reply (token counts): only their being JSON is checked. */
  readonly isReply: boolean
  /** Whether nothing may be an answer to this request; asked only when nothing came. */
  readonly mayBeSilent: () => boolean
  /** Told what the vendor keeps of the answer. */
  readonly onKept: (ids: readonly string[]) => void
}

export interface BodyRelay extends Relay {
  firstByteAt(): number | undefined
  usage(): Usage
}

/** A reply larger than this is no text any more; it would only fill the memory. */
const largestBody = 256 * 1024 * 1024

export function createBodyRelay(options: BodyRelayOptions): BodyRelay {
  const { wire, sink } = options
  const chunks: Buffer[] = []
  let size = 0
  let begun = false
  let usage = unknownUsage
  let firstByteAt: number | undefined
  let upstreamHeaders: HeaderMap = {}
  let answeredAt = 0
  const theirNow = (): number => theirTime(upstreamHeaders, answeredAt, options.now())

  return {
    firstByteAt: () => firstByteAt,
    hasBegun: () => begun,
    start(headers) {
      upstreamHeaders = headers
      answeredAt = options.now()
    },
    data(chunk) {
      size += chunk.length
      if (size > largestBody)
        throw new GatewayError('malformed_reply', 'The answer of the upstream is larger than 256 MB.')
      // Blank lines ahead of a body only keep the line warm.
      begun ||= hasInk(chunk)
      chunks.push(chunk)
    },
    end() {
      const body = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
      const reply = parseReply(body, contentTypeOf(upstreamHeaders))
      if (options.isReply) {
        const failure = wire.inspect.bodyFailure(reply, { mayBeSilent: options.mayBeSilent, theirNow })
        if (failure) throw failure
        usage = wire.inspect.usage(reply) ?? unknownUsage
        if (wire.inspect.keptIds) options.onKept(wire.inspect.keptIds(reply))
      }
      const named = wire.inspect.model(reply)
      const bytes =
        named === undefined || named === options.modelAsked ? body : renamed(body, wire, named, options.modelAsked)
      firstByteAt = options.now()
      const head = options.headers(upstreamHeaders)
      head['content-type'] = 'application/json; charset=utf-8'
      head['content-length'] = String(bytes.length)
      sink.head(200, head)
      sink.end(bytes)
    },
    usage: () => usage,
  }
}

/** Whether there is anything but white space in it. */
export function hasInk(chunk: Buffer): boolean {
  for (let at = 0; at < chunk.length; at++) if ((chunk[at] ?? 0) > 0x20) return true
  return false
}

/** The body with the asked-for name in the place of the upstream's, found by a byte search where only one place is possible. */
function renamed(body: Buffer, wire: WireFormat, named: string, asked: string): Buffer {
  const value = JSON.stringify(named)
  const find = Buffer.from(`"${wire.inspect.modelKey}":${value}`)
  const at = body.indexOf(find)
  if (at >= 0 && body.indexOf(find, at + 1) < 0) {
    return splice(
      body,
      { start: at + find.length - Buffer.byteLength(value), end: at + find.length },
      JSON.stringify(asked),
    )
  }
  const span = findTopLevel(body, wire.inspect.modelKey)
  return span ? splice(body, span, JSON.stringify(asked)) : body
}

function parseReply(body: Buffer, contentType: string): JsonObject {
  if (body.length === 0) throw new GatewayError('empty_reply', 'The upstream answered with an empty body.')
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    if (isJsonObject(value)) return value
  } catch {
    // Told below in words: what the parser says of half a document helps nobody.
  }
  const what = contentType === 'text/html' ? 'a web page' : 'something that is no JSON object'
  throw new GatewayError('malformed_reply', `The upstream answered with ${what}.`)
}
