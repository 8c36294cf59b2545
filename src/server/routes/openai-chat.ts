// POST /v1/chat/completions
import type { ServerContext } from '../context.ts'
import { wireOf } from '../dialect.ts'
import { type ClientRoutes, clientCall, modelIn, upstreamQuery } from './client-call.ts'

export function addOpenaiChatRoutes(routes: ClientRoutes, context: ServerContext): void {
  const call = clientCall(context, {
    wire: wireOf('openai-chat'),
    isReply: true,
    shape: (request, scan, hasDefault) => ({
      ...modelIn(scan, hasDefault),
      stream: scan.stream,
      upstreamPath: () => '/chat/completions',
      upstreamQuery: upstreamQuery(request),
    }),
  })
  // Some tools are given the base URL without its version.
  routes.post(['/v1/chat/completions', '/chat/completions'], call)
}
