// One chat in canonical form (from the editor): written for each candidate's own wire, read back as stream parts. The same
// chain, rules of commit and record as for clients over HTTP.
import type { ChatRequest } from '../core/conversation.ts'
import type { StreamPart } from '../core/stream.ts'
import type { RequestRecord } from '../core/trace.ts'
import { withoutEmptyArguments } from '../wire/empty-arguments.ts'
import { type AttemptResult, runChain } from './attempts.ts'
import { baseUrlFor, upstreamHeaders } from './compose-request.ts'
import { createPartRelay } from './part-relay.ts'
import type { Candidate } from './plan.ts'
import type { Cancellation, EnginePorts } from './ports.ts'
import { singleValues } from './response-headers.ts'
import { toTargetModel } from './target-model.ts'
import { callUpstream } from './upstream.ts'
import { writeForUpstream } from './write-upstream.ts'

export interface ChatCall {
  readonly id: string
  readonly request: ChatRequest
  readonly client: string
  readonly receivedAt: number
  readonly onPart: (part: StreamPart) => void
}

/** Runs the chat and records it. Rejects with the failure of the whole chain; resolves quietly when the caller left. */
export async function runChat(ports: EnginePorts, call: ChatCall, signal: Cancellation): Promise<void> {
  const { request, receivedAt } = call
  const result = await runChain({
    ports,
    model: request.model,
    wire: undefined,
    receivedAt,
    attempt: (candidate) => attemptChat(ports, call, candidate, signal),
  })
  const { served, error, firstByteAt } = result
  const record: RequestRecord = {
    id: call.id,
    at: receivedAt,
    client: call.client,
    wire: 'editor',
    modelAsked: request.model,
    ...(served ? { modelServed: served.publicId, accountId: served.account.id } : {}),
    stream: true,
    status: error ? error.status : 200,
    ...(error ? { code: error.code, message: error.message } : {}),
    usage: result.usage,
    ...(firstByteAt === undefined ? {} : { firstByteMs: firstByteAt - receivedAt }),
    totalMs: ports.now() - receivedAt,
    trace: result.trace,
    warnings: result.warnings,
  }
  ports.record(record)
  if (error && error.code !== 'client_left') throw error
}

async function attemptChat(
  ports: EnginePorts,
  call: ChatCall,
  { target, wire: wireId }: Candidate,
  signal: Cancellation,
): Promise<AttemptResult> {
  const wire = ports.wireOf(wireId)
  const credential = ports.credential(target.account.id)
  const model = toTargetModel(target)
  const outcomeOfWriting = await writeForUpstream(ports, wire, model, { ...call.request, stream: true }, signal)
  if (outcomeOfWriting.kind !== 'written') return outcomeOfWriting
  const { written } = outcomeOfWriting
  const watch = ports.reasoning.watch()
  const relay = createPartRelay({
    wire,
    target: model,
    written,
    now: ports.now,
    onPart: withoutEmptyArguments(written.optionalTexts, (part) => {
      watch(part)
      call.onPart(part)
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
    ports.timeouts,
    relay,
    signal,
  )
  const firstByteAt = relay.firstByteAt()
  const seen = { usage: relay.usage(), warnings: relay.warnings() }
  switch (outcome.kind) {
    case 'refused': {
      const { status, headers, body } = outcome.refusal
      return { kind: 'failed', error: wire.readError(status, singleValues(headers), body) }
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
