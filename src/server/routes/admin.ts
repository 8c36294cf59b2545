// /admin: the management contract over HTTP, for the gateway's own web page and for the other windows of the editor.
import type { Request, RequestHandler, Response, Router } from 'express'
import * as z from 'zod'
import type { ChatOrigin, GatewayClient } from '../../admin/client.ts'
import { answerCall, toRpcFailure } from '../../admin/rpc.ts'
import type { ChatRequest } from '../../core/conversation.ts'
import { GatewayError, toGatewayError } from '../../core/errors.ts'
import { bytesOf } from '../../engine/model-slot.ts'
import { createAdminAccess } from '../admin-access.ts'
import type { ServerContext } from '../context.ts'
import { readBody } from '../request-body.ts'
import { leaveSignal } from '../sink.ts'

/** Other windows take a leader that misses two of them for frozen. */
const eventsKeepAliveMs = 4_000
const mostUnread = 4 * 1024 * 1024
const smallBody = 2 * 1024 * 1024
/** A follower sends a whole exported file. */
const callBody = 32 * 1024 * 1024
const chatBody = 512 * 1024 * 1024

const session = z.object({ token: z.string().min(1).max(500) })
const handover = z.object({ version: z.string().min(1).max(100) })

/** Only another window of ours calls this; its shape is checked as far as the engine relies on it before writing a request. */
const chatCall = z.object({
  request: z.looseObject({
    origin: z.literal('editor'),
    model: z.string().min(1),
    stream: z.boolean(),
    messages: z.array(
      z.looseObject({
        role: z.enum(['system', 'user', 'assistant']),
        parts: z.array(z.looseObject({ type: z.string() })),
      }),
    ),
    tools: z.array(z.looseObject({ type: z.string() })),
  }),
  origin: z.object({
    client: z.string().max(200),
    conversationId: z.string().max(200).optional(),
    workspace: z.string().max(300).optional(),
  }),
})

export function addAdminRoutes(router: Router, context: ServerContext): void {
  const access = createAdminAccess(context.adminToken, Date.now)

  router.post(
    '/admin/session',
    guarded(async (request, response) => {
      const parsed = session.safeParse(await readJson(request, smallBody))
      if (!parsed.success) throw new GatewayError('invalid_request', 'The admin key is missing.')
      access.signIn(parsed.data.token, response)
      response.json({ signedIn: true })
    }),
  )
  router.delete(
    '/admin/session',
    guarded(async (request, response) => {
      access.signOut(request, response)
      response.json({ signedIn: false })
    }),
  )
  router.post(
    '/admin/rpc',
    guarded(async (request, response) => {
      const isPage = access.check(request) === 'page'
      const { client } = await context.ready
      response.json(await answerCall(client, await readJson(request, callBody), isPage))
    }),
  )
  router.get(
    '/admin/events',
    guarded(async (request, response) => {
      access.check(request)
      const { client } = await context.ready
      sendEvents(client, response)
    }),
  )
  // Both need nothing of the store: they work whatever the versions of the windows are.
  router.post(
    '/admin/handover',
    guarded(async (request, response) => {
      access.check(request)
      const parsed = handover.safeParse(await readJson(request, smallBody))
      if (!parsed.success) throw new GatewayError('invalid_request', 'The version is missing.')
      response.json({ accepted: context.windows.handOver(parsed.data.version) })
    }),
  )
  router.post(
    '/admin/stop',
    guarded(async (request, response) => {
      access.check(request)
      response.json({ stopping: true })
      context.windows.stopForAll()
    }),
  )
  // For the command line: `/admin/explain/last` or the id that an answer carried in `x-omniroute-request-id`.
  router.get(
    '/admin/explain/:id',
    guarded(async (request, response) => {
      access.check(request)
      const { client } = await context.ready
      const id = String(request.params.id)
      response.json(await client.call('requests.explain', id === 'last' ? {} : { id }))
    }),
  )
  router.post(
    '/admin/chat',
    guarded(async (request, response) => {
      access.check(request)
      const parsed = chatCall.safeParse(await readJson(request, chatBody))
      if (!parsed.success) throw new GatewayError('invalid_request', 'This is no chat request.')
      const { client } = await context.ready
      const { client: name, conversationId, workspace } = parsed.data.origin
      const origin = {
        client: name,
        ...(conversationId === undefined ? {} : { conversationId }),
        ...(workspace === undefined ? {} : { workspace }),
      }
      await relayChat(client, parsed.data.request as unknown as ChatRequest, origin, response)
    }),
  )
}

function sendEvents(client: GatewayClient, response: Response): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  response.write(': open\n\n')
  const stop = client.onEvent((event) => {
    // A page that does not read is cut off rather than remembered for.
    if (response.writableLength > mostUnread) response.destroy()
    else response.write(`data: ${JSON.stringify(event)}\n\n`)
  })
  const timer = setInterval(() => response.write(': keep-alive\n\n'), eventsKeepAliveMs)
  response.once('close', () => {
    clearInterval(timer)
    stop()
  })
}

/** Stream parts as lines of JSON; a failure is the last line. */
async function relayChat(
  client: GatewayClient,
  request: ChatRequest,
  origin: ChatOrigin,
  response: Response,
): Promise<void> {
  const signal = leaveSignal(response)
  response.writeHead(200, { 'content-type': 'application/x-ndjson' })
  const line = (value: object): void => {
    response.write(`${JSON.stringify(value)}\n`)
  }
  try {
    await client.chat(request, origin, (part) => line({ part }), signal)
  } catch (thrown) {
    const error = toGatewayError(thrown)
    const retry = error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }
    line({ failure: { ...toRpcFailure(error), status: error.status, ...retry } })
  }
  response.end()
}

async function readJson(request: Request, limit: number): Promise<unknown> {
  const body = await readBody(request, limit)
  try {
    return JSON.parse(bytesOf(body).toString('utf8'))
  } catch (error) {
    throw new GatewayError('invalid_request', 'The body is not valid JSON.', { cause: error })
  }
}

/** Errors under /admin are told in the shape of the contract, not in a vendor's. */
function guarded(handler: (request: Request, response: Response) => Promise<void>): RequestHandler {
  return async (request, response) => {
    try {
      await handler(request, response)
    } catch (thrown) {
      if (response.headersSent) {
        response.destroy()
        return
      }
      const error = toGatewayError(thrown)
      if (error.retryAfterMs !== undefined) response.setHeader('retry-after', Math.ceil(error.retryAfterMs / 1000))
      response.status(error.status).json({ error: toRpcFailure(error) })
      request.resume()
    }
  }
}
