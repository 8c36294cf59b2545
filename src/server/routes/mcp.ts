// /mcp: the gateway's tools for agents over the Model Context Protocol. Needs a token of its own; what answers is loaded with the
// first request.
import type { Request, Router } from 'express'
import { toRpcFailure } from '../../admin/rpc.ts'
import { GatewayError } from '../../core/errors.ts'
import { bytesOf } from '../../engine/model-slot.ts'
import type { ServerContext } from '../context.ts'
import type { McpSessions } from '../mcp/sessions.ts'
import { isMcpToken } from '../mcp/token.ts'
import { readBody } from '../request-body.ts'

const largestBody = 1024 * 1024

export function addMcpRoute(router: Router, context: ServerContext): void {
  let sessions: Promise<McpSessions> | undefined
  const load = async (): Promise<McpSessions> => {
    const [{ client }, { createMcpSessions }] = await Promise.all([context.ready, import('../mcp/sessions.ts')])
    return createMcpSessions({ client, version: context.version, log: context.log, describe: toRpcFailure })
  }

  router.all('/mcp', async (request, response) => {
    checkToken(request, context.adminToken)
    const body = request.method === 'POST' ? await readJson(request) : undefined
    sessions ??= load()
    const { handle } = await sessions
    // A stream without a question of its own lasts as long as its client likes; a stop doesn't wait for it.
    const end = request.method === 'GET' ? undefined : context.activity.begin()
    response.once('close', () => end?.())
    await handle(request, response, body)
  })
}

function checkToken(request: Request, adminToken: string): void {
  const presented = /^Bearer\s+(\S+)\s*$/i.exec(request.headers.authorization ?? '')?.[1]
  const where = 'The command "OmniRoute: Copy MCP Configuration" gives it.'
  if (presented === undefined) throw new GatewayError('missing_key', `/mcp needs its token as a bearer token. ${where}`)
  if (!isMcpToken(adminToken, presented)) {
    throw new GatewayError('wrong_key', `This is not the token of /mcp; keys of the gateway open models only. ${where}`)
  }
}

async function readJson(request: Request): Promise<unknown> {
  const body = await readBody(request, largestBody)
  try {
    return JSON.parse(bytesOf(body).toString('utf8'))
  } catch (error) {
    throw new GatewayError('invalid_request', 'The body is not valid JSON.', { cause: error })
  }
}
