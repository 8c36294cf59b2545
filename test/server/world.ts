// What the tests of the server share: a gateway in this process on a free port with a data folder of its own, and plain HTTP
// calls to it with every header as given. The dashboard and the database engine come from `dist`, which the build made before.
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type Agent, type IncomingHttpHeaders, request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseConfig } from '../../src/admin/config.ts'
import type { MethodInput, MethodName, MethodOutput, RequestDetail } from '../../src/admin/contract.ts'
import type { Log } from '../../src/core/log.ts'
import type { SecretStore } from '../../src/core/secrets.ts'
import { type Gateway, type GatewayOptions, startGateway } from '../../src/gateway.ts'
import type { GatewayConfig } from '../fakes/gateway.ts'

export const assetDirectory = fileURLToPath(new URL('../../dist', import.meta.url))
export const testKey = 'omr-test-0123456789abcdefghijklmnop'

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly bytes: Buffer
  readonly text: string
  /** The body as JSON; throws when it is none. */
  json(): Loose
}

/** JSON as tests read it: any field may be asked for. */
// biome-ignore lint/suspicious/noExplicitAny: what is not there fails the assertion that reads it
export type Loose = any

export interface Call {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string | Buffer | object
  readonly signal?: AbortSignal
  /** The connections to use; each call has its own without it. */
  readonly agent?: Agent
  /** Leaves out the gateway key. */
  readonly anonymous?: boolean
}

export interface World {
  readonly gateway: Gateway
  readonly url: string
  readonly port: number
  readonly token: string
  readonly dataDirectory: string
  /** Everything the gateway has logged. */
  readonly lines: readonly string[]
  send(path: string, call?: Call): Promise<Answer>
  rpc<M extends MethodName>(method: M, input: MethodInput<M>): Promise<MethodOutput<M>>
  /** The newest row of the request log, with its trace, as soon as `count` rows are there. */
  logged(count: number): Promise<RequestDetail[]>
  stop(): Promise<void>
}

export function memorySecrets(): SecretStore {
  const secrets = new Map<string, string>()
  return {
    get: async (id) => secrets.get(id),
    set: async (id, secret) => void secrets.set(id, secret),
    delete: async (id) => void secrets.delete(id),
  }
}

export function newFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'omniroute-server-'))
}

export async function startWorld(config: GatewayConfig = {}, options: Partial<GatewayOptions> = {}): Promise<World> {
  const dataDirectory = options.dataDirectory ?? (await newFolder())
  const lines: string[] = []
  const add = (line: string): void => void lines.push(line)
  const log: Log = { debug: add, info: add, warn: add, error: add }
  const keys = config.keys ?? [{ name: 'test', key: testKey }]
  const parsed = parseConfig(JSON.stringify({ ...config, keys }), {})
  const gateway = await startGateway({
    dataDirectory,
    assetDirectory,
    secrets: memorySecrets(),
    log,
    settings: { port: 0, bodyLimitMb: parsed.settings.bodyLimitMb ?? 4, logRows: 1000 },
    version: '0.0.0-test',
    config: parsed,
    ...options,
  })
  if (gateway.state.kind !== 'running') throw new Error(`the gateway is ${gateway.state.kind}`)
  const url = gateway.state.endpoint
  const key = keys[0]?.key ?? testKey
  return {
    gateway,
    url,
    port: Number(new URL(url).port),
    token: await gateway.adminToken(),
    dataDirectory,
    lines,
    send: (path, call = {}) =>
      send(
        url + path,
        call.anonymous ? call : { ...call, headers: { authorization: `Bearer ${key}`, ...call.headers } },
      ),
    rpc: (method, input) => gateway.call(method, input),
    async logged(count) {
      for (let round = 0; ; round++) {
        const { rows } = await gateway.call('requests.page', { limit: count + 1 })
        if (rows.length >= count) return await Promise.all(rows.map(({ id }) => gateway.call('requests.get', { id })))
        if (round > 200) throw new Error(`the log holds ${rows.length} rows instead of ${count}`)
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    },
    async stop() {
      await gateway.stop()
      if (options.dataDirectory === undefined) await rm(dataDirectory, { recursive: true, force: true })
    },
  }
}

/** One HTTP call with exactly these headers; `host` may be overridden. Rejects when the connection breaks. */
export function send(url: string, { method, headers = {}, body, signal, agent }: Call = {}): Promise<Answer> {
  const bytes = body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const outgoing = request(url, {
      method: method ?? (bytes === undefined ? 'GET' : 'POST'),
      headers: headers as Record<string, string | string[]>,
      agent: agent ?? false,
      ...(signal ? { signal } : {}),
    })
    outgoing.on('error', reject)
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const all = Buffer.concat(chunks)
        const text = all.toString('utf8')
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          bytes: all,
          text,
          json: () => JSON.parse(text),
        })
      })
    })
    outgoing.end(bytes)
  })
}

/** Sends bytes over a bare connection and gives everything that comes back until it closes. */
export async function sendRaw(port: number, text: string | Buffer): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let received = ''
  socket.on('data', (chunk) => {
    received += chunk.toString('utf8')
  })
  socket.on('error', () => undefined)
  socket.write(text)
  await once(socket, 'close')
  return received
}

/** The data of each event of a stream, parsed where it is JSON. */
export function eventsOf(text: string): { event?: string; data: Loose }[] {
  return text
    .split(/\r\n\r\n|\n\n|\r\r/)
    .map((block) => block.split(/\r\n|\n|\r/))
    .filter((fields) => fields.some((field) => field.startsWith('data:')))
    .map((fields) => {
      const event = fields
        .find((field) => field.startsWith('event:'))
        ?.slice(6)
        .trim()
      const data = fields
        .filter((field) => field.startsWith('data:'))
        .map((field) => field.slice(5).replace(/^ /, ''))
        .join('\n')
      const value: Loose = data.startsWith('{') ? JSON.parse(data) : data
      return event === undefined ? { data: value } : { event, data: value }
    })
}
