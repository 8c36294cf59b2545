// The fake's memory of what it received and sent, and how each exchange ended. Bounded: old exchanges go, long bodies are cut.
import type { IncomingMessage } from 'node:http'
import type { WireId } from '../../src/core/wire-format.ts'

/** `left`: the client went before the fake was done. `broken`: the script broke the connection. */
export type ExchangeEnd = 'open' | 'complete' | 'left' | 'broken'

/** An exchange as `GET /_log` gives it. */
export interface ExchangeRecord {
  readonly number: number
  readonly at: number
  readonly method: string
  readonly url: string
  readonly httpVersion: string
  /** Names as they were sent, in order. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** The request's body, base64. */
  readonly body: string
  readonly bodyBytes: number
  readonly wire?: WireId
  readonly model?: string
  readonly status?: number
  /** The first megabyte of the answer's body, base64. */
  readonly sent: string
  readonly sentBytes: number
  readonly frames: number
  readonly end: ExchangeEnd
  readonly endedAfterMs?: number
  /** The local port of the client: equal for requests that shared a connection. */
  readonly clientPort: number
}

export interface Exchange {
  readonly number: number
  readonly at: number
  readonly request: IncomingMessage
  readonly clientPort: number
  body: Buffer
  bodyBytes: number
  wire?: WireId
  model?: string
  status?: number
  sent: Buffer[]
  sentBytes: number
  frames: number
  end: ExchangeEnd
  endedAfterMs?: number
}

const keptExchanges = 2000
const keptRequestBytes = 16 * 1024 * 1024
const keptAnswerBytes = 1024 * 1024

export interface ExchangeLog {
  open(request: IncomingMessage): Exchange
  records(withBodies: boolean): ExchangeRecord[]
  forget(): void
}

export function createExchangeLog(): ExchangeLog {
  let exchanges: Exchange[] = []
  let count = 0
  return {
    open(request) {
      count += 1
      const clientPort = request.socket.remotePort ?? 0
      const exchange: Exchange = {
        number: count,
        at: Date.now(),
        request,
        clientPort,
        body: Buffer.alloc(0),
        bodyBytes: 0,
        sent: [],
        sentBytes: 0,
        frames: 0,
        end: 'open',
      }
      exchanges.push(exchange)
      if (exchanges.length > keptExchanges) exchanges.shift()
      return exchange
    },
    records: (withBodies) => exchanges.map((exchange) => toRecord(exchange, withBodies)),
    forget() {
      exchanges = []
    },
  }
}

/** Reads the request's body to its end; false when the client left in the middle of it. */
export async function readBody(exchange: Exchange): Promise<boolean> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of exchange.request as AsyncIterable<Buffer>) {
      if (exchange.bodyBytes < keptRequestBytes) chunks.push(chunk)
      exchange.bodyBytes += chunk.length
    }
  } catch {
    exchange.body = Buffer.concat(chunks)
    return false
  }
  exchange.body = Buffer.concat(chunks)
  return true
}

export function noteSent(exchange: Exchange, bytes: Buffer): void {
  if (exchange.sentBytes < keptAnswerBytes) exchange.sent.push(bytes)
  exchange.sentBytes += bytes.length
}

export function noteEnd(exchange: Exchange, end: ExchangeEnd): void {
  if (exchange.end !== 'open') return
  exchange.end = end
  exchange.endedAfterMs = Date.now() - exchange.at
}

function toRecord(exchange: Exchange, withBodies: boolean): ExchangeRecord {
  const { request, body, sent, ...rest } = exchange
  const raw = request.rawHeaders
  return {
    ...rest,
    method: request.method ?? '',
    url: request.url ?? '',
    httpVersion: request.httpVersion,
    headers: Array.from({ length: raw.length / 2 }, (_, i) => [raw[2 * i] ?? '', raw[2 * i + 1] ?? ''] as const),
    body: withBodies ? body.toString('base64') : '',
    sent: withBodies ? Buffer.concat(sent).subarray(0, keptAnswerBytes).toString('base64') : '',
  }
}
