// POST /v1beta/models/{model}:generateContent, :streamGenerateContent and :countTokens, in the path variants real clients use:
// version v1 or v1beta, `models/` dropped (@ai-sdk/google), slashes in model ids plain or as %2F.
import type { Request, Router } from 'express'
import { GatewayError } from '../../core/errors.ts'
import type { ServerContext } from '../context.ts'
import { wireOf } from '../dialect.ts'
import { createJsonArraySink } from '../json-array.ts'
import { pathOf } from '../path.ts'
import { type CallShape, clientCall, upstreamQuery } from './client-call.ts'

const methodPath = /^\/(?:v1beta|v1)\/(?:models\/)?(.+):(generateContent|streamGenerateContent|countTokens)$/

export function addGeminiRoutes(router: Router, context: ServerContext): void {
  const wire = wireOf('gemini-generate')
  const generate = clientCall(context, { wire, isReply: true, shape: (request) => shapeOf(request) })
  const countTokens = clientCall(context, { wire, isReply: false, shape: (request) => shapeOf(request) })
  router.post(methodPath, (request, response, next) =>
    pathOf(request).endsWith(':countTokens') ? countTokens(request, response, next) : generate(request, response, next),
  )
}

function shapeOf(request: Request): CallShape {
  const [, encoded = '', method = ''] = methodPath.exec(pathOf(request)) ?? []
  const stream = method === 'streamGenerateContent'
  const asEvents = stream && /[?&]alt=sse\b/i.test(request.url)
  const model = readModel(encoded)
  return {
    model,
    hints: { model, stream },
    modelSpan: undefined,
    stream,
    upstreamPath: (id) => `/models/${pathSegments(id)}:${method}`,
    upstreamQuery: upstreamQuery(request, (query) => {
      if (stream) query.set('alt', 'sse')
    }),
    ...(stream && !asEvents ? { sink: createJsonArraySink } : {}),
  }
}

function readModel(encoded: string): string {
  try {
    return decodeURIComponent(encoded)
  } catch {
    throw new GatewayError('invalid_request', 'The model name in the path is not valid percent-encoding.', {
      parameter: 'model',
    })
  }
}

/** A model id as path segments. Ids that would leave the path are refused (rule 166). */
export function pathSegments(model: string): string {
  if (model.split('/').some((segment) => segment === '' || segment === '.' || segment === '..')) {
    throw new GatewayError('invalid_request', 'The model name is not a valid path.', { parameter: 'model' })
  }
  return model.split('/').map(encodeURIComponent).join('/')
}
