// POST /v1/responses
import type { ServerContext } from '../context.ts'
import { wireOf } from '../dialect.ts'
import { type ClientRoutes, clientCall, modelIn, upstreamQuery } from './client-call.ts'

export function addOpenaiResponsesRoutes(routes: ClientRoutes, context: ServerContext): void {
  const call = clientCall(context, {
    wire: wireOf('openai-responses'),
    isReply: true,
    shape: (request, scan, hasDefault) => ({
      ...modelIn(scan, hasDefault),
      stream: scan.stream,
      upstreamPath: () => '/responses',
      upstreamQuery: upstreamQuery(request),
    }),
  })
  routes.post(['/v1/responses', '/responses'], call)
}
