// Connections through a proxy: HTTP CONNECT, or SOCKS5 (RFC 1928, 1929). Given to undici's Agent as its way to connect, so that all
// else about a call stays the same. Whatever goes wrong at the proxy is a failure that names the proxy; nothing connects directly.
import { connect, isIP, type LookupFunction, type Socket } from 'node:net'
import { connect as connectSecurely } from 'node:tls'
import type { buildConnector } from 'undici'
import createConnector from 'undici/lib/core/connect.js'
import { GatewayError } from './core/errors.ts'
import { hasCredentials, type ProxyServer, proxyHost } from './core/proxy.ts'

export interface TunnelOptions {
  /** Resolves and judges a host here; the proxy is then asked for the address. Without it the proxy resolves names. */
  readonly lookup?: LookupFunction
  /** Milliseconds until the tunnel must stand. */
  readonly timeout?: number
}

export function connectThrough(proxy: ProxyServer, options: TunnelOptions = {}): buildConnector.connector {
  const { lookup, timeout = 10_000 } = options
  const secure = createConnector({ allowH2: false, timeout })
  return (call, callback) => {
    const target = { host: call.hostname.replace(/^\[|\]$/g, ''), port: portOf(call) }
    const opening = lookup
      ? resolved(target, lookup).then((found) => open(proxy, found, timeout))
      : open(proxy, target, timeout)
    opening.then(
      (socket) => {
        if (call.protocol === 'https:') secure({ ...call, httpSocket: socket }, callback)
        else callback(null, socket)
      },
      (error: Error) => callback(error, null),
    )
  }
}

interface Target {
  readonly host: string
  readonly port: number
}

function portOf({ port, protocol }: buildConnector.Options): number {
  return port ? Number(port) : protocol === 'https:' ? 443 : 80
}

function resolved({ host, port }: Target, lookup: LookupFunction): Promise<Target> {
  return new Promise((resolve, reject) => {
    lookup(host, {}, (error, address) => (error ? reject(error) : resolve({ host: String(address), port })))
  })
}

async function open(proxy: ProxyServer, target: Target, timeout: number): Promise<Socket> {
  const name = proxyHost(proxy)
  const socket = dial(proxy)
  // Errors are met where they are waited for; between two waits they must not end the process.
  socket.on('error', () => undefined)
  const timer = setTimeout(() => socket.destroy(failure(`${name} could not be reached in time.`)), timeout)
  try {
    await happens(socket, proxy.scheme === 'https' ? 'secureConnect' : 'connect')
    if (proxy.scheme === 'socks5') await askSocks(socket, proxy, target)
    else await askHttp(socket, proxy, target)
    return socket
  } catch (thrown) {
    socket.destroy()
    throw thrown instanceof GatewayError ? thrown : failure(`${name} ${inWords(thrown)}`, thrown)
  } finally {
    clearTimeout(timer)
  }
}

function dial({ scheme, host, port }: ProxyServer): Socket {
  if (scheme !== 'https') return connect({ host, port }).setNoDelay(true)
  const servername = isIP(host) === 0 ? { servername: host } : {}
  return connectSecurely({ host, port, ALPNProtocols: ['http/1.1'], ...servername }).setNoDelay(true)
}

async function askHttp(socket: Socket, proxy: ProxyServer, { host, port }: Target): Promise<void> {
  const name = proxyHost(proxy)
  const target = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`
  const { username, password } = proxy
  const secret = Buffer.from(`${username}:${password}`).toString('base64')
  const authorization = hasCredentials(proxy) ? `Proxy-Authorization: Basic ${secret}\r\n` : ''
  socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${authorization}\r\n`)
  const status = Number(/^HTTP\/1\.[01] (\d{3})\b/.exec(await readHead(socket))?.[1])
  if (status >= 200 && status < 300) return
  if (status === 407) throw failure(`${name} wants a user name and password, or refuses those that it was given.`)
  throw failure(`${name} did not connect to ${target}${status ? ` (status ${status})` : ': it is no HTTP proxy'}.`)
}

const mostHeadBytes = 16 * 1024

/** Up to the empty line; what comes after it is left to be read. */
async function readHead(socket: Socket): Promise<string> {
  let read = Buffer.alloc(0)
  for (;;) {
    const chunk: Buffer | null = socket.read()
    if (chunk === null) {
      await happens(socket, 'readable')
      continue
    }
    read = Buffer.concat([read, chunk])
    const end = read.indexOf('\r\n\r\n')
    if (end >= 0) {
      if (read.length > end + 4) socket.unshift(read.subarray(end + 4))
      return read.subarray(0, end).toString('latin1')
    }
    if (read.length > mostHeadBytes) throw new Error('sent no end of its answer.')
  }
}

const socksRefusals: Readonly<Record<number, string>> = {
  2: 'its rules forbid it',
  3: 'it can not reach the network',
  4: 'it can not reach the host',
  5: 'the host refuses connections',
  6: 'it took too long',
}

async function askSocks(socket: Socket, proxy: ProxyServer, { host, port }: Target): Promise<void> {
  const name = proxyHost(proxy)
  const withPassword = hasCredentials(proxy)
  socket.write(Buffer.from(withPassword ? [5, 2, 0, 2] : [5, 1, 0]))
  const [version, method] = await readBytes(socket, 2)
  if (version !== 5) throw failure(`${name} is no SOCKS5 proxy.`)
  if (method === 2 && withPassword) {
    socket.write(Buffer.concat([Buffer.from([1]), counted(proxy.username), counted(proxy.password)]))
    const [, refused] = await readBytes(socket, 2)
    if (refused !== 0) throw failure(`${name} refuses the user name and password that it was given.`)
  } else if (method !== 0) throw failure(`${name} wants a user name and password, or another way to sign in.`)
  socket.write(Buffer.concat([Buffer.from([5, 1, 0]), socksAddress(host), Buffer.from([port >> 8, port & 255])]))
  const [, reply = 1, , kind] = await readBytes(socket, 4)
  if (reply !== 0) throw failure(`${name} did not connect to ${host}: ${socksRefusals[reply] ?? `reply ${reply}`}.`)
  const length = kind === 4 ? 16 : kind === 3 ? ((await readBytes(socket, 1))[0] ?? 0) : 4
  await readBytes(socket, length + 2)
}

function socksAddress(host: string): Buffer {
  const version = isIP(host)
  if (version === 4) return Buffer.from([1, ...host.split('.').map(Number)])
  if (version === 6) return Buffer.from([4, ...sixteenBytes(host)])
  return Buffer.concat([Buffer.from([3]), counted(host)])
}

function sixteenBytes(host: string): number[] {
  // The platform's own reading of an address leaves groups of digits and at most one gap.
  const [head = '', tail = ''] = new URL(`http://[${host}]`).hostname.slice(1, -1).split('::')
  const groups = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
  const [first, last] = [groups(head), groups(tail)]
  const gap = Array.from({ length: 8 - first.length - last.length }, () => 0)
  return [...first, ...gap, ...last].flatMap((group) => [group >> 8, group & 255])
}

/** A text of at most 255 bytes behind its length. */
function counted(text: string): Buffer {
  const bytes = Buffer.from(text)
  if (bytes.length > 255) throw new Error('can not be given a name or password of more than 255 bytes.')
  return Buffer.concat([Buffer.from([bytes.length]), bytes])
}

async function readBytes(socket: Socket, count: number): Promise<Buffer> {
  for (;;) {
    const chunk: Buffer | null = socket.read(count)
    if (chunk !== null && chunk.length === count) return chunk
    // At the end of a stream fewer bytes come than were asked for.
    if (chunk !== null) throw new Error(closedEarly)
    await happens(socket, 'readable')
  }
}

const closedEarly = 'closed the connection before it had connected.'

function happens(socket: Socket, event: 'connect' | 'secureConnect' | 'readable'): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: Error): void => {
      socket.off(event, done).off('error', settle).off('end', ended).off('close', ended)
      if (error) reject(error)
      else resolve()
    }
    const done = (): void => settle()
    const ended = (): void => settle(new Error(closedEarly))
    if (socket.destroyed || socket.readableEnded) ended()
    else socket.once(event, done).once('error', settle).once('end', ended).once('close', ended)
  })
}

function failure(message: string, cause?: unknown): GatewayError {
  return new GatewayError('upstream_unreachable', `The proxy ${message}`, cause === undefined ? {} : { cause })
}

function inWords(thrown: unknown): string {
  const code = codeOf(thrown)
  if (code === 'ECONNREFUSED') return 'refuses connections; is it running?'
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'could not be found: its name could not be resolved.'
  if (code === 'ETIMEDOUT') return 'could not be reached in time.'
  if (code === 'ECONNRESET' || code === 'EPIPE') return closedEarly
  if (code.startsWith('ERR_TLS') || code.startsWith('ERR_SSL') || code.includes('CERT')) {
    return `could not be trusted: its TLS certificate was not accepted (${code}).`
  }
  return thrown instanceof Error && code === '' ? thrown.message : `could not be reached (${code}).`
}

function codeOf(thrown: unknown): string {
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return codeOf(thrown.errors[0])
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''
}
