// The HTTP side of the gateway: every request is admitted, then finds its route. Express only routes; bodies are read by the
// routes themselves, as bytes.
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Response } from 'express'
import { GatewayError } from '../core/errors.ts'
import { checkOrigin } from './admission.ts'
import type { ServerContext } from './context.ts'
import { sendFailure } from './dialect.ts'
import { pathOf } from './path.ts'
import { addAdminRoutes } from './routes/admin.ts'
import { addAnthropicRoutes } from './routes/anthropic-messages.ts'
import type { ClientRoutes } from './routes/client-call.ts'
import { addDashboardRoutes } from './routes/dashboard.ts'
import { addGeminiRoutes } from './routes/gemini-generate.ts'
import { addHealthRoute } from './routes/health.ts'
import { addMcpRoute } from './routes/mcp.ts'
import { addModelRoutes } from './routes/models.ts'
import { addOpenaiChatRoutes } from './routes/openai-chat.ts'
import { addOpenaiResponsesRoutes } from './routes/openai-responses.ts'

/**
 * The handler of every request. The model endpoints stand on a bare Express router in front of the application: the
 * application gives each request and response another prototype, which costs more than all our own work on a small request. In front
 * of the router stands a table of the paths that need no pattern.
 */
export function createApp(context: ServerContext): RequestListener {
  const clients = express.Router()
  const exact = new Map<string, RequestHandler>()
  const routes: ClientRoutes = {
    post(paths, handler) {
      for (const path of paths) exact.set(path, handler)
      clients.post([...paths], handler)
    },
  }
  addOpenaiChatRoutes(routes, context)
  addAnthropicRoutes(routes, context)
  addOpenaiResponsesRoutes(routes, context)
  addGeminiRoutes(clients, context)

  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('query parser', false)
  addModelRoutes(app, context)
  addHealthRoute(app, context)
  addAdminRoutes(app, context)
  addMcpRoute(app, context)
  addDashboardRoutes(app, context)
  app.use(notFound)
  app.use(createErrorHandler(context))

  return (request, response) => {
    // Tools that append the version to a base URL which ends in it already.
    if (request.url?.startsWith('/v1/v1')) request.url = request.url.slice(3)
    try {
      admit(context, request)
    } catch (error) {
      refuse(context, request, response, error)
      return
    }
    // Nearly every request is one of these; the router is for what is written otherwise, with a query or a slash behind it.
    const handler = request.method === 'POST' ? exact.get(request.url ?? '') : undefined
    const next = (error?: unknown): void => {
      if (error === undefined) app(request, response)
      else refuse(context, request, response, error)
    }
    if (handler) {
      const done: unknown = handler(request as Request, response as Response, next)
      if (done instanceof Promise) done.catch(next)
      return
    }
    // The router asks for no more than what node:http gives; its types are those of an application.
    clients(request as Request, response as Response, next)
  }
}

function admit(context: ServerContext, request: IncomingMessage): void {
  checkOrigin(request.headers)
  // Other windows go on asking for the health, to see when they may take over.
  if (context.activity.closing && pathOf(request) !== '/health') {
    throw new GatewayError('shutting_down', 'The gateway is stopping and takes no more requests.')
  }
}

/** Paths that exist, but not with this method. */
const knownPaths: readonly { readonly path: RegExp; readonly methods: string }[] = [
  { path: /^(?:\/v1)?\/(?:chat\/completions|responses|messages(?:\/count_tokens)?)\/?$/, methods: 'POST' },
  { path: /^\/(?:v1beta|v1)\/.+:(?:generateContent|streamGenerateContent|countTokens)$/, methods: 'POST' },
  { path: /^(?:\/v1beta|\/v1)?\/models(?:\/.*)?$/, methods: 'GET' },
  { path: /^\/health\/?$/, methods: 'GET' },
]

const notFound: RequestHandler = (request, response) => {
  const known = knownPaths.find(({ path }) => path.test(request.path))
  if (!known)
    throw new GatewayError('unknown_path', `There is nothing at ${request.method} ${request.path.slice(0, 200)}.`)
  response.setHeader('allow', known.methods)
  throw new GatewayError(
    'method_not_allowed',
    `${request.path.slice(0, 200)} takes ${known.methods}, not ${request.method}.`,
  )
}

/** Everything that routes throw ends here. Express tells an error handler by its four parameters. */
function createErrorHandler(context: ServerContext): ErrorRequestHandler {
  return (thrown: unknown, request, response, _next) => refuse(context, request, response, thrown)
}

/** Tells a failure in the dialect of the request. */
function refuse(context: ServerContext, request: IncomingMessage, response: ServerResponse, thrown: unknown): void {
  const requestId = randomUUID()
  const error = sendFailure(request, response, asClientFault(thrown), requestId)
  if (error.code === 'internal') context.log.error(`request ${requestId}: ${error.stack ?? error.message}`)
  request.resume()
}

/** Express reports a path it can't decode as a URIError with status 400. */
function asClientFault(thrown: unknown): unknown {
  if (thrown instanceof URIError) return new GatewayError('invalid_request', 'The path is not valid percent-encoding.')
  return thrown
}
