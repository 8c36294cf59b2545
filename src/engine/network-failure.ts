// Failures of the network in words: what undici and the operating system report by codes, and what our own time-outs found.
import { GatewayError } from '../core/errors.ts'
import type { Expiry } from './watchdog.ts'

/** A time-out in words. A call that has no connection yet was never asked. */
export function lateness(expiry: Expiry, origin: string, connected: boolean): GatewayError {
  const host = hostOf(origin)
  if (!connected) return new GatewayError('upstream_unreachable', `${host} could not be reached in time.`)
  switch (expiry) {
    case 'first-byte':
      return new GatewayError('upstream_timeout', `${host} did not begin to answer in time.`)
    case 'idle':
      return new GatewayError('upstream_timeout', `${host} fell silent in mid-answer.`)
    case 'total':
      return new GatewayError('upstream_timeout', `${host} did not finish its answer in time.`)
  }
}

function hostOf(origin: string): string {
  return origin.replace(/^https?:\/\//, '')
}

/** Network failures in words, by the codes of undici and of the operating system. */
export function networkFailure(thrown: unknown, origin: string): GatewayError {
  if (thrown instanceof GatewayError) return thrown
  const code = codeOf(thrown)
  const host = hostOf(origin)
  switch (code) {
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
