// One attempt with the same wire on both sides: bytes go through untouched apart from the model's name and the credential.
import { type GatewayError, toGatewayError } from '../core/errors.ts'
import type { Usage } from '../core/usage.ts'
import { answerHeaders } from './answer-headers.ts'
import type { AttemptResult } from './attempt/result.ts'
import { baseUrlFor, upstreamHeaders } from './compose-request.ts'
import { answerEstimate } from './count.ts'
import { openBrace } from './json-bytes.ts'
import type { Candidate } from './plan/plan.ts'
import type { Cancellation, EnginePorts, ResponseSink } from './ports.ts'
import { type BodyRelay, createBodyRelay } from './relay-body.ts'
import { createEitherRelay, type EitherRelay } from './relay-either.ts'
import { createStreamRelay, type StreamRelay } from './relay-stream.ts'
import { singleValues } from './response-headers.ts'
import type { ClientRequest } from './run.ts'
import { mayBeSilent } from './silence.ts'
import { toTargetModel } from './target-model.ts'
import { callUpstream, type HeaderMap } from './upstream.ts'
import { timeoutsFor } from './watchdog.ts'

/** One call of a client's request. */
export interface ClientAttempt {
  readonly request: ClientRequest
  readonly candidate: Candidate
  /** This call included. */
  readonly attempts: number
  readonly sink: ResponseSink
  readonly signal: Cancellation
}

export async function attemptBytes(ports: EnginePorts, call: ClientAttempt): Promise<AttemptResult> {
  const { request, candidate, attempts, sink, signal } = call
  const { target, wire } = candidate
  let answered: HeaderMap | undefined
  const headers = (upstream: HeaderMap): Record<string, string> => {
    answered = upstream
    ports.breaker.answered(target, wire)
    return answerHeaders(request, target, attempts, upstream)
  }
  const model = target.model.id
  const bytes = request.bodyFor(model)
  const usage = askForUsage(call, bytes)
  const common = {
    wire: request.wire,
    sink,
    modelAsked: request.model,
    requestId: request.id,
    headers,
    now: ports.now,
    mayBeSilent: () => mayBeSilent(request.canonical),
    takeOut: usage?.takeOut,
    onKept: (ids: readonly string[]) => ports.responses.learn(ids, target),
  }
  const whole = (): BodyRelay => createBodyRelay({ ...common, isReply: request.isReply })
  const relay =
    request.stream === undefined
      ? createEitherRelay(() => createStreamRelay(common), whole)
      : request.stream
        ? createStreamRelay(common)
        : whole()
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
      body: usage?.body ?? bytes,
    },
    timeoutsFor(ports.settings(), target.publicId),
    relay,
    signal,
    ports.watchdog,
  )
  const firstByteAt = relay.firstByteAt()
  switch (outcome.kind) {
    case 'refused': {
      const { status, headers, body } = outcome.refusal
      // Many servers of the wire don't count: that is neither a failure nor a sign that the model is missing.
      if (!request.isReply && uncounted.has(status)) return estimateHere(ports, call)
      return {
        kind: 'failed',
        error: request.wire.readError(status, singleValues(headers), body, ports.now()),
        headers,
      }
    }
    case 'aborted':
      return firstByteAt === undefined ? { kind: 'left' } : { kind: 'left', firstByteAt, ...seenBy(relay) }
    case 'ended':
      return { kind: 'served', firstByteAt: firstByteAt ?? ports.now(), ...seenBy(relay), headers: answered }
    case 'failed': {
      if (firstByteAt === undefined) return { kind: 'failed', error: outcome.error }
      return brokenOff(relay, outcome.error, firstByteAt, sink)
    }
  }
}

/**
 * The body with usage asked for, and how that is taken out of the answer. A server at another address than the vendor's may refuse
 * the question, or answer it otherwise.
 */
function askForUsage(
  { request, candidate }: ClientAttempt,
  bytes: Buffer,
): { readonly body: Buffer; readonly takeOut: (events: string) => string } | undefined {
  const { wire, isReply, wantsStream } = request
  if (!wire.usageAsking || !isReply || candidate.target.account.baseUrl !== undefined) return undefined
  const asking = wire.usageAsking(toTargetModel(candidate.target))
  if (!asking || bytes.includes(asking.field) || !wantsStream()) return undefined
  const start = bytes.indexOf(openBrace) + 1
  const body = Buffer.concat([bytes.subarray(0, start), Buffer.from(asking.insert), bytes.subarray(start)])
  return { body, takeOut: asking.takeOut }
}

/** What servers say that know no such path. */
const uncounted = new Set([404, 405, 501])

function estimateHere(ports: EnginePorts, { request, candidate, attempts, sink }: ClientAttempt): AttemptResult {
  try {
    const headers = answerHeaders(request, candidate.target, attempts, {})
    return answerEstimate(ports, { clientWire: request.wire, request: request.canonical(), headers, sink })
  } catch (thrown) {
    return { kind: 'failed', error: toGatewayError(thrown) }
  }
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
