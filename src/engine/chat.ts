// One chat in canonical form (from the editor): written for each candidate's own wire, read back as stream parts. The same
// chain, rules of commit and record as for clients over HTTP.
import type { ChatRequest } from '../core/conversation.ts'
import { GatewayError } from '../core/errors.ts'
import { isMeaningful, type StreamPart } from '../core/stream.ts'
import type { RequestRecord } from '../core/trace.ts'
import { mergeUsage, type Usage, unknownUsage } from '../core/usage.ts'
import type { UpstreamRequest, WireFormat } from '../core/wire-format.ts'
import { createSseParser } from '../wire/sse.ts'
import { type AttemptResult, runChain } from './attempts.ts'
import { baseUrlFor, upstreamHeaders } from './compose-request.ts'
import { largestEvent } from './framing.ts'
import type { Candidate } from './plan.ts'
import type { EnginePorts } from './ports.ts'
import { contentTypeOf, singleValues } from './response-headers.ts'
import { callUpstream, type Relay } from './upstream.ts'

export interface ChatCall {
  readonly id: string
  readonly request: ChatRequest
  readonly client: string
  readonly receivedAt: number
  /** The wire format of an id; the engine is given all of them. */
  readonly wireOf: (id: Candidate['wire']) => WireFormat
  readonly onPart: (part: StreamPart) => void
}

/** Runs the chat and records it. Rejects with the failure of the whole chain; resolves quietly when the caller left. */
export async function runChat(ports: EnginePorts, call: ChatCall, signal: AbortSignal): Promise<void> {
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
    warnings: [],
  }
  ports.record(record)
  if (error && error.code !== 'client_left') throw error
}

async function attemptChat(
  ports: EnginePorts,
  call: ChatCall,
  { target, wire: wireId }: Candidate,
  signal: AbortSignal,
): Promise<AttemptResult> {
  const wire = call.wireOf(wireId)
  const credential = ports.credential(target.account.id)
  let written: UpstreamRequest
  try {
    written = wire.writeRequest(
      { ...call.request, model: target.model.id, stream: true },
      {
        id: target.model.id,
        provider: target.provider.id,
        limits: target.model.limits,
        capabilities: target.model.capabilities,
        quirks: target.provider.quirks ?? {},
      },
    )
  } catch (thrown) {
    const error =
      thrown instanceof GatewayError ? thrown : new GatewayError('internal', String(thrown), { cause: thrown })
    return { kind: 'failed', error }
  }
  const relay = createPartRelay(wire, written, call.onPart, ports.now)
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
  const { firstByteAt } = relay
  const usage = relay.usage()
  switch (outcome.kind) {
    case 'refused': {
      const { status, headers, body } = outcome.refusal
      return { kind: 'failed', error: wire.readError(status, singleValues(headers), body) }
    }
    case 'aborted':
      return firstByteAt === undefined ? { kind: 'left' } : { kind: 'left', firstByteAt, usage }
    case 'ended':
      return { kind: 'served', firstByteAt: firstByteAt ?? ports.now(), usage }
    case 'failed':
      if (firstByteAt === undefined) return { kind: 'failed', error: outcome.error }
      if (relay.finished()) return { kind: 'served', firstByteAt, usage }
      return { kind: 'broken', error: outcome.error, firstByteAt, usage }
  }
}

interface PartRelay extends Relay {
  readonly firstByteAt: number | undefined
  usage(): Usage
  finished(): boolean
}

/** Reads a stream into parts, holding them back until one is meaningful. */
function createPartRelay(
  wire: WireFormat,
  written: UpstreamRequest,
  onPart: (part: StreamPart) => void,
  now: () => number,
): PartRelay {
  const parser = createSseParser(largestEvent)
  const reader = wire.streamReader()
  let heldBack: StreamPart[] = written.warnings.map((warning) => ({ type: 'warning', warning }))
  let usage = unknownUsage
  let firstByteAt: number | undefined
  let finished = false
  let whole: Buffer[] | undefined

  function take(part: StreamPart): void {
    if (finished) return
    if (part.type === 'error') throw part.error
    if (part.type === 'usage') usage = mergeUsage(usage, part.usage)
    if (part.type === 'finish') finished = true
    const named = restoreName(part, written.toolNames)
    if (firstByteAt !== undefined) onPart(named)
    else {
      heldBack.push(named)
      if (isMeaningful(part)) commit()
    }
  }

  function commit(): void {
    firstByteAt = now()
    for (const held of heldBack) onPart(held)
    heldBack = []
  }

  return {
    get committed() {
      return firstByteAt !== undefined
    },
    get firstByteAt() {
      return firstByteAt
    },
    start(headers) {
      const type = contentTypeOf(headers)
      if (type === 'application/json') whole = []
      else if (type !== '' && type !== 'text/event-stream') {
        throw new GatewayError('malformed_reply', `The upstream answered with ${type} instead of an event stream.`)
      }
    },
    data(chunk) {
      if (whole) whole.push(chunk)
      else for (const event of parser.feed(chunk)) for (const part of reader.read(event)) take(part)
    },
    end() {
      if (whole) throw wholeBody(wire, Buffer.concat(whole).toString('utf8'))
      for (const event of parser.end()) for (const part of reader.read(event)) take(part)
      for (const part of reader.end()) take(part)
      if (firstByteAt === undefined)
        throw new GatewayError('empty_reply', 'The upstream ended the stream without any content.')
    },
    usage: () => usage,
    finished: () => finished,
  }
}

function restoreName(part: StreamPart, names: UpstreamRequest['toolNames']): StreamPart {
  if (part.type !== 'tool-input-start' || !names) return part
  const name = names.get(part.name)
  return name === undefined ? part : { ...part, name }
}

/** A whole body where a stream was asked for is an error hidden in a 200, or a server that can't stream. */
function wholeBody(wire: WireFormat, text: string): GatewayError {
  try {
    const failure = wire.inspect.bodyFailure(JSON.parse(text))
    if (failure) return failure
  } catch {
    // Not even JSON: told below.
  }
  return new GatewayError('malformed_reply', 'The upstream answered with a whole body instead of a stream.')
}
