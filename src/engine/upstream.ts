// One HTTP call to an upstream, fed into a relay. Knows sockets, statuses and time-outs; nothing of what the bytes mean.
import type { Dispatcher } from 'undici'
import { GatewayError } from '../core/errors.ts'
import type { Cancellation, UpstreamTimeouts } from './ports.ts'

export type HeaderMap = Readonly<Record<string, string | string[] | undefined>>

export interface UpstreamCall {
  /** Scheme, host and port. */
  readonly origin: string
  /** Path with query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | string
}

/**
 * Takes the answer of one call. Any method may throw a `GatewayError`, which ends the call. After `committed` is true the
 * caller has been sent something and no other target can be tried.
 */
export interface Relay {
  readonly committed: boolean
  /** Only for 2xx answers. */
  start(headers: HeaderMap, flow: Flow): void
  data(chunk: Buffer): void
  end(): void
}

/** How a relay governs the upstream between calls of its own. */
export interface Flow {
  pause(): void
  resume(): void
  /** Ends the call with a failure that the relay met outside of a call. */
  fail(thrown: unknown): void
}

/** A refusal of the upstream: any answer that is not 2xx. */
export interface Refusal {
  readonly status: number
  readonly headers: HeaderMap
  readonly body: string
}

export type CallOutcome =
  | { readonly kind: 'ended' }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** The connection failed, or the relay threw. */
  | { readonly kind: 'failed'; readonly error: GatewayError }
  | { readonly kind: 'aborted' }

/** More of an error page than this is never needed. */
const refusalLimit = 256 * 1024

/** Runs one call to its end. Never rejects. Aborting the signal destroys the connection at once. */
export function callUpstream(
  dispatcher: Pick<Dispatcher, 'dispatch'>,
  call: UpstreamCall,
  timeouts: UpstreamTimeouts,
  relay: Relay,
  signal: Cancellation,
): Promise<CallOutcome> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve({ kind: 'aborted' })
    let controller: Dispatcher.DispatchController | undefined
    let refusal: { status: number; headers: HeaderMap; chunks: Buffer[]; size: number } | undefined
    let settled = false

    const settle = (outcome: CallOutcome): void => {
      if (settled) return
      settled = true
      signal.removeEventListener('abort', onAbort)
      resolve(outcome)
    }
    const onAbort = (): void => {
      settle({ kind: 'aborted' })
      controller?.abort(new Error('the caller left'))
    }
    const fail = (thrown: unknown): void => {
      const error =
        thrown instanceof GatewayError ? thrown : new GatewayError('internal', describe(thrown), { cause: thrown })
      settle({ kind: 'failed', error })
      controller?.abort(error)
    }
    signal.addEventListener('abort', onAbort, { once: true })

    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(started) {
        controller = started
        if (settled) started.abort(new Error('the caller left'))
      },
      onResponseStart(current, status, headers) {
        if (status < 200) return
        if (status >= 300) {
          refusal = { status, headers, chunks: [], size: 0 }
          return
        }
        try {
          relay.start(headers, { pause: () => current.pause(), resume: () => current.resume(), fail })
        } catch (error) {
          fail(error)
        }
      },
      onResponseData(_, chunk) {
        if (settled) return
        if (refusal) {
          refusal.size += chunk.length
          if (refusal.size <= refusalLimit) refusal.chunks.push(chunk)
          return
        }
        try {
          relay.data(chunk)
        } catch (error) {
          fail(error)
        }
      },
      onResponseEnd() {
        if (settled) return
        if (refusal) {
          const body = Buffer.concat(refusal.chunks).toString('utf8')
          return settle({ kind: 'refused', refusal: { status: refusal.status, headers: refusal.headers, body } })
        }
        try {
          relay.end()
          settle({ kind: 'ended' })
        } catch (error) {
          fail(error)
        }
      },
      onResponseError(_, error) {
        if (refusal) {
          const body = Buffer.concat(refusal.chunks).toString('utf8')
          return settle({ kind: 'refused', refusal: { status: refusal.status, headers: refusal.headers, body } })
        }
        settle({ kind: 'failed', error: classify(error, call.origin) })
      },
    }
    try {
      dispatcher.dispatch(
        {
          origin: call.origin,
          path: call.path,
          method: 'POST',
          headers: call.headers,
          body: call.body,
          headersTimeout: timeouts.firstByte,
          bodyTimeout: timeouts.idle,
        },
        handler,
      )
    } catch (error) {
      fail(classify(error, call.origin))
    }
  })
}

/** Network failures in words, by the codes of undici and of the operating system. */
function classify(thrown: unknown, origin: string): GatewayError {
  if (thrown instanceof GatewayError) return thrown
  const code = codeOf(thrown)
  const host = origin.replace(/^https?:\/\//, '')
  switch (code) {
    case 'UND_ERR_HEADERS_TIMEOUT':
      return new GatewayError('upstream_timeout', `${host} did not begin to answer in time.`, { cause: thrown })
    case 'UND_ERR_BODY_TIMEOUT':
      return new GatewayError('upstream_timeout', `${host} fell silent in mid-answer.`, { cause: thrown })
    case 'UND_ERR_CONNECT_TIMEOUT':
      return new GatewayError('upstream_unreachable', `${host} could not be reached in time.`, { cause: thrown })
    case 'ECONNREFUSED':
      return new GatewayError('upstream_unreachable', `${host} refuses connections; is the server running?`, {
        cause: thrown,
      })
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new GatewayError('upstream_unreachable', `The host name ${host} could not be resolved.`, {
        cause: thrown,
      })
    case 'UND_ERR_SOCKET':
    case 'ECONNRESET':
    case 'EPIPE':
      return new GatewayError('upstream_error', `${host} closed the connection before the answer was complete.`, {
        cause: thrown,
      })
    default:
      if (code?.startsWith('HPE_')) {
        return new GatewayError('malformed_reply', `${host} does not answer in HTTP.`, { cause: thrown })
      }
      if (code?.startsWith('ERR_TLS') || code?.includes('CERT')) {
        return new GatewayError('upstream_unreachable', `The TLS certificate of ${host} was not accepted (${code}).`, {
          cause: thrown,
        })
      }
      return new GatewayError('upstream_error', `The call to ${host} failed: ${describe(thrown)}`, { cause: thrown })
  }
}

function codeOf(thrown: unknown): string | undefined {
  if (typeof thrown !== 'object' || thrown === null) return undefined
  if ('code' in thrown && typeof thrown.code === 'string') {
    // undici wraps what the socket said; the inner code is the more telling one.
    const inner = 'cause' in thrown ? codeOf(thrown.cause) : undefined
    return inner ?? thrown.code
  }
  if (thrown instanceof AggregateError) return codeOf(thrown.errors[0])
  return 'cause' in thrown ? codeOf(thrown.cause) : undefined
}

function describe(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
