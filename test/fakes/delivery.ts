// Sends an answer the way a script wants it: whole, slowly, in pieces, or not to its end. Honours back-pressure, so the bytes
// noted as sent show how much a slow reader has let through.
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import type { JsonObject } from '../../src/core/json.ts'
import { type Exchange, noteEnd, noteSent } from './exchange.ts'
import type { Script } from './script.ts'
import type { Answer, FakeWire, Frame } from './wire.ts'

/** Everything a delivery needs to know of one exchange. */
export interface Delivery {
  readonly exchange: Exchange
  readonly response: ServerResponse
  readonly script: Script
  readonly wire: FakeWire
  /** Aborted when the connection closes. */
  readonly closed: AbortSignal
}

/** Thrown inside a delivery when the client has gone. */
class ClientLeft extends Error {}

const droppedFrames: Partial<Record<Script['delivery'], readonly Frame['kind'][]>> = {
  'missing-done': ['done'],
  'missing-terminal': ['done', 'finish'],
}

const newlines = { lf: '\n', crlf: '\r\n', cr: '\r' } as const

async function pause(delivery: Delivery, milliseconds: number): Promise<void> {
  if (milliseconds > 0) await sleep(milliseconds, undefined, { signal: delivery.closed }).catch(() => undefined)
  if (delivery.closed.aborted) throw new ClientLeft()
}

async function hang(delivery: Delivery): Promise<never> {
  if (!delivery.closed.aborted) await once(delivery.closed, 'abort')
  throw new ClientLeft()
}

async function breakOff({ exchange, response, script }: Delivery): Promise<void> {
  // What was written must have reached the kernel, or the break would come earlier than the script says.
  while (response.writableLength > 0 && !response.destroyed) await sleep(5)
  await sleep(20)
  noteEnd(exchange, 'broken')
  if (script.reset) response.socket?.resetAndDestroy()
  else response.socket?.destroy()
}

function writeHead(delivery: Delivery, status: number, contentType: string, extra: Record<string, string> = {}): void {
  const { exchange, response, script, wire } = delivery
  exchange.status = status
  response.writeHead(status, {
    ...wire.responseHeaders(exchange.number),
    'content-type': script.contentType ?? contentType,
    ...extra,
    ...script.headers,
  })
  response.flushHeaders()
}

async function writeOnce(delivery: Delivery, bytes: Buffer): Promise<void> {
  const { exchange, response, closed } = delivery
  if (closed.aborted) throw new ClientLeft()
  noteSent(exchange, bytes)
  if (response.write(bytes)) return
  await once(response, 'drain', { signal: closed }).catch(() => undefined)
  if (closed.aborted) throw new ClientLeft()
}

async function write(delivery: Delivery, text: string): Promise<void> {
  const bytes = Buffer.from(text)
  const size = delivery.script.pieceBytes
  if (size === undefined) return writeOnce(delivery, bytes)
  for (let at = 0; at < bytes.length; at += size) {
    await writeOnce(delivery, bytes.subarray(at, at + size))
    await nextTurn()
    await pause(delivery, delivery.script.pauseMs)
  }
}

function finish({ exchange, response }: Delivery): void {
  response.end()
  noteEnd(exchange, 'complete')
}

/** Sends a JSON body whole, or as much of it as the script allows. */
export async function sendJson(delivery: Delivery, status: number, body: JsonObject): Promise<void> {
  const { script } = delivery
  const text = JSON.stringify(body)
  const half = text.slice(0, Math.floor(text.length / 2))
  const extra: Record<string, string> = script.retryAfter === undefined ? {} : { 'retry-after': script.retryAfter }
  writeHead(delivery, status, 'application/json', extra)
  switch (status < 400 ? script.delivery : 'normal') {
    case 'hang-after-headers':
      return hang(delivery)
    case 'break-after-headers':
      return breakOff(delivery)
    case 'hang-mid-stream':
      await write(delivery, half)
      return hang(delivery)
    case 'break-mid-stream':
      await write(delivery, half)
      return breakOff(delivery)
    case 'truncated-json':
    case 'malformed-sse':
      await write(delivery, half)
      return finish(delivery)
    case 'break-after-terminal':
      await write(delivery, text)
      return breakOff(delivery)
    case 'empty':
      return finish(delivery)
    default:
      await write(delivery, text)
      finish(delivery)
  }
}

export async function sendPage(delivery: Delivery): Promise<void> {
  writeHead(delivery, delivery.script.status, 'text/html; charset=utf-8')
  const title = delivery.script.status === 200 ? 'Welcome' : `${delivery.script.status} Bad Gateway`
  await write(
    delivery,
    `<!DOCTYPE html>\n<html><head><title>${title}</title></head>\n<body><center><h1>${title}</h1></center><hr>` +
      '<center>nginx/1.25.3</center></body></html>\n',
  )
  finish(delivery)
}

function encode(frame: Frame, script: Script): string {
  const newline = newlines[script.newline]
  const space = script.tight ? '' : ' '
  const comment = script.comments ? `: keep-alive${newline}${newline}` : ''
  const event = frame.event === undefined ? '' : `event:${space}${frame.event}${newline}`
  return `${comment}${event}data:${space}${frame.data}${newline}${newline}`
}

/** Sends what the script wants instead of the rest of the stream; false when the stream goes on. */
async function interrupt(delivery: Delivery, next: Frame): Promise<boolean> {
  const { script, wire } = delivery
  switch (script.delivery) {
    case 'hang-mid-stream':
      return hang(delivery)
    case 'break-mid-stream':
      await breakOff(delivery)
      return true
    case 'error-event':
      await write(delivery, encode(wire.errorFrame(script.message ?? 'The fake failed in mid-stream.'), script))
      finish(delivery)
      return true
    case 'truncated-json':
      await write(delivery, `data: ${next.data.slice(0, Math.floor(next.data.length / 2))}`)
      finish(delivery)
      return true
    case 'malformed-sse':
      await write(delivery, 'data: {"broken": \n\nthis line is no field\n\ndata: <html>\n\n')
      finish(delivery)
      return true
    default:
      return false
  }
}

/** Sends an answer as server-sent events, or as Gemini's JSON array when `array` is set. */
export async function sendStream(delivery: Delivery, answer: Answer, array: boolean): Promise<void> {
  const { exchange, script, wire } = delivery
  writeHead(delivery, 200, array ? 'application/json; charset=UTF-8' : 'text/event-stream; charset=utf-8')
  if (script.delivery === 'hang-after-headers') return hang(delivery)
  if (script.delivery === 'break-after-headers') return breakOff(delivery)
  if (script.delivery === 'empty') return finish(delivery)
  await pause(delivery, script.firstEventMs)
  if (script.byteOrderMark) await write(delivery, '\uFEFF')

  const limit = script.after ?? Math.floor((answer.text.length + answer.reasoning.length + answer.calls.length) / 2)
  const dropped = droppedFrames[script.delivery] ?? []
  let content = 0
  for (const frame of wire.frames(answer)) {
    if (dropped.includes(frame.kind)) continue
    if (frame.kind !== 'preamble' && content >= limit && (await interrupt(delivery, frame))) return
    if (frame.kind === 'content') content += 1
    await write(delivery, array ? `${exchange.frames === 0 ? '[' : ',\r\n'}${frame.data}` : encode(frame, script))
    exchange.frames += 1
    if (script.pieceBytes === undefined) await pause(delivery, script.pauseMs)
  }
  if (array) await write(delivery, ']')
  if (script.delivery === 'break-after-terminal') return breakOff(delivery)
  finish(delivery)
}

/** Runs the part of a script that comes before any answer; true when the script wants nothing after it. */
export async function beforeAnswer(delivery: Delivery): Promise<boolean> {
  const { script } = delivery
  if (script.delivery === 'break-before-headers') {
    await breakOff(delivery)
    return true
  }
  if (script.delivery === 'hang-before-headers') return hang(delivery)
  await pause(delivery, script.firstByteMs)
  return false
}

/** Runs a delivery; a client that leaves ends it quietly. */
export async function deliver(run: () => Promise<void>): Promise<void> {
  try {
    await run()
  } catch (error) {
    if (!(error instanceof ClientLeft)) throw error
  }
}
