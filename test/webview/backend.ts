// The management side of a gateway, in memory, over real HTTP: what the dashboard talks to in its tests. It validates with the
// contract on its side too, so a page that sends nonsense fails here. Never imported by anything that ships.
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import {
  type EventData,
  type EventName,
  type MethodName,
  methods,
  type RequestDetail,
  rpcCall,
} from '../../src/admin/contract.ts'
import { type EditorRequest, editorRequest } from '../../src/admin/contract-editor.ts'
import { handlers, toRow } from './backend-handlers.ts'
import type { World } from './world.ts'

export const adminKey = 'omra-test-admin-key'
const sessionCookie = 'omniroute_session'
const types: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.css': 'text/css', '.ttf': 'font/ttf' }

export class Backend {
  readonly world: World
  readonly #assets: string
  readonly #streams = new Set<ServerResponse>()
  readonly #sessions = new Set<string>()
  readonly #listeners = new Set<(message: unknown) => void>()
  #server: Server | undefined
  #port = 0
  /** Every call that came in, for asserting what a page asked for. */
  readonly calls: { method: string; params: unknown }[] = []
  /** What pages in the editor asked of the window. */
  readonly requests: EditorRequest[] = []
  /** Bundle of strings that the pages are served with. */
  l10n: Record<string, string> = {}
  /** Answers every HTTP request to /admin with this instead, as a server that refuses before it reads the call. */
  refusal: { status: number; body: string } | undefined
  language = 'en'
  direction: 'ltr' | 'rtl' = 'ltr'

  constructor(world: World, assets: string) {
    this.world = world
    this.#assets = assets
  }

  async start(): Promise<string> {
    const server = createServer((request, response) => void this.#serve(request, response))
    this.#server = server
    server.listen(this.#port, '127.0.0.1')
    await once(server, 'listening')
    // The same port again after a stop, so that a page can come back.
    this.#port = (server.address() as AddressInfo).port
    return this.url
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  async stop(): Promise<void> {
    const server = this.#server
    if (!server) return
    this.#server = undefined
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  }

  /** Sends an event to every page, by SSE and by postMessage. */
  emit<E extends EventName>(event: E, data: EventData<E>): void {
    this.emitRaw({ event, data })
  }

  emitRaw(message: unknown): void {
    for (const stream of this.#streams) stream.write(`data: ${JSON.stringify(message)}\n\n`)
    for (const listener of this.#listeners) listener(message)
  }

  /** How many pages listen over HTTP. */
  get eventStreams(): number {
    return this.#streams.size
  }

  onMessage(listener: (message: unknown) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Puts a request on top of the log and tells the pages. */
  addRequest(detail: RequestDetail): void {
    this.world.requests.unshift(detail)
    this.emit('requests.added', toRow(detail))
  }

  endSessions(): void {
    this.#sessions.clear()
    for (const stream of this.#streams) stream.end()
  }

  /** Answers one call as the gateway would; the answer always has the call's id. */
  async answer(message: unknown): Promise<unknown> {
    const request = editorRequest.safeParse(message)
    if (request.success) {
      this.requests.push(request.data)
      return undefined
    }
    const call = rpcCall.safeParse(message)
    if (!call.success) return { id: 0, error: { code: 'invalid_request', message: 'This is no call.' } }
    const { id, method, params } = call.data
    this.calls.push({ method, params })
    if (!Object.hasOwn(methods, method)) return { id, error: { code: 'unknown_path', message: `No method ${method}.` } }
    const name = method as MethodName
    const input = methods[name].input.safeParse(params)
    if (!input.success) return { id, error: { code: 'invalid_request', message: input.error.message } }
    const planned = this.world.plans.get(name)
    if (planned?.delayMs) await new Promise((resolve) => setTimeout(resolve, planned.delayMs))
    if (planned?.failure) return { id, error: planned.failure }
    if (planned && 'result' in planned) return { id, result: planned.result }
    try {
      const result = await handlers[name](this.world, input.data as never, (event) => this.emitRaw(event))
      return { id, result: methods[name].output.parse(result) }
    } catch (error) {
      return { id, error: { code: 'internal', message: error instanceof Error ? error.message : String(error) } }
    }
  }

  /** The page as a host serves it, with the placeholders filled in. */
  async page(host: 'editor' | 'browser'): Promise<{ body: string; policy: string }> {
    const template = await readFile(path.join(this.#assets, 'index.html'), 'utf8')
    const nonce = randomBytes(16).toString('base64')
    const values: Readonly<Record<string, string>> = {
      lang: this.language,
      dir: this.direction,
      cspSource: host === 'editor' ? this.url : "'self'",
      connectSource: host === 'editor' ? "'none'" : "'self'",
      nonce,
      base: '/assets',
      l10n: JSON.stringify(this.l10n).replaceAll('<', '\\u003c'),
    }
    const body = template.replace(/\{\{(\w+)\}\}/g, (placeholder, name: string) => values[name] ?? placeholder)
    const policy = /Content-Security-Policy" content="([^"]+)"/.exec(body)?.[1] ?? ''
    return { body, policy }
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', this.url)
    if (pathname === '/' || pathname === '/editor') {
      const { body, policy } = await this.page(pathname === '/' ? 'browser' : 'editor')
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy })
      response.end(body)
    } else if (pathname.startsWith('/assets/')) await this.#asset(pathname.slice('/assets/'.length), response)
    else if (this.refusal && pathname.startsWith('/admin/'))
      response.writeHead(this.refusal.status).end(this.refusal.body)
    else if (pathname === '/admin/session') await this.#session(request, response)
    else if (!this.#isSignedIn(request)) response.writeHead(pathname.startsWith('/admin/') ? 401 : 404).end()
    else if (pathname === '/admin/rpc') await this.#rpc(request, response)
    else if (pathname === '/admin/events') this.#events(response)
    else response.writeHead(404).end()
  }

  async #asset(name: string, response: ServerResponse): Promise<void> {
    const file = path.join(this.#assets, path.basename(name))
    const body = await readFile(file).catch(() => undefined)
    if (!body) response.writeHead(404).end()
    else response.writeHead(200, { 'content-type': types[path.extname(file)] ?? 'text/plain' }).end(body)
  }

  async #session(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'DELETE') {
      this.#sessions.delete(cookieOf(request))
      response.writeHead(204).end()
      return
    }
    const { token } = JSON.parse(await bodyOf(request)) as { token?: string }
    if (token !== adminKey) {
      response.writeHead(401).end()
      return
    }
    const session = randomBytes(8).toString('hex')
    this.#sessions.add(session)
    const cookie = `${sessionCookie}=${session}; Path=/; HttpOnly; SameSite=Strict`
    response.writeHead(204, { 'set-cookie': cookie }).end()
  }

  #isSignedIn(request: IncomingMessage): boolean {
    return this.#sessions.has(cookieOf(request))
  }

  async #rpc(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = await this.answer(JSON.parse(await bodyOf(request)))
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  }

  #events(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    response.write(': hello\n\n')
    this.#streams.add(response)
    response.on('close', () => this.#streams.delete(response))
  }
}

function cookieOf(request: IncomingMessage): string {
  return new RegExp(`${sessionCookie}=([0-9a-f]+)`).exec(request.headers.cookie ?? '')?.[1] ?? ''
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
