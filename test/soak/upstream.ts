// The upstreams of the soak in one process: a steady server, and one that flaps: every few seconds it fails in another way. Both
// speak all four wires. Prints both addresses and ends when its standard input closes.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { JsonObject } from '../../src/core/json.ts'
import { answerTo } from '../fakes/answer.ts'
import { routeOf } from '../fakes/route.ts'
import { scriptSchema } from '../fakes/script.ts'
import type { Frame } from '../fakes/wire.ts'

const moods = ['well', 'well', 'well', 'error', 'limited', 'reset', 'silent', 'cut', 'refused'] as const
type Mood = (typeof moods)[number]

const script = scriptSchema.parse({ events: 10 })
const paceMs = 80
const replyMs = 300
const leastMs = 1_500
const spreadMs = 3_000

let mood: Mood = 'well'
let count = 0

function open(port: number, moodNow: () => Mood): Promise<Server> {
  const server = createServer({ keepAliveTimeout: 600_000 }, (request, response) => {
    answer(request, response, moodNow()).catch(() => response.destroy())
  })
  server.listen(port, '127.0.0.1')
  return once(server, 'listening').then(() => server)
}

async function answer(request: IncomingMessage, response: ServerResponse, now: Mood): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  const route = routeOf(request, new URL(request.url ?? '/', 'http://upstream'))
  const text = Buffer.concat(chunks).toString('utf8')
  const body = JSON.parse(text) as JsonObject
  const asked = route?.wire.ask(body, text.length)
  if (!route || asked === undefined || typeof asked === 'string' || 'refused' in asked) {
    response.writeHead(400).end()
    return
  }
  const { wire } = route
  const json = (status: number, value: JsonObject, headers: Readonly<Record<string, string>> = {}): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value))
  }
  switch (now) {
    case 'error':
      return json(503, wire.error(503, undefined))
    case 'limited':
      return json(429, wire.error(429, undefined), { 'retry-after': '1' })
    case 'reset':
      response.destroy()
      return
    case 'silent':
      return
  }
  const stream = route.stream ?? body['stream'] === true
  const made = answerTo({ ...asked, model: route.model ?? String(body['model']), stream }, script, ++count)
  if (!stream) {
    await sleep(replyMs)
    return json(200, wire.reply(made))
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  let content = 0
  for (const frame of wire.frames(made)) {
    if (response.destroyed) return
    response.write(encode(frame))
    if (frame.kind !== 'content') continue
    content += 1
    await sleep(paceMs)
    if (now === 'cut' && content === 5) {
      response.destroy()
      return
    }
  }
  response.end()
}

function encode({ event, data }: Frame): string {
  return `${event === undefined ? '' : `event: ${event}\n`}data: ${data}\n\n`
}

function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function flap(first: Server): Promise<never> {
  const { port } = first.address() as AddressInfo
  let server: Server | undefined = first
  for (;;) {
    await sleep(leastMs + Math.random() * spreadMs)
    mood = moods[Math.floor(Math.random() * moods.length)] ?? 'well'
    if (mood === 'refused') {
      server?.close()
      server?.closeAllConnections()
      server = undefined
    } else server ??= await open(port, () => mood)
  }
}

process.stdin.resume().once('end', () => process.exit(0))
const steady = await open(0, () => 'well')
const flapping = await open(0, () => mood)
process.stdout.write(`STEADY ${addressOf(steady)} FLAPPING ${addressOf(flapping)} READY\n`)
await flap(flapping)
