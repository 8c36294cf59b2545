// POST /v1/chat/completions
import type { Router } from 'express'
import type { ServerContext } from '../context.ts'
import { wireOf } from '../dialect.ts'
import { clientCall, modelIn, upstreamQuery } from './client-call.ts'

export function addOpenaiChatRoutes(router: Router, context: ServerContext): void {
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
  router.post(['/v1/chat/completions', '/chat/completions'], call)
}
