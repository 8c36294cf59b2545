// The Model Context Protocol over streamable HTTP: one server a session, with the tools that agents may call. A session lasts
// until its client ends it, or until others need its place; a client whose session is gone begins a new one by itself. This file
// and the SDK behind it are a bundle of their own, loaded with the first request.
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import type { AgentClient } from '../../admin/agents/tools.ts'
import type { RpcFailure } from '../../admin/contract.ts'
import type { Log } from '../../core/log.ts'
import { createAgentServer } from './agent-server.ts'

export interface McpSessions {
  /** Answers one request, whose body is given as parsed JSON; undefined for a request without one. */
  handle(request: IncomingMessage, response: ServerResponse, body: unknown): Promise<void>
}

export interface McpOptions {
  readonly client: AgentClient
  readonly version: string
  readonly log: Log
  /** What a failure says; handed in, because the class of our errors is another one in this bundle. */
  readonly describe: (thrown: unknown) => RpcFailure
}

/** Sessions kept at a time; the one that was used the longest ago makes room. */
const mostSessions = 50

export function createMcpSessions(options: McpOptions): McpSessions {
  const sessions = new Map<string, StreamableHTTPServerTransport>()

  async function begin(): Promise<StreamableHTTPServerTransport> {
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: () => randomUUID(),
      onsessioninitialized: (id) => {
        sessions.set(id, transport)
        const [oldest] = sessions
        if (oldest === undefined || sessions.size <= mostSessions) return
        sessions.delete(oldest[0])
        void oldest[1].close()
      },
      onsessionclosed: (id) => void sessions.delete(id),
    })
    const server = createAgentServer(options)
    // The transport's optional callbacks are typed without `undefined`, which is all that stands between the two types.
    await server.connect(transport as Parameters<typeof server.connect>[0])
    return transport
  }

  function find(request: IncomingMessage): StreamableHTTPServerTransport | undefined {
    const id = request.headers['mcp-session-id']
    const known = typeof id === 'string' ? sessions.get(id) : undefined
    if (typeof id !== 'string' || known === undefined) return undefined
    // The one that was used last stands last.
    sessions.delete(id)
    sessions.set(id, known)
    return known
  }

  return {
    async handle(request, response, body) {
      const known = find(request)
      if (known === undefined && request.headers['mcp-session-id'] !== undefined) return refuseUnknown(response)
      const transport = known ?? (await begin())
      await transport.handleRequest(request, response, body)
    },
  }
}

/** As the protocol wants it: the client then begins anew. */
function refuseUnknown(response: ServerResponse): void {
  const error = { code: -32001, message: 'This session has ended. Begin a new one.' }
  response.writeHead(404, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ jsonrpc: '2.0', error, id: null }))
}
