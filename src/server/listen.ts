// The listening sockets: 127.0.0.1 and, where the machine has it, ::1, with one handler behind both.
import { createServer, type RequestListener, type Server, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'

export interface Listening {
  readonly port: number
  /** Ends every connection. New ones are still accepted. */
  cut(): void
  /** Gives the port back and ends what is connected. */
  close(): Promise<void>
}

/** Largest request head. SDKs stay far below; more than this is an attack or a mistake. */
const headLimit = 64 * 1024
const lastBytesMs = 50

/** Binds the port on both loopback addresses. Rejects with the error of the operating system (`EADDRINUSE`). */
export async function listenOnLoopback(port: number, handler: RequestListener): Promise<Listening> {
  const first = makeServer(handler)
  const bound = await bind(first, '127.0.0.1', port)
  const second = makeServer(handler)
  const servers = [first]
  try {
    await bind(second, '::1', bound)
    servers.push(second)
  } catch (error) {
    // Machines without IPv6 refuse the address; that is no fault. A stranger on ::1 alone is: tools may resolve
    // "localhost" to it and hand their prompts to whoever that is.
    if (isInUse(error)) {
      first.close()
      throw error
    }
  }
  return {
    port: bound,
    cut: () => {
      for (const server of servers) server.closeAllConnections()
    },
    close: async () => {
      await Promise.all(servers.map(closeServer))
    },
  }
}

export function isInUse(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
}

function makeServer(handler: RequestListener): Server {
  const server = createServer(
    // A request without a Host header is refused by admission, which says why; Node itself would only close.
    { maxHeaderSize: headLimit, keepAliveTimeout: 65_000, noDelay: true, requireHostHeader: false },
    handler,
  )
  server.headersTimeout = 30_000
  // Large bodies over slow tunnels take their time; idle connections are ended by the time-outs above.
  server.requestTimeout = 0
  server.on('clientError', answerBrokenRequest)
  return server
}

/** What Node can't parse as a request still gets an answer that says why. */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const [status, message] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? [431, `The request headers are larger than ${headLimit / 1024} KB.`]
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? [408, 'The request was not complete in time.']
        : [400, 'This is not a valid HTTP request.']
  const body = JSON.stringify({
    error: { message, type: 'invalid_request_error', code: 'invalid_request', param: null },
  })
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
}

function bind(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject)
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : port)
    })
  })
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // An answer that was just ended may still have bytes to send.
    const timer = setTimeout(() => server.closeAllConnections(), lastBytesMs)
    server.close(() => {
      clearTimeout(timer)
      resolve()
    })
    server.closeIdleConnections()
  })
}
