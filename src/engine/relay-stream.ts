// Relays a stream between two ends of the same wire: bytes go through untouched apart from the model's name. Holds everything
// back until the upstream has shown a meaningful event; from then on the request is committed to this target.
import { GatewayError } from '../core/errors.ts'
import { isJsonObject } from '../core/json.ts'
import type { Usage } from '../core/usage.ts'
import type { AnswerContext, WireFormat } from '../core/wire-format.ts'
import { parseEvents, parseObject } from './events.ts'
import { createEventFraming } from './framing.ts'
import { createModelRename } from './model-name.ts'
import type { ResponseSink } from './ports.ts'
import { contentTypeOf, theirTime } from './response-headers.ts'
import { isChosenSilence } from './silence.ts'
import { createStreamTap } from './tap.ts'
import type { Flow, HeaderMap, Relay } from './upstream.ts'

export interface StreamRelayOptions {
  readonly wire: WireFormat
  readonly sink: ResponseSink
  readonly modelAsked: string
  readonly requestId: string
  /** Headers of the answer, given the upstream's. */
  readonly headers: (upstream: HeaderMap) => Record<string, string>
  readonly now: () => number
  /** Whether nothing may be an answer to this request; asked only when nothing came. */
  readonly mayBeSilent: () => boolean
  /** Takes out what was only added for us. */
  readonly takeOut?: ((events: string) => string) | undefined
  /** Told what the vendor keeps of the answer. */
  readonly onKept: (ids: readonly string[]) => void
}

export interface StreamRelay extends Relay {
  firstByteAt(): number | undefined
  usage(): Usage
  /** Ends the client's stream with a failure in its own dialect, after the commit. */
  breakOff(error: GatewayError): void
  /** True when the terminal event has passed, so that a later fault of the connection does no harm. */
  finished(): boolean
}

/** More preamble than this before anything meaningful is not a stream of this wire. */
const preambleLimit = 4 * 1024 * 1024

export function createStreamRelay(options: StreamRelayOptions): StreamRelay {
  const { wire, sink } = options
  const framing = createEventFraming()
  const rename = createModelRename(wire.inspect, options.modelAsked)
  let heldBack: Buffer[] = []
  let heldSize = 0
  let firstByteAt: number | undefined
  let upstreamHeaders: HeaderMap = {}
  let answeredAt = 0
  const context: AnswerContext = {
    theirNow: () => theirTime(upstreamHeaders, answeredAt, options.now()),
    mayBeSilent: options.mayBeSilent,
  }
  const tap = createStreamTap(wire.inspect, context)
  let flow: Flow | undefined
  let ended = false
  /** What came in this turn of the event loop: one write for all of it costs a fraction of one for each. */
  let arrived: Buffer[] = []

  function finish(lastWords?: string): void {
    if (ended) return
    ended = true
    sink.end(lastWords)
  }

  function commit(): void {
    firstByteAt = options.now()
    sink.head(200, {
      ...options.headers(upstreamHeaders),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
    })
    const bytes = heldBack.length === 1 && heldBack[0] ? heldBack[0] : Buffer.concat(heldBack)
    heldBack = []
    write(bytes)
  }

  function write(bytes: Buffer): void {
    const events = bytes.toString('latin1')
    tap.see(events)
    const shown = rename.apply(options.takeOut ? options.takeOut(events) : events)
    if (shown === '' || sink.write(shown) || !flow) return
    flow.pause()
    sink.onDrain(flow.resume)
  }

  /** A stream that ends without a word: an answer only where that was chosen. */
  function isSilentAnswer(): boolean {
    const reader = wire.streamReader()
    const parts = parseEvents(Buffer.concat(heldBack)).flatMap((event) => reader.read(event))
    if (isChosenSilence(wire, [...parts, ...reader.end()], options.mayBeSilent)) return true
    throw new GatewayError('empty_reply', 'The upstream ended the stream without any content.')
  }

  /** Whether the events, held back already, show that the upstream is answering. Throws the failure they hold, if any. */
  function judge(events: Buffer): boolean {
    let meaningful = false
    for (const event of parseEvents(events)) {
      const data = parseObject(event.data)
      if (data) rename.learn(data, event.data)
      if (data && wire.inspect.keptIds) options.onKept(wire.inspect.keptIds(data))
      const verdict = wire.inspect.event(event, context)
      if (verdict instanceof GatewayError) {
        if (!meaningful) throw verdict
        break
      }
      if (verdict === 'terminal') return meaningful || isSilentAnswer()
      if (verdict === 'meaningful') meaningful = true
    }
    return meaningful
  }

  function take(chunk: Buffer): void {
    const events = framing.push(chunk)
    if (framing.overflow()) {
      throw new GatewayError('malformed_reply', 'An event of the stream is larger than any client can take.')
    }
    if (!events) return
    if (firstByteAt !== undefined) {
      write(events)
      return
    }
    heldBack.push(events)
    heldSize += events.length
    if (judge(events)) commit()
    else if (heldSize > preambleLimit) {
      throw new GatewayError('malformed_reply', 'The stream says nothing that this wire format knows.')
    }
  }

  function takeArrived(): void {
    if (arrived.length === 0) return
    const chunk = arrived.length === 1 && arrived[0] ? arrived[0] : Buffer.concat(arrived)
    arrived = []
    take(chunk)
  }

  function takeLater(): void {
    try {
      if (!ended) takeArrived()
    } catch (error) {
      flow?.fail(error)
    }
  }

  return {
    firstByteAt: () => firstByteAt,
    hasBegun: () => firstByteAt !== undefined,
    start(headers, upstreamFlow) {
      upstreamHeaders = headers
      answeredAt = options.now()
      flow = upstreamFlow
      const type = contentTypeOf(headers)
      if (
        type !== '' &&
        type !== 'text/event-stream' &&
        type !== 'application/json' &&
        type !== 'application/x-ndjson'
      ) {
        throw new GatewayError('malformed_reply', `The upstream answered with ${type} instead of an event stream.`)
      }
    },
    data(chunk) {
      if (arrived.push(chunk) === 1) queueMicrotask(takeLater)
    },
    end() {
      takeArrived()
      const rest = framing.rest()
      if (firstByteAt === undefined) {
        if (rest.length > 0) {
          const whole = wholeBodyFailure(wire, Buffer.concat([...heldBack, rest]), context)
          if (whole) throw whole
          heldBack.push(rest, Buffer.from('\n\n'))
          if (judge(rest)) commit()
        }
        if (firstByteAt === undefined && isSilentAnswer()) commit()
      } else {
        const last = lastEvent(wire, rest)
        if (last) write(last)
      }
      const ending = tap.ending()
      if (ending === 'complete') finish()
      else if (ending === 'broken') {
        throw new GatewayError('stream_interrupted', 'The upstream closed the stream before it was complete.')
      } else {
        // The upstream has told the client itself, in the client's own wire.
        finish()
        throw ending
      }
    },
    usage: () => tap.usage(),
    finished: () => firstByteAt !== undefined && tap.ending() === 'complete',
    breakOff: (error) => finish(wire.writeStreamError(error, options.requestId)),
  }
}

/** A last event without its empty line is complete all the same (rule 135) and is given one; half an event is left out. */
function lastEvent(wire: WireFormat, rest: Buffer): Buffer | undefined {
  if (rest.length === 0) return undefined
  // The second half of a last CRLF, cut off from its first.
  if (rest.every((byte) => byte === 0x0a || byte === 0x0d)) return rest
  const events = parseEvents(rest)
  const whole = events.length > 0 && events.every((event) => !(wire.inspect.event(event) instanceof GatewayError))
  return whole ? Buffer.concat([rest, Buffer.from('\n\n')]) : undefined
}

/** A plain JSON body where a stream was asked for: an error hidden in a 200, or a server that cannot stream. */
function wholeBodyFailure(wire: WireFormat, bytes: Buffer, context: AnswerContext): GatewayError | undefined {
  const text = bytes.toString('utf8').trimStart()
  if (!text.startsWith('{')) return undefined
  try {
    const value: unknown = JSON.parse(text)
    if (!isJsonObject(value)) return undefined
    return (
      wire.inspect.bodyFailure(value, context) ??
      new GatewayError('malformed_reply', 'The upstream answered with a whole body instead of a stream.')
    )
  } catch {
    return undefined
  }
}
