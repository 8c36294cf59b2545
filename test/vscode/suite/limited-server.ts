// A server on loopback that lists one model and has no quota for it.
import { createServer, type Server } from 'node:http'

export interface LimitedServer {
  readonly baseUrl: string
  readonly model: string
  /** How many chats it has refused so far. */
  refused(): number
  close(): Promise<void>
}

export async function startLimitedServer(): Promise<LimitedServer> {
  const model = 'limited'
  let refused = 0
  const server = createServer((request, response) => {
    request.resume()
    response.setHeader('content-type', 'application/json')
    if (request.url?.endsWith('/models')) {
      response.end(JSON.stringify({ object: 'list', data: [{ id: model, object: 'model' }] }))
      return
    }
    refused += 1
    response.statusCode = 429
    response.setHeader('retry-after', '12')
    response.end(JSON.stringify({ error: { message: 'Rate limit reached for this model.', type: 'rate_limit_error' } }))
  })
  const port = await listen(server)
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    model,
    refused: () => refused,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
}
