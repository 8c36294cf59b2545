// Proxies for tests, in this process: one that takes CONNECT and one that speaks SOCKS5. Whatever host they are asked for, they connect
// to this machine, so that an upstream of any name can be reached through them and in no other way.
import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

export interface FakeProxy {
  readonly port: number
  /** What was asked for, as host:port, oldest first. */
  readonly targets: readonly string[]
  /** User name and password as they were given, joined by a colon. */
  readonly credentials: readonly string[]
  stop(): Promise<void>
}

export interface FakeProxyOptions {
  /** As `name:password`; without it anyone may connect. */
  readonly wants?: string
  /** Refuses every target. */
  readonly refuses?: boolean
  /** Where all connections lead; the port that was asked for, by default. */
  readonly leadsTo?: number
}

export async function startConnectProxy(options: FakeProxyOptions = {}): Promise<FakeProxy> {
  const seen = { targets: [] as string[], credentials: [] as string[] }
  const server = createHttpServer((_, response) => response.writeHead(400).end('only CONNECT'))
  server.on('connect', (request, client: Socket) => {
    const given = /^Basic (.+)$/.exec(request.headers['proxy-authorization'] ?? '')?.[1]
    if (given !== undefined) seen.credentials.push(Buffer.from(given, 'base64').toString())
    const target = request.url ?? ''
    if (options.wants !== undefined && seen.credentials.at(-1) !== options.wants) {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n')
      return
    }
    seen.targets.push(target)
    if (options.refuses) {
      client.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n')
      return
    }
    const upstream = connect(options.leadsTo ?? Number(target.split(':').at(-1)), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\nVia: 1.1 fake\r\n\r\n')
      join(client, upstream)
    })
  })
  return await listening(server, seen)
}

export async function startSocksProxy(options: FakeProxyOptions = {}): Promise<FakeProxy> {
  const seen = { targets: [] as string[], credentials: [] as string[] }
  const server = createServer((client) => {
    client.on('error', () => undefined)
    serve(client, options, seen).catch(() => client.destroy())
  })
  return await listening(server, seen)
}

type Seen = { readonly targets: string[]; readonly credentials: string[] }

async function serve(client: Socket, { wants, refuses, leadsTo }: FakeProxyOptions, seen: Seen): Promise<void> {
  const [, count = 0] = await take(client, 2)
  const methods = await take(client, count)
  const method = wants === undefined ? 0 : 2
  if (!methods.includes(method)) {
    client.end(Buffer.from([5, 255]))
    return
  }
  client.write(Buffer.from([5, method]))
  if (method === 2) {
    await take(client, 1)
    const name = await takeCounted(client)
    const password = await takeCounted(client)
    seen.credentials.push(`${name}:${password}`)
    const right = `${name}:${password}` === wants
    client.write(Buffer.from([1, right ? 0 : 1]))
    if (!right) {
      client.end()
      return
    }
  }
  const [, , , kind] = await take(client, 4)
  const host =
    kind === 3
      ? (await takeCounted(client)).toString()
      : kind === 1
        ? [...(await take(client, 4))].join('.')
        : (await take(client, 16)).toString('hex')
  const port = (await take(client, 2)).readUInt16BE()
  seen.targets.push(`${host}:${port}`)
  if (refuses) {
    client.end(Buffer.from([5, 2, 0, 1, 0, 0, 0, 0, 0, 0]))
    return
  }
  const upstream = connect(leadsTo ?? port, '127.0.0.1', () => {
    // In two pieces, with a name as the bound address: both are allowed.
    client.write(Buffer.from([5, 0, 0, 3, 4]))
    setImmediate(() => {
      client.write(Buffer.from([102, 97, 107, 101, 0, 0]))
      join(client, upstream)
    })
  })
}

async function takeCounted(client: Socket): Promise<Buffer> {
  const [length = 0] = await take(client, 1)
  return await take(client, length)
}

async function take(client: Socket, count: number): Promise<Buffer> {
  for (;;) {
    const bytes: Buffer | null = client.read(count)
    if (bytes !== null) return bytes
    await once(client, 'readable')
  }
}

function join(one: Socket, other: Socket): void {
  for (const socket of [one, other]) socket.on('error', () => undefined)
  one.pipe(other).pipe(one)
  one.on('close', () => other.destroy())
  other.on('close', () => one.destroy())
}

async function listening(server: Server, seen: Seen): Promise<FakeProxy> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    ...seen,
    port: (server.address() as AddressInfo).port,
    async stop() {
      for (const socket of sockets) socket.destroy()
      if (!server.listening) return
      server.close()
      await once(server, 'close')
    },
  }
}
