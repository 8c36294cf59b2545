// What the gateway is measured against: node:http in front, undici's dispatch behind, bytes relayed in both directions with
// back-pressure and cancellation. No parsing, no keys, no log. First argument: the upstream's origin.
import { createServer } from 'node:http'
import { Agent, type Dispatcher } from 'undici'

const origin = process.argv[2] ?? ''
const agent = new Agent({ pipelining: 1, keepAliveTimeout: 120_000 })
const hopByHop = new Set(['connection', 'keep-alive', 'transfer-encoding', 'host'])

function relayed(headers: NodeJS.Dict<string | string[]>): Record<string, string | string[]> {
  const kept: Record<string, string | string[]> = {}
  for (const name in headers) {
    const value = headers[name]
    if (value !== undefined && !hopByHop.has(name)) kept[name] = value
  }
  return kept
}

const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
  let upstream: Dispatcher.DispatchController | undefined
  response.once('close', () => {
    if (!response.writableFinished) upstream?.abort(new Error('the client left'))
  })
  response.on('drain', () => upstream?.resume())
  agent.dispatch(
    {
      origin,
      path: request.url ?? '/',
      method: (request.method ?? 'GET') as Dispatcher.HttpMethod,
      headers: relayed(request.headers),
      body: request.method === 'GET' ? null : request,
    },
    {
      onRequestStart(controller) {
        upstream = controller
      },
      onResponseStart(_controller, status, headers) {
        response.writeHead(status, relayed(headers))
      },
      onResponseData(controller, chunk) {
        if (!response.write(chunk)) controller.pause()
      },
      onResponseEnd() {
        response.end()
      },
      onResponseError() {
        if (response.headersSent) response.destroy()
        else response.writeHead(502).end()
      },
    },
  )
})

process.stdin.resume().once('end', () => process.exit(0))
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  console.log(`READY http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`)
})
