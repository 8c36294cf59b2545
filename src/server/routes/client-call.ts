// The one way a client's call runs, whatever its wire: key, body, model, engine. Routes only say where things stand.
import { randomUUID } from 'node:crypto'
import type { Request, RequestHandler } from 'express'
import { LRUCache } from 'lru-cache'
import { GatewayError } from '../../core/errors.ts'
import type { Origin } from '../../core/routing.ts'
import type { RoutingSettings } from '../../core/settings.ts'
import type { WireFormat } from '../../core/wire-format.ts'
import { type BodyScan, findTopLevel, parseBody, scanBody } from '../../engine/body-scan.ts'
import type { Span } from '../../engine/json-bytes.ts'
import { bytesOf, createModelSlot } from '../../engine/model-slot.ts'
import type { ResponseSink } from '../../engine/ports.ts'
import { refusedRecord } from '../../engine/records.ts'
import { type ClientRequest, runRequest } from '../../engine/run.ts'
import { signaturePrefix } from '../../wire/signatures.ts'
import { checkKey } from '../admission.ts'
import type { ServerContext } from '../context.ts'
import { sendFailure } from '../dialect.ts'
import { readBody } from '../request-body.ts'
import { HttpSink } from '../sink.ts'

const foreignSignature = Buffer.from(`"${signaturePrefix}`)

export interface CallShape extends Pick<ClientRequest, 'model' | 'stream' | 'upstreamPath' | 'upstreamQuery'> {
  /** Where the body names the model; absent when the path does. */
  readonly modelSpan: Span | undefined
  /** What the path says and the body doesn't. */
  readonly hints?: { readonly model: string; readonly stream?: boolean }
  /** True when the body must be written anew because it lacks the model. */
  readonly lacksModel?: boolean
  /** Wraps the response when the client wants another framing. */
  readonly sink?: (sink: ResponseSink) => ResponseSink
}

export interface ClientRoute {
  readonly wire: WireFormat
  /** False for calls that are no chat (counting tokens). */
  readonly isReply: boolean
  /** Reads model and streaming from the request. May throw `invalid_request`. `hasDefault`: a model need not be named. */
  readonly shape: (request: Request, scan: BodyScan, hasDefault: boolean) => CallShape
}

/** Where calls are entered by their paths. */
export interface ClientRoutes {
  post(paths: readonly string[], handler: RequestHandler): void
}

/** An Express handler for one kind of call. */
export function clientCall(context: ServerContext, route: ClientRoute): RequestHandler {
  return async (request, response) => {
    const id = randomUUID()
    const { ports, keys } = await context.ready
    const receivedAt = ports.now()
    const client = clientName(request.headers['user-agent'])
    const end = context.activity.begin()
    response.once('close', end)
    let model: string | undefined
    let origin: Origin = {}
    try {
      origin = originOf(checkKey(keys, request, queryOf(request)), request.headers[workspaceHeader])
      const body = await readBody(request, context.bodyLimit())
      const bytes = bytesOf(body)
      const shape = route.shape(request, scanBody(bytes), hasDefaultModel(ports.settings().defaults, origin))
      model = shape.model
      const asked = shape.model
      const slot = shape.modelSpan ? createModelSlot(body, shape.modelSpan) : () => bytes
      // Exchanging the name moves bytes: only what was made last is whole.
      let current = bytes
      const bodyFor = (name: string): Buffer => {
        current = slot(name)
        return current
      }
      const plain = new HttpSink(response)
      await runRequest(
        ports,
        {
          id,
          wire: route.wire,
          isReply: route.isReply,
          // An attempt in the client's own wire may have moved the bytes: they are asked for anew.
          canonical: remembered(() => route.wire.readRequest(parseBody(bodyFor(asked)), shape.hints)),
          isMixed: memoised(() => shape.lacksModel === true || carriesForeignSignature(route.wire.id, bytes)),
          debug: request.headers['x-omniroute-debug'] === '1',
          model: asked,
          stream: shape.stream,
          wantsStream: () => shape.stream ?? readsTrue(current, 'stream'),
          hasKeepAlive: shape.sink === undefined,
          bytes,
          bodyFor,
          upstreamPath: shape.upstreamPath,
          upstreamQuery: shape.upstreamQuery,
          headers: request.headers,
          origin,
          client,
          receivedAt,
        },
        shape.sink ? shape.sink(plain) : plain,
        plain,
      )
    } catch (thrown) {
      const error = sendFailure(request, response, thrown, id)
      discardRest(request)
      if (error.code === 'internal') context.log.error(`request ${id}: ${error.stack ?? error.message}`)
      const facts = { id, client, receivedAt, wire: route.wire.id, model: model ?? '', origin, stream: false }
      ports.record(refusedRecord({ ...facts, now: ports.now() }, error))
    }
  }
}

/** Tools may say which project they work in; per-workspace defaults, prompts and budgets go by it. */
const workspaceHeader = 'x-omniroute-workspace'

function originOf(keyId: string, workspace: string | string[] | undefined): Origin {
  return typeof workspace === 'string' && workspace !== '' ? { keyId, workspace: workspace.slice(0, 300) } : { keyId }
}

function hasDefaultModel({ model, perKey, perWorkspace }: RoutingSettings['defaults'], origin: Origin): boolean {
  if (model !== '') return true
  const { keyId = '', workspace = '' } = origin
  return Object.hasOwn(perKey, keyId) || Object.hasOwn(perWorkspace, workspace)
}

function readsTrue(body: Buffer, field: string): boolean {
  const span = findTopLevel(body, field)
  return span !== undefined && body.toString('latin1', span.start, span.end) === 'true'
}

/** Chat has no place for signatures; the other wires carry foreign ones under a prefix of ours. */
function carriesForeignSignature(wire: WireFormat['id'], body: Buffer): boolean {
  return wire !== 'openai-chat' && body.includes(foreignSignature)
}

/** Runs once, however often it is asked. */
function memoised<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** Makes it again when it is asked for once more after a while: a conversation is large, and few answers need it twice. */
function remembered<T extends object>(make: () => T): () => T {
  let made: WeakRef<T> | undefined
  return () => {
    const known = made?.deref()
    if (known !== undefined) return known
    const value = make()
    made = new WeakRef(value)
    return value
  }
}

/** The query of a request, or undefined when it has none: most have none, and parsing is not free. */
export function queryOf(request: Request): URLSearchParams | undefined {
  const at = request.url.indexOf('?')
  return at < 0 ? undefined : new URLSearchParams(request.url.slice(at + 1))
}

/** The query for the upstream: the client's own without its key. */
export function upstreamQuery(request: Request, change?: (query: URLSearchParams) => void): string {
  const given = queryOf(request)
  if (given === undefined && change === undefined) return ''
  const query = given ?? new URLSearchParams()
  query.delete('key')
  change?.(query)
  const text = query.toString()
  return text === '' ? '' : `?${text}`
}

/** What a body that should name a model says of it; one that names none stands for the default where there is one. */
export function modelIn(
  scan: BodyScan,
  hasDefault: boolean,
): Pick<CallShape, 'model' | 'modelSpan' | 'hints' | 'lacksModel'> {
  if (scan.model !== undefined) return { model: scan.model, modelSpan: scan.modelSpan }
  if (hasDefault) return { model: 'default', modelSpan: undefined, hints: { model: 'default' }, lacksModel: true }
  throw new GatewayError('invalid_request', 'The field "model" is missing.', { parameter: 'model' })
}

/** Few programs call one gateway, each with the same words every time. */
const clientNames = new LRUCache<string, string>({ max: 100 })

/** The first product of a user agent without anything that could identify a person. */
export function clientName(userAgent: string | undefined): string {
  if (userAgent === undefined) return 'unknown'
  const known = clientNames.get(userAgent)
  if (known !== undefined) return known
  const product = userAgent.split(/[\s(;]/, 1)[0] ?? ''
  const name = product.replace(/[^\x21-\x7e]/g, '').slice(0, 60) || 'unknown'
  clientNames.set(userAgent, name)
  return name
}

/** Lets a client finish sending what is no longer wanted, for a while, so that it gets to read the answer. */
function discardRest(request: Request): void {
  if (request.complete || request.destroyed) return
  request.resume()
  setTimeout(() => request.destroy(), 5_000).unref()
}
