// Counting tokens where bytes cannot just be passed on: by the upstream's own counting where it has one, translated, else by an
// estimate made here and marked as such (rule 165). A count that fails is no reason to let anything rest.
import type { ChatRequest } from '../core/conversation.ts'
import { GatewayError } from '../core/errors.ts'
import { isJsonObject } from '../core/json.ts'
import { unknownUsage } from '../core/usage.ts'
import type { WireFormat } from '../core/wire-format.ts'
import type { AttemptResult } from './attempt/result.ts'
import type { Target } from './catalogue.ts'
import { baseUrlFor, upstreamHeaders } from './compose-request.ts'
import { estimateRequest } from './estimate.ts'
import type { Cancellation, EnginePorts, ResponseSink } from './ports.ts'
import { toTargetModel } from './target-model.ts'
import { callUpstream, type Relay } from './upstream.ts'
import { timeoutsFor } from './watchdog.ts'
import { writeForUpstream } from './write-upstream.ts'

export interface CountCall {
  readonly clientWire: WireFormat
  readonly request: ChatRequest
  readonly headers: Readonly<Record<string, string>>
  readonly sink: ResponseSink
}

/** Clients count before they ask: they had rather have an estimate soon than the truth late. */
const longestWait = 10_000
const largestAnswer = 64 * 1024

/** Asks the target to count, and estimates when it cannot. */
export async function countAcross(
  ports: EnginePorts,
  call: CountCall,
  target: Target,
  wire: WireFormat,
  signal: Cancellation,
): Promise<AttemptResult> {
  const tokens = await askUpstream(ports, call.request, target, wire, signal)
  if (signal.aborted) return { kind: 'left' }
  if (tokens === undefined) return answerEstimate(ports, call)
  answer(call, tokens, {})
  return { kind: 'served', firstByteAt: ports.now(), usage: unknownUsage }
}

export function answerEstimate(ports: Pick<EnginePorts, 'now'>, call: CountCall): AttemptResult {
  answer(call, estimateRequest(call.request), { 'x-omniroute-estimated': '1' })
  return { kind: 'served', firstByteAt: ports.now(), usage: unknownUsage, isLocal: true }
}

function answer({ clientWire, headers, sink }: CountCall, tokens: number, more: Record<string, string>): void {
  const text = JSON.stringify(clientWire.counting?.answer(tokens) ?? { input_tokens: tokens })
  sink.head(200, {
    ...headers,
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(text.length),
    ...more,
  })
  sink.end(text)
}

/** The upstream's count; undefined when it has none or it cannot be had. */
async function askUpstream(
  ports: EnginePorts,
  request: ChatRequest,
  target: Target,
  wire: WireFormat,
  signal: Cancellation,
): Promise<number | undefined> {
  const { counting } = wire
  if (!counting) return undefined
  const write: typeof wire.writeRequest = (whole, model) => {
    const written = counting.write({ ...whole, stream: false }, model)
    if (written) return written
    throw new GatewayError('unsupported', 'The upstream does not count tokens.')
  }
  const result = await writeForUpstream(ports, wire, target.account, toTargetModel(target), request, signal, write)
  if (result.kind !== 'written') return undefined
  const base = baseUrlFor(target, wire.id)
  const headers = upstreamHeaders({
    provider: target.provider,
    accountHeaders: target.account.headers,
    credential: ports.credential(target.account.id),
    wire: wire.id,
    clientHeaders: {},
    userAgent: ports.userAgent,
    stream: false,
  })
  const chunks: Buffer[] = []
  const { firstByte, idle } = timeoutsFor(ports.settings(), target.publicId)
  const outcome = await callUpstream(
    ports.dispatcher(target.account),
    {
      origin: base.origin,
      path: base.path + result.written.path,
      headers: { ...headers, ...result.written.headers, accept: 'application/json' },
      body: JSON.stringify(result.written.body),
    },
    { firstByte: Math.min(firstByte, longestWait), idle: Math.min(idle, longestWait) },
    collectInto(chunks),
    signal,
    ports.watchdog,
  )
  return outcome.kind === 'ended' ? readCount(Buffer.concat(chunks), counting.read) : undefined
}

function collectInto(chunks: Buffer[]): Relay {
  let size = 0
  return {
    start: () => undefined,
    data(chunk) {
      size += chunk.length
      if (size > largestAnswer) throw new GatewayError('malformed_reply', 'A count is not as large as this answer.')
      chunks.push(chunk)
    },
    end: () => undefined,
  }
}

function readCount(bytes: Buffer, read: NonNullable<WireFormat['counting']>['read']): number | undefined {
  try {
    const body: unknown = JSON.parse(bytes.toString('utf8'))
    const tokens = isJsonObject(body) ? read(body) : undefined
    return tokens !== undefined && Number.isSafeInteger(tokens) && tokens >= 0 ? tokens : undefined
  } catch {
    return undefined
  }
}
