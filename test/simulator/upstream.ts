// A simulated vendor account: a server of its own that speaks one wire, has limits, lives through troubles by the simulated clock,
// and remembers of every request whether it could have served it, what it did instead, and how that ended.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Clock } from '../../src/core/clock.ts'
import { isJsonObject, type JsonObject } from '../../src/core/json.ts'
import { type FakeRoute, keyOf, routeOf } from '../fakes/route.ts'
import type { Ask } from '../fakes/wire.ts'
import { Delivery } from './delivery.ts'
import type { Dice } from './dice.ts'
import { hintOf, rateLimitHeaders } from './hints.ts'
import { Meter, type Span } from './meter.ts'
import type { Stillness } from './stillness.ts'
import { isAccountWide, type Trouble, type UpstreamSpec } from './troubles.ts'

/**
 * `served` whole; `failed` before anything of the answer went out; `broken` after that; `caller` refused for the
 * request's own fault; `left` by the other side while it would have served.
 */
export type ExchangeEnd = 'open' | 'served' | 'failed' | 'broken' | 'caller' | 'left'

export interface Exchange {
  /** Counts through all accounts. */
  readonly number: number
  readonly request: string
  readonly account: string
  readonly model: string
  readonly at: number
  /** Tokens that the vendor counts for it. */
  tokens: number
  end: ExchangeEnd
  endedAt: number | undefined
  /** What went wrong, in a word. */
  why: string | undefined
}

/** Something that the account did to a request, as far as whoever called could know of it. */
export interface Fault {
  readonly at: number
  readonly why: string
  /** Absent when it concerns the whole account. */
  readonly model?: string
  /** Until when the vendor said it won't serve; absent when it said nothing. */
  readonly until?: number
  /** Whether that was the truth. */
  readonly isTrue: boolean
}

export interface Surroundings {
  readonly clock: Clock
  readonly dice: Dice
  readonly stillness: Stillness
  readonly beginOfDay: number
  readonly nextNumber: () => number
  /** Whether the client of that request has gone away. */
  readonly isAborted: (request: string) => boolean
}

export class SimulatedUpstream {
  readonly spec: UpstreamSpec
  readonly troubles: readonly Trouble[]
  readonly exchanges: Exchange[] = []
  readonly open = new Set<Exchange>()
  readonly faults: Fault[] = []
  readonly #around: Surroundings
  readonly #meters: readonly Meter[]
  #server: Server | undefined
  #port = 0
  #count = 0

  constructor(spec: UpstreamSpec, troubles: readonly Trouble[], around: Surroundings) {
    this.spec = spec
    this.troubles = troubles
    this.#around = around
    this.#meters = spec.meters.map((rule) => new Meter(rule, around.beginOfDay))
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  async start(): Promise<void> {
    const server = createServer({ keepAliveTimeout: 600_000 }, (request, response) => {
      this.#handle(request, response).catch(() => response.destroy())
    })
    server.listen(this.#port, '127.0.0.1')
    await once(server, 'listening')
    this.#port = (server.address() as AddressInfo).port
    this.#server = server
  }

  /** Refuses connections from now on, those in use included. */
  async stop(): Promise<void> {
    const server = this.#server
    if (!server) return
    this.#server = undefined
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }

  /** Spans of time in which it could not have served that model. */
  blocked(model: string, from: number, to: number): string | undefined {
    const about = (span: { readonly model?: string }): boolean => span.model === undefined || span.model === model
    const overlaps = (span: Span): boolean => span.from <= to && span.to > from && about(span)
    const trouble = this.troubles.find(overlaps)
    if (trouble) return trouble.kind
    return this.#meters.some(({ full }) => full.some(overlaps)) ? 'limit' : undefined
  }

  /** The soonest instant after `now` from which its limits leave room again; undefined when it has room. */
  fullUntil(model: string, now: number): number | undefined {
    const ends = this.#meters.flatMap((meter) => meter.fullUntil(model, now) ?? [])
    return ends.length === 0 ? undefined : Math.max(...ends)
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { clock, stillness } = this.#around
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString('utf8')
    const route = routeOf(request, new URL(request.url ?? '/', 'http://upstream'))
    if (route?.kind !== 'generate') {
      response.writeHead(404).end()
      return
    }
    const body = JSON.parse(text) as JsonObject
    const exchange: Exchange = {
      number: this.#around.nextNumber(),
      request: [...text.matchAll(/#(q\d+)#/g)].at(-1)?.[1] ?? '',
      account: this.spec.id,
      model: route.model ?? String(body['model']),
      at: clock.now(),
      tokens: 0,
      end: 'open',
      endedAt: undefined,
      why: undefined,
    }
    this.exchanges.push(exchange)
    this.open.add(exchange)
    stillness.moved(exchange.request)
    const delivery = new Delivery(response, clock, () => stillness.moved(exchange.request))
    response.once('close', () => {
      const isDone = response.writableFinished && exchange.why === undefined
      if (exchange.end === 'open') this.#end(exchange, isDone ? 'served' : this.#howBroken(exchange, delivery))
      this.open.delete(exchange)
      stillness.moved(exchange.request)
    })
    this.#answer(request, route, body, text, exchange, delivery)
  }

  #howBroken(exchange: Exchange, delivery: Delivery): ExchangeEnd {
    if (this.#around.isAborted(exchange.request)) return 'left'
    if (exchange.why === undefined && this.#server) return 'left'
    exchange.why ??= 'refused'
    return delivery.hasContent ? 'broken' : 'failed'
  }

  #end(exchange: Exchange, end: ExchangeEnd, fault?: Pick<Fault, 'until' | 'isTrue' | 'model'>): void {
    exchange.end = end
    exchange.endedAt = this.#around.clock.now()
    if (end !== 'failed' && end !== 'broken') return
    const why = exchange.why ?? 'unknown'
    const place = isAccountWide(why) ? {} : { model: exchange.model }
    this.faults.push({ at: exchange.endedAt, why, ...(fault ?? { isTrue: true, ...place }) })
  }

  #answer(
    request: IncomingMessage,
    route: FakeRoute,
    body: JsonObject,
    text: string,
    exchange: Exchange,
    delivery: Delivery,
  ): void {
    const { clock, dice } = this.#around
    const { wire } = route
    const now = clock.now()
    const date: Readonly<Record<string, string>> = this.spec.isDateless
      ? {}
      : { date: new Date(now + this.spec.skewMs).toUTCString() }
    const stream = route.stream ?? body['stream'] === true
    const asked = wire.ask(body, text.length)
    if (typeof asked === 'string' || 'refused' in asked) throw new Error(`a request that is none: ${text}`)
    const ask: Ask = { ...asked, model: exchange.model, stream }
    const refuse = (status: number, message?: string, headers: Readonly<Record<string, string>> = {}): void =>
      delivery.json(status, wire.error(status, message), { ...date, ...headers })

    if (keyOf(request, wire.id) !== this.spec.key) throw new Error('the wrong key was sent')
    const trouble = this.#troubleOf(exchange.model, now)
    const full = this.fullUntil(exchange.model, now)
    if (trouble?.kind === 'bad-key') {
      exchange.why = trouble.kind
      this.#end(exchange, 'failed')
      refuse(trouble.status ?? 401)
      return
    }
    if (text.includes('#bad#')) {
      this.#end(exchange, 'caller')
      refuse(400, 'Invalid value for a field of this request.')
      return
    }
    if (text.includes('#long#') && this.spec.isSmall) {
      this.#end(exchange, 'caller')
      refuse(400, 'prompt is too long: 300000 tokens > 200000 maximum')
      return
    }
    if (trouble?.kind === 'limited') {
      this.#limit(trouble.to, trouble, exchange, wire.error, delivery, date)
      return
    }
    if (full !== undefined) {
      this.#limit(full, undefined, exchange, wire.error, delivery, date)
      return
    }

    const number = ++this.#count
    exchange.tokens = Math.ceil(text.length / 4) + 4
    const headers = { ...date, ...this.#remaining(exchange.model, now) }
    const saying = { wire, ask, number, headers, dice, isPrompt: this.spec.isPrompt === true }
    if (trouble) {
      exchange.why = trouble.kind
      const before = delivery.fail(trouble, saying)
      if (before) this.#end(exchange, 'failed')
      return
    }
    for (const meter of this.#meters) meter.use(exchange.model, exchange.tokens, now)
    delivery.serve(saying)
  }

  #troubleOf(model: string, now: number): Trouble | undefined {
    return this.troubles.find(
      ({ from, to, model: own, share = 1 }) =>
        from <= now &&
        now < to &&
        (own === undefined || own === model) &&
        (share === 1 || this.#around.dice.chance(share)),
    )
  }

  #limit(
    until: number,
    trouble: Trouble | undefined,
    exchange: Exchange,
    error: (status: number, message: string | undefined) => JsonObject,
    delivery: Delivery,
    date: Readonly<Record<string, string>>,
  ): void {
    const { clock } = this.#around
    const now = clock.now()
    const style = trouble?.style ?? this.spec.style
    const told = trouble?.claims ?? until
    const limit = this.spec.meters[0]?.limit ?? 10
    const { headers, message, details = [] } = hintOf(style, told, now, this.spec.skewMs, limit)
    const body = error(429, message)
    // The fake's own error names a delay; here only the style does.
    if (isJsonObject(body['error']))
      body['error'] = { ...body['error'], ...(this.spec.wire === 'gemini-generate' ? { details: [...details] } : {}) }
    exchange.why = 'limited'
    const isPerModel = trouble ? trouble.model !== undefined : this.spec.meters.every(({ perModel }) => perModel)
    this.#end(exchange, 'failed', {
      isTrue: told === until,
      ...(isPerModel ? { model: exchange.model } : {}),
      ...(style === 'none' ? {} : { until: told }),
    })
    delivery.json(429, body, { ...date, ...headers })
  }

  /** What is left of a minute's requests, where the vendor tells it with every answer. */
  #remaining(model: string, now: number): Readonly<Record<string, string>> {
    const meter = this.#meters.find(({ rule }) => rule.unit === 'requests')
    if (this.spec.style !== 'x-ratelimit' || !meter) return {}
    const { left, resetsInMs } = meter.remaining(model, now)
    return rateLimitHeaders(meter.rule.limit, Math.max(0, left - 1), resetsInMs)
  }
}
