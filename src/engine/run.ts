// One client request, from admitted bytes to the last byte of the answer: resolve and plan, then attempt after attempt, then
// the record. With the same wire on both sides bodies pass through as bytes; otherwise they are translated.
import type { ChatRequest, Warning } from '../core/conversation.ts'
import { type GatewayError, toGatewayError } from '../core/errors.ts'
import type { RequestRecord } from '../core/trace.ts'
import type { Usage } from '../core/usage.ts'
import type { WireFormat } from '../core/wire-format.ts'
import { type AttemptResult, type ChainResult, runChain } from './attempts.ts'
import type { Target } from './catalogue.ts'
import { baseUrlFor, upstreamHeaders } from './compose-request.ts'
import { answerEstimate, countAcross } from './count.ts'
import type { Candidate } from './plan.ts'
import type { Cancellation, EnginePorts, ResponseSink } from './ports.ts'
import { type BodyRelay, createBodyRelay } from './relay-body.ts'
import { createEitherRelay, type EitherRelay } from './relay-either.ts'
import { createStreamRelay, type StreamRelay } from './relay-stream.ts'
import { allowedHeaders, headerText, singleValues } from './response-headers.ts'
import { attemptTranslated } from './translate.ts'
import { callUpstream, type HeaderMap } from './upstream.ts'

export interface ClientRequest {
  readonly id: string
  readonly wire: WireFormat
  readonly model: string
  /** Undefined when the request was not read that far: the upstream's answer then shows it. */
  readonly stream: boolean | undefined
  /** False for calls that are no chat (counting tokens). */
  readonly isReply: boolean
  /** The request in canonical form, read when it has to be translated. May throw `invalid_request`. */
  readonly canonical: () => ChatRequest
  /**
   * Whether the conversation carries what another vendor signed: bytes passed untouched would then be refused, so even the
   * same wire is translated.
   */
  readonly isMixed: () => boolean
  /** Whether the client asked to be told what a translation had to drop. */
  readonly debug: boolean
  /** The body with the upstream's name of the model in it; each result is valid until the next call. */
  readonly bodyFor: (model: string) => Buffer
  /** Path below the account's base URL for an upstream model id. */
  readonly upstreamPath: (model: string) => string
  /** Query for the upstream, with its `?`, or empty. */
  readonly upstreamQuery: string
  readonly headers: HeaderMap
  readonly keyId: string | undefined
  readonly client: string
  /** Epoch milliseconds. */
  readonly receivedAt: number
}

/** Answers the request into the sink and records it. Never rejects. */
export async function runRequest(
  ports: EnginePorts,
  request: ClientRequest,
  sink: ResponseSink,
  signal: Cancellation,
): Promise<void> {
  const result = await runChain({
    ports,
    model: request.model,
    wire: request.wire.id,
    receivedAt: request.receivedAt,
    attempt: (candidate, attempts) =>
      candidate.wire === request.wire.id && !request.isMixed()
        ? attempt(ports, request, candidate, attempts, sink, signal)
        : translate(ports, request, candidate, attempts, sink, signal),
  })
  if (result.error && !result.told) refuse(request, result, result.error, sink)
  ports.record(toRecord(ports, request, result))
}

async function attempt(
  ports: EnginePorts,
  request: ClientRequest,
  { target, wire }: Candidate,
  attempts: number,
  sink: ResponseSink,
  signal: Cancellation,
): Promise<AttemptResult> {
  const headers = (upstream: HeaderMap): Record<string, string> => answerHeaders(request, target, attempts, upstream)
  const common = { wire: request.wire, sink, modelAsked: request.model, requestId: request.id, headers, now: ports.now }
  const whole = (): BodyRelay => createBodyRelay({ ...common, isReply: request.isReply })
  const relay =
    request.stream === undefined
      ? createEitherRelay(() => createStreamRelay(common), whole)
      : request.stream
        ? createStreamRelay(common)
        : whole()
  const model = target.model.id
  const base = baseUrlFor(target, wire)
  const outcome = await callUpstream(
    ports.dispatcher(target.account),
    {
      origin: base.origin,
      path: base.path + request.upstreamPath(model) + request.upstreamQuery,
      headers: upstreamHeaders({
        provider: target.provider,
        accountHeaders: target.account.headers,
        credential: ports.credential(target.account.id),
        wire,
        clientHeaders: request.headers,
        userAgent: ports.userAgent,
        stream: request.stream,
      }),
      body: request.bodyFor(model),
    },
    ports.timeouts,
    relay,
    signal,
  )
  const firstByteAt = relay.firstByteAt()
  switch (outcome.kind) {
    case 'refused': {
      const { status, headers, body } = outcome.refusal
      // Many servers of the wire don't count: that is neither a failure nor a sign that the model is missing.
      if (!request.isReply && uncounted.has(status)) return estimateHere(ports, request, target, attempts, sink)
      return { kind: 'failed', error: request.wire.readError(status, singleValues(headers), body) }
    }
    case 'aborted':
      return firstByteAt === undefined ? { kind: 'left' } : { kind: 'left', firstByteAt, ...seenBy(relay) }
    case 'ended':
      return { kind: 'served', firstByteAt: firstByteAt ?? ports.now(), ...seenBy(relay) }
    case 'failed': {
      if (firstByteAt === undefined) return { kind: 'failed', error: outcome.error }
      return brokenOff(relay, outcome.error, firstByteAt, sink)
    }
  }
}

/** Between two wires. */
async function translate(
  ports: EnginePorts,
  request: ClientRequest,
  { target, wire }: Candidate,
  attempts: number,
  sink: ResponseSink,
  signal: Cancellation,
): Promise<AttemptResult> {
  let canonical: ChatRequest
  try {
    canonical = request.canonical()
  } catch (thrown) {
    return { kind: 'failed', error: toGatewayError(thrown) }
  }
  if (!request.isReply) {
    const call = {
      clientWire: request.wire,
      request: canonical,
      headers: answerHeaders(request, target, attempts, {}),
      sink,
    }
    return countAcross(ports, call, target, ports.wireOf(wire), signal)
  }
  return attemptTranslated(ports, {
    clientWire: request.wire,
    upstreamWire: ports.wireOf(wire),
    request: canonical,
    target,
    requestId: request.id,
    sink,
    headers: (upstream, warnings) => ({
      ...answerHeaders(request, target, attempts, upstream),
      ...(request.debug && warnings.length > 0 ? { 'x-omniroute-warnings': warningText(warnings) } : {}),
    }),
    signal,
  })
}

/** What servers say that know no such path. */
const uncounted = new Set([404, 405, 501])

function estimateHere(
  ports: EnginePorts,
  request: ClientRequest,
  target: Target,
  attempts: number,
  sink: ResponseSink,
): AttemptResult {
  try {
    const headers = answerHeaders(request, target, attempts, {})
    return answerEstimate(ports, { clientWire: request.wire, request: request.canonical(), headers, sink })
  } catch (thrown) {
    return { kind: 'failed', error: toGatewayError(thrown) }
  }
}

function answerHeaders(
  request: ClientRequest,
  target: Target,
  attempts: number,
  upstream: HeaderMap,
): Record<string, string> {
  return {
    ...allowedHeaders(upstream),
    'x-omniroute-request-id': request.id,
    'x-omniroute-target': headerText(target.publicId),
    'x-omniroute-attempts': String(attempts),
  }
}

/** Kinds and subjects only: what was in them is not for a header. */
function warningText(warnings: readonly Warning[]): string {
  const text = warnings.map(({ kind, subject }) => `${kind}: ${subject}`).join('; ')
  return headerText(text.slice(0, 2_000))
}

function seenBy(relay: BodyRelay | StreamRelay | EitherRelay): { usage: Usage; streamed: boolean } {
  return { usage: relay.usage(), streamed: asStream(relay) !== undefined }
}

function asStream(relay: BodyRelay | StreamRelay | EitherRelay): StreamRelay | undefined {
  const working = isEither(relay) ? relay.chosen() : relay
  return working && isStreamRelay(working) ? working : undefined
}

function isEither(relay: BodyRelay | StreamRelay | EitherRelay): relay is EitherRelay {
  return 'chosen' in relay
}

function isStreamRelay(relay: BodyRelay | StreamRelay): relay is StreamRelay {
  return 'breakOff' in relay
}

/** A failure after the commit: an in-band error, unless the answer was already complete when the connection broke. */
function brokenOff(
  relay: BodyRelay | StreamRelay | EitherRelay,
  error: GatewayError,
  firstByteAt: number,
  sink: ResponseSink,
): AttemptResult {
  const seen = { firstByteAt, ...seenBy(relay) }
  const stream = asStream(relay)
  if (!stream || stream.finished()) {
    sink.end()
    return { kind: 'served', ...seen }
  }
  stream.breakOff(error)
  return { kind: 'broken', error, ...seen }
}

function refuse(request: ClientRequest, result: ChainResult, error: GatewayError, sink: ResponseSink): void {
  if (sink.closed) return
  const { status, body } = request.wire.writeError(error, request.id)
  const text = JSON.stringify(body)
  const headers: Record<string, string> = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(text)),
    'x-omniroute-request-id': request.id,
    'x-omniroute-attempts': String(result.attempts),
  }
  if (error.retryAfterMs !== undefined) headers['retry-after'] = String(Math.ceil(error.retryAfterMs / 1000))
  sink.head(status, headers)
  sink.end(text)
}

function toRecord(ports: EnginePorts, request: ClientRequest, result: ChainResult): RequestRecord {
  const { served, error, firstByteAt } = result
  return {
    id: request.id,
    at: request.receivedAt,
    ...(request.keyId === undefined ? {} : { keyId: request.keyId }),
    client: request.client,
    wire: request.wire.id,
    modelAsked: request.model,
    ...(served ? { modelServed: served.publicId, accountId: served.account.id } : {}),
    stream: result.streamed ?? request.stream ?? false,
    status: error ? error.status : 200,
    ...(error ? { code: error.code, message: error.message } : {}),
    usage: result.usage,
    ...(firstByteAt === undefined ? {} : { firstByteMs: firstByteAt - request.receivedAt }),
    totalMs: ports.now() - request.receivedAt,
    trace: result.trace,
    warnings: result.warnings,
  }
}

/** The failure of a request that never got as far as `runRequest`, for the log. */
export function refusedRecord(
  request: Pick<ClientRequest, 'id' | 'client' | 'receivedAt'> & {
    wire: RequestRecord['wire']
    model?: string
    keyId?: string
  },
  thrown: unknown,
  now: number,
): RequestRecord {
  const error = toGatewayError(thrown)
  return {
    id: request.id,
    at: request.receivedAt,
    ...(request.keyId === undefined ? {} : { keyId: request.keyId }),
    client: request.client,
    wire: request.wire,
    modelAsked: request.model ?? '',
    stream: false,
    status: error.status,
    code: error.code,
    message: error.message,
    usage: { input: null, cacheRead: null, cacheWrite: null, output: null, reasoning: null },
    totalMs: now - request.receivedAt,
    trace: [],
    warnings: [],
  }
}
