// Reads an upstream's answer into stream parts, whatever form it comes in (events, or a whole body where events were asked for),
// and holds them back until one shows that the upstream is really answering.
import type { Warning } from '../core/conversation.ts'
import { GatewayError } from '../core/errors.ts'
import { isJsonObject } from '../core/json.ts'
import { isMeaningful, type StreamPart } from '../core/stream.ts'
import { mergeUsage, type Usage, unknownUsage } from '../core/usage.ts'
import type { AnswerContext, TargetModel, UpstreamRequest, WireFormat } from '../core/wire-format.ts'
import { createSseParser } from '../wire/sse.ts'
import { unfoldReply } from '../wire/unfold.ts'
import { largestEvent } from './framing.ts'
import { hasInk } from './relay-body.ts'
import { contentTypeOf, theirTime } from './response-headers.ts'
import { isChosenSilence } from './silence.ts'
import type { Flow, HeaderMap, Relay } from './upstream.ts'

export interface PartRelayOptions {
  readonly wire: WireFormat
  readonly target: TargetModel
  readonly written: Pick<UpstreamRequest, 'warnings' | 'toolNames'>
  /** Called once, before the first part, when the request is committed to this target. */
  readonly onCommit?: (headers: HeaderMap, flow: Flow) => void
  readonly onPart: (part: StreamPart) => void
  /** Called after the parts of one turn of the event loop. */
  readonly onTurn?: () => void
  readonly now: () => number
  /** Whether nothing may be an answer to this request; asked only when nothing came. */
  readonly mayBeSilent: () => boolean
}

export interface PartRelay extends Relay {
  firstByteAt(): number | undefined
  usage(): Usage
  warnings(): readonly Warning[]
  /** True when the stream's end has been read, so that a later fault of the connection does no harm. */
  finished(): boolean
}

/** A whole body larger than this is no text any more. */
const largestBody = 256 * 1024 * 1024

export function createPartRelay(options: PartRelayOptions): PartRelay {
  const { wire, target, written, now } = options
  const parser = createSseParser(largestEvent)
  const theirNow = (): number => theirTime(upstreamHeaders, answeredAt, now())
  const context: AnswerContext = { theirNow, mayBeSilent: options.mayBeSilent }
  const reader = wire.streamReader(target, theirNow)
  const warnings: Warning[] = [...written.warnings]
  let heldBack: StreamPart[] = []
  let usage = unknownUsage
  let firstByteAt: number | undefined
  let finished = false
  let wholeBody: Buffer[] | undefined
  let wholeSize = 0
  let begun = false
  let upstreamHeaders: HeaderMap = {}
  let answeredAt = 0
  let flow: Flow | undefined
  /** What came in this turn of the event loop is read together: fewer, larger writes to the client. */
  let arrived: Buffer[] = []

  function take(part: StreamPart): void {
    if (finished) return
    if (part.type === 'error') throw part.error
    if (part.type === 'usage') usage = mergeUsage(usage, part.usage)
    else if (part.type === 'warning') warnings.push(part.warning)
    else if (part.type === 'finish') finished = true
    const named = restoreName(part, written.toolNames)
    if (firstByteAt !== undefined) {
      options.onPart(named)
      return
    }
    heldBack.push(named)
    if (isMeaningful(part)) commit()
  }

  function commit(): void {
    firstByteAt = now()
    if (flow) options.onCommit?.(upstreamHeaders, flow)
    for (const held of heldBack) options.onPart(held)
    heldBack = []
  }

  function readArrived(): void {
    const chunks = arrived
    arrived = []
    for (const chunk of chunks) {
      for (const event of parser.feed(chunk)) for (const part of reader.read(event)) take(part)
    }
    if (firstByteAt !== undefined) options.onTurn?.()
  }

  function readLater(): void {
    try {
      readArrived()
    } catch (error) {
      flow?.fail(error)
    }
  }

  return {
    firstByteAt: () => firstByteAt,
    hasBegun: () => begun || firstByteAt !== undefined,
    start(headers, upstreamFlow) {
      upstreamHeaders = headers
      answeredAt = now()
      flow = upstreamFlow
      const type = contentTypeOf(headers)
      if (type === 'application/json') wholeBody = []
      else if (type !== '' && type !== 'text/event-stream') {
        throw new GatewayError('malformed_reply', `The upstream answered with ${type}.`)
      }
    },
    data(chunk) {
      if (wholeBody) {
        wholeSize += chunk.length
        if (wholeSize > largestBody) {
          throw new GatewayError('malformed_reply', 'The answer of the upstream is larger than 256 MB.')
        }
        begun ||= hasInk(chunk)
        wholeBody.push(chunk)
      } else if (arrived.push(chunk) === 1) queueMicrotask(readLater)
    },
    end() {
      if (wholeBody) {
        for (const part of readWhole(options, Buffer.concat(wholeBody), context)) take(part)
      } else {
        readArrived()
        for (const event of parser.end()) for (const part of reader.read(event)) take(part)
        for (const part of reader.end()) take(part)
      }
      if (firstByteAt === undefined) {
        if (!isChosenSilence(wire, heldBack, options.mayBeSilent)) {
          throw new GatewayError('empty_reply', 'The upstream ended its answer without any content.')
        }
        commit()
      }
      options.onTurn?.()
    },
    usage: () => usage,
    warnings: () => warnings,
    finished: () => finished,
  }
}

function restoreName(part: StreamPart, names: UpstreamRequest['toolNames']): StreamPart {
  if (part.type !== 'tool-input-start' || !names) return part
  const name = names.get(part.name)
  return name === undefined ? part : { ...part, name }
}

/** A whole body as the parts of a stream (rule 4). Throws the failure that it hides (rule 163). */
function readWhole({ wire, target }: PartRelayOptions, bytes: Buffer, context: AnswerContext): StreamPart[] {
  if (bytes.length === 0) throw new GatewayError('empty_reply', 'The upstream answered with an empty body.')
  let body: unknown
  try {
    body = JSON.parse(bytes.toString('utf8'))
  } catch (error) {
    throw new GatewayError('malformed_reply', 'The upstream answered with something that is no JSON.', { cause: error })
  }
  if (!isJsonObject(body))
    throw new GatewayError('malformed_reply', 'The upstream answered with something that is no JSON object.')
  const failure = wire.inspect.bodyFailure(body, context)
  if (failure) throw failure
  return unfoldReply(wire.readReply(body, target))
}
