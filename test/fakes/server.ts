// The fake upstream: one program that speaks all four wires on real sockets. Started by `start.ts` with its options as JSON in
// the first argument; prints `READY <url>` and ends when its standard input closes, so it never outlives the test run.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import * as z from 'zod'
import { isJsonObject, type JsonObject } from '../../src/core/json.ts'
import { wireIds } from '../../src/core/wire-format.ts'
import { answerTo } from './answer.ts'
import { beforeAnswer, type Delivery, deliver, sendJson, sendPage, sendStream } from './delivery.ts'
import { embeddingsReply } from './embeddings.ts'
import { createExchangeLog, noteEnd, readBody } from './exchange.ts'
import { keep, unknownToKey } from './kept-responses.ts'
import { idOfAnswer } from './openai-responses.ts'
import { type FakeRoute, keyOf, routeOf } from './route.ts'
import { type Script, scriptOfName, scriptSchema } from './script.ts'
import type { FakeModel } from './wire.ts'

const scriptOrName = z.string().or(scriptSchema)
const keys = z.partialRecord(z.enum(wireIds), z.string())

export const fakeOptions = z
  .object({
    port: z.number().int().default(0),
    /** The key each wire expects; a wire without one takes any. */
    keys: keys.default({}),
    /** Ids of the model lists. */
    models: z.array(z.string()).default(['echo', 'text', 'tool', 'tool-loop', 'vendor/echo']),
    /** Script for models whose name spells none; without it they are not found. */
    fallback: scriptOrName.optional(),
  })
  .strict()
export type FakeOptions = z.input<typeof fakeOptions>

export const fakeControl = z
  .object({
    /** With `scripts`: how this model behaves from now on, in turn; the last one stays. */
    model: z.string().optional(),
    scripts: z.array(scriptOrName).min(1).optional(),
    keys: keys.optional(),
    models: z.array(z.string()).optional(),
    /** Drops all scripts set for models. */
    reset: z.boolean().optional(),
    /** Empties the log. */
    forget: z.boolean().optional(),
  })
  .strict()
export type FakeControl = z.input<typeof fakeControl>

function toScript(value: z.output<typeof scriptOrName>): Script {
  if (typeof value !== 'string') return value
  const script = scriptOfName(value)
  if (script === undefined) throw new Error(`no such script: ${value}`)
  return script
}

const options = fakeOptions.parse(JSON.parse(process.argv[2] ?? '{}'))
const fallback = options.fallback === undefined ? undefined : toScript(options.fallback)
const log = createExchangeLog()
const scripts = new Map<string, Script[]>()
let expectedKeys = options.keys
let models = options.models

function control(body: JsonObject): void {
  const change = fakeControl.parse(body)
  if (change.reset === true) scripts.clear()
  if (change.forget === true) log.forget()
  if (change.keys !== undefined) expectedKeys = change.keys
  if (change.models !== undefined) models = change.models
  if (change.model !== undefined && change.scripts !== undefined)
    scripts.set(change.model, change.scripts.map(toScript))
}

function scriptFor(model: string): Script | undefined {
  const queue = scripts.get(model)
  if (queue === undefined) return scriptOfName(model) ?? fallback
  return queue.length > 1 ? queue.shift() : queue[0]
}

function knownModels(): FakeModel[] {
  return models.map((id, index) => ({ id, created: 1_780_000_000 + index }))
}

function parse(bytes: Buffer): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

async function answer(delivery: Delivery, route: FakeRoute): Promise<void> {
  const { exchange, script, wire } = delivery
  const fail = (status: number, message?: string): Promise<void> =>
    sendJson(delivery, status, wire.error(status, message))

  const expected = expectedKeys[wire.id]
  if (expected !== undefined && keyOf(exchange.request, wire.id) !== expected) return fail(401)
  if (route.kind === 'list') return sendJson(delivery, 200, wire.modelList(knownModels()))
  if (route.kind === 'model') {
    const found = knownModels().find((model) => model.id === route.model)
    return found === undefined ? fail(404) : sendJson(delivery, 200, wire.model(found))
  }

  const body = parse(exchange.body)
  if (body === undefined) return fail(400, 'We could not parse the JSON body of your request.')
  const model = route.model ?? body['model']
  if (typeof model !== 'string') return fail(400, 'you must provide a model parameter')
  if (route.kind === 'embed') {
    const script = scripts.has(model) ? scriptFor(model) : undefined
    if (script && script.status >= 400) return fail(script.status, script.message)
    return sendJson(delivery, 200, embeddingsReply(model, body['input']))
  }
  const ask = wire.ask(body, exchange.body.toString('utf8').length)
  if (route.kind === 'count') return sendJson(delivery, 200, wire.countTokens(exchange.bodyBytes))
  if (typeof ask === 'string') return fail(400, ask)
  if ('refused' in ask) return sendJson(delivery, 400, ask.refused)

  if (await beforeAnswer(delivery)) return
  if (script.delivery === 'html') return sendPage(delivery)
  if (script.status >= 400) return fail(script.status, script.message)
  if (script.delivery === 'error-in-200')
    return sendJson(delivery, 200, wire.error(500, script.message ?? 'The fake failed, with status 200.'))
  if (wire.id === 'openai-responses') {
    const key = keyOf(exchange.request, wire.id)
    const unknown = unknownToKey(body, key)
    if (unknown) return sendJson(delivery, unknown.status, unknown.body)
    keep(idOfAnswer(exchange), key, body)
  }
  const stream = route.stream ?? body['stream'] === true
  const made = answerTo({ ...ask, model, stream }, script, exchange.number)
  return stream ? sendStream(delivery, made, route.array === true) : sendJson(delivery, 200, wire.reply(made))
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://fake')
  if (url.pathname === '/_log') return own(response, 200, log.records(url.searchParams.get('bodies') !== 'false'))
  if (url.pathname === '/_control') return handleControl(request, response)

  const exchange = log.open(request)
  const closing = new AbortController()
  response.once('close', () => {
    noteEnd(exchange, response.writableFinished ? 'complete' : 'left')
    closing.abort()
  })
  const complete = await readBody(exchange)
  if (!complete) return
  const route = routeOf(request, url)
  if (route === undefined) {
    noteEnd(exchange, 'complete')
    return own(response, 404, { error: { message: `Unknown path ${url.pathname}`, type: 'invalid_request_error' } })
  }
  exchange.wire = route.wire.id
  const model = route.model ?? parse(exchange.body)?.['model']
  if (typeof model === 'string') exchange.model = model
  const missing = scriptSchema.parse({ status: 404 })
  const script = route.kind === 'generate' && typeof model === 'string' ? (scriptFor(model) ?? missing) : undefined
  const delivery: Delivery = {
    exchange,
    response,
    wire: route.wire,
    script: script ?? scriptSchema.parse({}),
    closed: closing.signal,
  }
  await deliver(() => answer(delivery, route))
}

function own(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

async function handleControl(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  try {
    control(parse(Buffer.concat(chunks)) ?? {})
    own(response, 200, { ok: true })
  } catch (error) {
    own(response, 400, { error: String(error) })
  }
}

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  handle(request, response).catch((error: unknown) => {
    process.stderr.write(`fake upstream: ${String(error)}\n`)
    response.destroy()
  })
})

process.stdin.resume().once('end', () => process.exit(0))
server.listen(options.port, '127.0.0.1', () => {
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : options.port
  process.stdout.write(`READY http://127.0.0.1:${port}\n`)
})
