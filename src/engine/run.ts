// One client request, from admitted bytes to the last byte of the answer: caches around the chain, the chain around the attempts,
// then the record. With the same wire on both sides bodies pass through as bytes; otherwise they are translated.
import type { ChatRequest } from '../core/conversation.ts'
import { GatewayError } from '../core/errors.ts'
import type { Origin } from '../core/routing.ts'
import type { WireFormat } from '../core/wire-format.ts'
import { attemptAcross } from './attempt-across.ts'
import { attemptBytes } from './attempt-bytes.ts'
import { Replayed } from './cache/replayed.ts'
import type { CacheRequest } from './cache/request.ts'
import { type ChainResult, runChain } from './chain.ts'
import { createRequestFacts } from './plan/facts.ts'
import type { Cancellation, EnginePorts, ResponseSink } from './ports.ts'
import { recordOf, recordOfReplayed } from './records.ts'
import { singleValues } from './response-headers.ts'
import { shapeOf } from './shape.ts'
import type { HeaderMap } from './upstream.ts'
import { WaitingSink } from './waiting-sink.ts'

export interface ClientRequest {
  readonly id: string
  readonly wire: WireFormat
  readonly model: string
  readonly origin: Origin
  /** Undefined when the request was not read that far: the upstream's answer then shows it. */
  readonly stream: boolean | undefined
  /** The same, found out if it must be: reads the body. */
  readonly wantsStream: () => boolean
  /** False for calls that are no chat (counting tokens). */
  readonly isReply: boolean
  /** False where the client's framing has no keep-alive. */
  readonly hasKeepAlive: boolean
  /** The request in canonical form, read when it has to be translated. May throw `invalid_request`. */
  readonly canonical: () => ChatRequest
  /**
   * Whether bytes passed untouched would be refused, so that even the same wire is translated: the conversation carries what
   * another vendor signed, or the body names no model.
   */
  readonly isMixed: () => boolean
  /** Whether the client asked to be told what a translation had to drop. */
  readonly debug: boolean
  readonly bytes: Buffer
  /** The body with the upstream's name of the model in it; each result is valid until the next call. */
  readonly bodyFor: (model: string) => Buffer
  /** Path below the account's base URL for an upstream model id. */
  readonly upstreamPath: (model: string) => string
  /** Query for the upstream, with its `?`, or empty. */
  readonly upstreamQuery: string
  readonly headers: HeaderMap
  readonly client: string
  /** Epoch milliseconds. */
  readonly receivedAt: number
}

/** Why this very request was refused, for a client that has been told 200 already. */
interface Refusal {
  error: GatewayError | undefined
}

/** Answers the request into the sink and records it. Rejects only when nothing was sent: the caller then tells the failure. */
export async function runRequest(
  ports: EnginePorts,
  request: ClientRequest,
  sink: ResponseSink,
  signal: Cancellation,
): Promise<void> {
  const refusal: Refusal = { error: undefined }
  const outcome = await ports.caches.around(
    request.headers,
    () => cacheRequestOf(ports, request),
    withKeepAlive(ports, request, sink, refusal),
    signal,
    (inner, whileAnyone) => serve(ports, request, inner, whileAnyone, refusal),
  )
  const { id, model, origin, client, receivedAt } = request
  const stream = request.stream ?? false
  const facts = { id, wire: request.wire.id, model, origin, stream, client, receivedAt, now: ports.now() }
  if (outcome instanceof Replayed) ports.record(recordOfReplayed(facts, outcome))
  else ports.record(recordOf(facts, outcome))
}

async function serve(
  ports: EnginePorts,
  request: ClientRequest,
  sink: ResponseSink,
  signal: Cancellation,
  refusal: Refusal,
): Promise<ChainResult> {
  const result = await runChain({
    ports,
    requestId: request.id,
    model: request.model,
    origin: request.origin,
    wire: request.wire.id,
    facts: createRequestFacts({
      wire: request.wire.id,
      headers: request.headers,
      bytes: () => request.bytes,
      canonical: request.canonical,
    }),
    signal,
    receivedAt: request.receivedAt,
    attempt(candidate, attempts, resolution) {
      const call = { request, candidate, attempts, sink, signal }
      const shape = request.isReply
        ? shapeOf({
            settings: ports.settings(),
            origin: request.origin,
            publicId: candidate.target.publicId,
            suffix: resolution.reasoning,
            overrides: candidate.overrides,
          })
        : undefined
      return candidate.wire === request.wire.id && shape === undefined && !request.isMixed()
        ? attemptBytes(ports, call)
        : attemptAcross(ports, call, shape)
    },
  })
  if (result.error && !result.told) {
    refusal.error = result.error
    refuse(request, result, result.error, sink)
  }
  return result
}

/** Streaming clients give up after a minute of silence; whoever waits for a whole body can't be told anything before it. */
function withKeepAlive(ports: EnginePorts, request: ClientRequest, sink: ResponseSink, refusal: Refusal): ResponseSink {
  const { keepAliveMs } = ports.settings().timeouts
  if (keepAliveMs === 0 || request.stream === false || !request.isReply || !request.hasKeepAlive) return sink
  const { wire, id } = request
  return new WaitingSink(ports.waitingRoom, sink, {
    keepAlive: wire.keepAlive,
    everyMs: keepAliveMs,
    requestId: id,
    wantsStream: request.wantsStream,
    lastWords: (status, headers, body) =>
      wire.writeStreamError(refusal.error ?? refusalIn(wire, status, headers, body, ports.now()), id),
  })
}

/** The refusal of a shared call, from what its client was sent: the cause without the next step, which is added anew. */
function refusalIn(
  wire: WireFormat,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
  now: number,
): GatewayError {
  const { code, message, retryAfterMs, nextStep } = wire.readError(status, singleValues(headers), body, now)
  const cause = message
    .replace(/^The upstream answered: /, '')
    .replace(nextStep, '')
    .trim()
  return new GatewayError(code, cause, { status, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) })
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

/** Asked for only when a cache is on or the client sent an `Idempotency-Key`. */
function cacheRequestOf(ports: EnginePorts, request: ClientRequest): CacheRequest {
  const { wire, id, model, origin, headers } = request
  const settings = ports.settings()
  return {
    id,
    wire: wire.id,
    isReply: request.isReply,
    operation: `${request.upstreamPath('model')}${request.upstreamQuery}`,
    modelAsked: model,
    resolved: meaningOf(ports, model, origin),
    shaping: [settings.systemPrompt, settings.reasoning],
    headers,
    keyId: origin.keyId,
    workspace: origin.workspace,
    body: request.bodyFor(model),
    lastWords: (error) => (request.stream === false ? '' : wire.writeStreamError(error, id)),
  }
}

/** What a name stands for now, as text. An unknown one is refused by the chain. */
export function meaningOf(ports: Pick<EnginePorts, 'catalogue'>, model: string, origin: Origin): string {
  try {
    const { root, reasoning } = ports.catalogue().find(model, origin)
    return JSON.stringify([root, reasoning], (name, value: unknown) => (name === 'targets' ? undefined : value))
  } catch {
    return ''
  }
}
