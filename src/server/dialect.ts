// Which wire's words an error is told in: the path decides, and where several wires share a path, the client's headers.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type GatewayError, toGatewayError } from '../core/errors.ts'
import type { WireFormat, WireId } from '../core/wire-format.ts'
import { wireFormats } from '../wire/registry.generated.ts'

export function wireOf(id: WireId): WireFormat {
  return wireFormats[id]
}

/** The dialect of a request by its path and headers. */
export function dialectOf(request: IncomingMessage): WireId {
  const path = request.url ?? ''
  if (/^\/v1beta\b/.test(path) || /:(?:stream)?[gG]enerateContent\b|:countTokens\b/.test(path)) return 'gemini-generate'
  if (/^(?:\/v1)?\/messages\b/.test(path)) return 'anthropic-messages'
  if (/^(?:\/v1)?\/responses\b/.test(path)) return 'openai-responses'
  if (/^(?:\/v1)?\/models\b/.test(path)) {
    if (request.headers['anthropic-version'] !== undefined) return 'anthropic-messages'
    if (request.headers['x-goog-api-key'] !== undefined || /[?&]key=/.test(path)) return 'gemini-generate'
  }
  return 'openai-chat'
}

/** Sends a failure in the dialect of the request, unless an answer has already begun. */
export function sendFailure(
  request: IncomingMessage,
  response: ServerResponse,
  thrown: unknown,
  requestId: string,
): GatewayError {
  const error = toGatewayError(thrown)
  if (response.headersSent || response.destroyed) {
    response.destroy()
    return error
  }
  const { status, body } = wireOf(dialectOf(request)).writeError(error, requestId)
  const text = JSON.stringify(body)
  const headers: Record<string, string> = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(text)),
    'x-omniroute-request-id': requestId,
  }
  if (error.retryAfterMs !== undefined) headers['retry-after'] = String(Math.ceil(error.retryAfterMs / 1000))
  // The rest of the body is not read: the connection can't be used again.
  if (error.code === 'body_too_large') headers['connection'] = 'close'
  response.writeHead(status, headers)
  response.end(text)
  return error
}
