// One chat in canonical form (from the editor): written for each candidate's own wire, read back as stream parts. The same
// chain, caches, rules of commit and record as for clients over HTTP.
import type { ChatRequest } from '../core/conversation.ts'
import type { Origin } from '../core/routing.ts'
import type { StreamPart } from '../core/stream.ts'
import { withoutEmptyArguments } from '../wire/empty-arguments.ts'
import type { AttemptResult } from './attempt/result.ts'
import { createPartWriter, PartSink, type PartWriter } from './cache/part-lines.ts'
import { Replayed } from './cache/replayed.ts'
import type { CacheRequest } from './cache/request.ts'
import { type ChainResult, runChain } from './chain.ts'
import { baseUrlFor, upstreamHeaders } from './compose-request.ts'
import { createPartRelay } from './part-relay.ts'
import { createRequestFacts } from './plan/facts.ts'
import type { Candidate } from './plan/plan.ts'
import type { Cancellation, EnginePorts, ResponseSink } from './ports.ts'
import { recordOf, recordOfReplayed } from './records.ts'
import { singleValues } from './response-headers.ts'
import { meaningOf } from './run.ts'
import { applyShape, shapeOf, targetFor } from './shape.ts'
import { mayBeSilent } from './silence.ts'
import { toTargetModel } from './target-model.ts'
import { callUpstream, type HeaderMap } from './upstream.ts'
import { timeoutsFor } from './watchdog.ts'
import { writeForUpstream } from './write-upstream.ts'

export interface ChatCall {
  readonly id: string
  readonly request: ChatRequest
  readonly client: string
  readonly origin: Origin
  /** The host's own name of the conversation. */
  readonly conversationId?: string
  readonly receivedAt: number
  readonly onPart: (part: StreamPart) => void
}

/** Runs the chat and records it. Rejects with the failure of the whole chain; resolves quietly when the caller left. */
export async function runChat(ports: EnginePorts, call: ChatCall, signal: Cancellation): Promise<void> {
  const { id, request, client, origin, receivedAt } = call
  const headers: HeaderMap = call.conversationId === undefined ? {} : { 'x-session-id': call.conversationId }
  const outcome = await ports.caches.around(
    headers,
    () => cacheRequestOf(ports, call),
    new PartSink(call.onPart, signal),
    signal,
    (sink, whileAnyone) => serve(ports, call, headers, sink, whileAnyone),
  )
  const facts = {
    id,
    wire: 'editor' as const,
    model: request.model,
    origin,
    stream: true,
    client,
    receivedAt,
    now: ports.now(),
  }
  const isReplayed = outcome instanceof Replayed
  if (isReplayed) ports.record(recordOfReplayed(facts, outcome))
  else ports.record({ ...recordOf(facts, outcome), stream: true })
  const error = isReplayed ? outcome.result?.error : outcome.error
  if (error && error.code !== 'client_left') throw error
}

async function serve(
  ports: EnginePorts,
  call: ChatCall,
  headers: HeaderMap,
  sink: ResponseSink,
  signal: Cancellation,
): Promise<ChainResult> {
  const { request, origin } = call
  const writer = createPartWriter(sink)
  const result = await runChain({
    ports,
    requestId: call.id,
    model: request.model,
    origin,
    wire: undefined,
    facts: createRequestFacts({ wire: undefined, headers, bytes: () => nothing, canonical: () => request }),
    signal,
    receivedAt: call.receivedAt,
    attempt(candidate, _attempts, resolution) {
      const shape = shapeOf({
        settings: ports.settings(),
        origin,
        publicId: candidate.target.publicId,
        suffix: resolution.reasoning,
        overrides: candidate.overrides,
      })
      if (!shape) return attemptChat(ports, request, writer, candidate, signal)
      const shaped = applyShape(request, shape)
      const target = targetFor(candidate.target, shaped, shape, false)
      return attemptChat(ports, shaped, writer, { ...candidate, target }, signal)
    },
  })
  if (!result.error) writer.end()
  return result
}

const nothing = Buffer.alloc(0)

/** Asked for only when a cache is on. The editor's chats share nothing with any key. */
function cacheRequestOf(ports: EnginePorts, { id, request, origin }: ChatCall): CacheRequest {
  const settings = ports.settings()
  return {
    id,
    wire: 'editor',
    isReply: true,
    operation: 'chat',
    modelAsked: request.model,
    resolved: meaningOf(ports, request.model, origin),
    shaping: [settings.systemPrompt, settings.reasoning],
    headers: {},
    keyId: undefined,
    workspace: origin.workspace,
    body: JSON.stringify(request),
    lastWords: () => '',
  }
}

async function attemptChat(
  ports: EnginePorts,
  request: ChatRequest,
  writer: PartWriter,
  { target, wire: wireId }: Candidate,
  signal: Cancellation,
): Promise<AttemptResult> {
  const wire = ports.wireOf(wireId)
  const credential = ports.credential(target.account.id)
  const model = toTargetModel(target)
  const outcomeOfWriting = await writeForUpstream(
    ports,
    wire,
    target.account,
    model,
    { ...request, stream: true },
    signal,
  )
  if (outcomeOfWriting.kind !== 'written') return outcomeOfWriting
  const { written } = outcomeOfWriting
  const watch = ports.reasoning.watch()
  let answered: HeaderMap | undefined
  const relay = createPartRelay({
    wire,
    target: model,
    written,
    now: ports.now,
    mayBeSilent: () => mayBeSilent(() => request),
    onCommit(headers) {
      answered = headers
      ports.breaker.answered(target, wireId)
    },
    onPart: withoutEmptyArguments(written.optionalTexts, (part) => {
      watch(part)
      writer.part(part)
    }),
  })
  const base = baseUrlFor(target, wireId)
  const headers = upstreamHeaders({
    provider: target.provider,
    accountHeaders: target.account.headers,
    credential,
    wire: wireId,
    clientHeaders: {},
    userAgent: ports.userAgent,
    stream: true,
  })
  const outcome = await callUpstream(
    ports.dispatcher(target.account),
    {
      origin: base.origin,
      path: base.path + written.path,
      headers: { ...headers, ...written.headers },
      body: JSON.stringify(written.body),
    },
    timeoutsFor(ports.settings(), target.publicId),
    relay,
    signal,
    ports.watchdog,
  )
  const firstByteAt = relay.firstByteAt()
  const seen = { usage: relay.usage(), warnings: relay.warnings(), headers: answered }
  switch (outcome.kind) {
    case 'refused': {
      const { status, headers, body } = outcome.refusal
      return { kind: 'failed', error: wire.readError(status, singleValues(headers), body, ports.now()), headers }
    }
    case 'aborted':
      return firstByteAt === undefined ? { kind: 'left' } : { kind: 'left', firstByteAt, ...seen }
    case 'ended':
      return { kind: 'served', firstByteAt: firstByteAt ?? ports.now(), ...seen }
    case 'failed':
      if (firstByteAt === undefined) return { kind: 'failed', error: outcome.error }
      if (relay.finished()) return { kind: 'served', firstByteAt, ...seen }
      return { kind: 'broken', error: outcome.error, firstByteAt, ...seen }
  }
}
