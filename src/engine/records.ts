// The row of the request log: of a request that went along the chain, of one that a cache answered, and of one that never got so far.
import { GatewayError, toGatewayError } from '../core/errors.ts'
import type { Origin } from '../core/routing.ts'
import type { RequestRecord } from '../core/trace.ts'
import { unknownUsage } from '../core/usage.ts'
import type { Replayed } from './cache/replayed.ts'
import type { ChainResult } from './chain.ts'
import type { ServedNote } from './ports.ts'

/** What a record says of the request itself. */
export interface RequestFactsForRecord {
  readonly id: string
  readonly wire: RequestRecord['wire']
  readonly model: string
  readonly origin: Origin
  readonly stream: boolean
  readonly client: string
  /** Epoch milliseconds. */
  readonly receivedAt: number
  readonly now: number
}

export function recordOf(request: RequestFactsForRecord, result: ChainResult): RequestRecord {
  const { served, error, firstByteAt } = result
  return {
    ...common(request),
    ...(served ? { modelServed: served.publicId, accountId: served.account.id } : {}),
    stream: result.streamed ?? request.stream,
    status: error ? error.status : 200,
    ...(error ? { code: error.code, message: error.message } : {}),
    usage: result.usage,
    ...(firstByteAt === undefined ? {} : { firstByteMs: firstByteAt - request.receivedAt }),
    trace: result.trace,
    warnings: result.warnings,
  }
}

/** No tokens were used and nothing was paid for an answer that was there already, or that another request has paid for. */
export function recordOfReplayed(
  request: RequestFactsForRecord,
  { how, delivery, note, result }: Replayed<ChainResult, ServedNote>,
): RequestRecord {
  const served = note?.served ?? result?.served
  const error =
    result?.error ??
    (delivery === 'left'
      ? new GatewayError('client_left', 'The caller went away before the answer was complete.')
      : undefined)
  return {
    ...common(request),
    ...(served ? { modelServed: served.publicId, accountId: served.account.id } : {}),
    stream: request.stream,
    status: error ? error.status : 200,
    ...(error ? { code: error.code, message: error.message } : {}),
    usage: unknownUsage,
    cost: { usd: 0, source: 'free' },
    cache: how === 'idempotent' ? 'shared' : how,
    trace: [],
    warnings: [],
  }
}

/** The failure of a request that never got as far as the chain. */
export function refusedRecord(request: RequestFactsForRecord, thrown: unknown): RequestRecord {
  const error = toGatewayError(thrown)
  return {
    ...common(request),
    stream: request.stream,
    status: error.status,
    code: error.code,
    message: error.message,
    usage: unknownUsage,
    trace: [],
    warnings: [],
  }
}

function common({
  id,
  receivedAt,
  origin,
  client,
  wire,
  model,
  now,
}: RequestFactsForRecord): Pick<
  RequestRecord,
  'id' | 'at' | 'keyId' | 'workspace' | 'client' | 'wire' | 'modelAsked' | 'totalMs'
> {
  return {
    id,
    at: receivedAt,
    ...(origin.keyId === undefined ? {} : { keyId: origin.keyId }),
    ...(origin.workspace === undefined ? {} : { workspace: origin.workspace }),
    client,
    wire,
    modelAsked: model,
    totalMs: now - receivedAt,
  }
}
