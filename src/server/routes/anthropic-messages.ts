// POST /v1/messages and /v1/messages/count_tokens
import type { ServerContext } from '../context.ts'
import { wireOf } from '../dialect.ts'
import { type ClientRoutes, clientCall, modelIn, upstreamQuery } from './client-call.ts'

export function addAnthropicRoutes(routes: ClientRoutes, context: ServerContext): void {
  const wire = wireOf('anthropic-messages')
  const messages = clientCall(context, {
    wire,
    isReply: true,
    shape: (request, scan, hasDefault) => ({
      ...modelIn(scan, hasDefault),
      stream: scan.stream,
      upstreamPath: () => '/messages',
      upstreamQuery: upstreamQuery(request),
    }),
  })
  const countTokens = clientCall(context, {
    wire,
    isReply: false,
    shape: (request, scan, hasDefault) => ({
      ...modelIn(scan, hasDefault),
      stream: false,
      upstreamPath: () => '/messages/count_tokens',
      upstreamQuery: upstreamQuery(request),
    }),
  })
  routes.post(['/v1/messages', '/messages'], messages)
  routes.post(['/v1/messages/count_tokens', '/messages/count_tokens'], countTokens)
}
