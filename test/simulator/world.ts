// A gateway in this process whose clock stands still until a test moves it, simulated vendors around it, and clients that call it over
// real sockets. Everything that happens is remembered.
import type { MethodInput } from '../../src/admin/contract.ts'
import { createManualClock, type ManualClock } from '../engine/manual-clock.ts'
import type { GatewayConfig } from '../fakes/gateway.ts'
import { dialects } from '../server/dialects.ts'
import { type Answer, send, startWorld, type World } from '../server/world.ts'
import { Dice } from './dice.ts'
import { type Asked, type Ending, endingOf } from './endings.ts'
import type { Route } from './fleet.ts'
import { Stillness } from './stillness.ts'
import type { Trouble, UpstreamSpec } from './troubles.ts'
import { type Exchange, SimulatedUpstream } from './upstream.ts'

export interface WorldPlan {
  readonly seed: number
  /** Epoch milliseconds of the first instant. */
  readonly begin: number
  readonly upstreams: readonly { readonly spec: UpstreamSpec; readonly troubles: readonly Trouble[] }[]
  readonly combos?: GatewayConfig['combos']
  readonly keys: readonly { readonly name: string; readonly key: string }[]
  /** Left as they are when absent. */
  readonly settings?: MethodInput<'settings.put'>
  readonly dataDirectory?: string
}

export interface Wish {
  readonly route: Route
  readonly wire: Asked['wire']
  readonly stream: boolean
  readonly key: string
  readonly session?: string
  /** `bad` is refused by every vendor, `long` by those with a small window. */
  readonly kind?: 'plain' | 'bad' | 'long'
  /** Goes away after so many milliseconds. */
  readonly leavesAfterMs?: number
  /** Words in front of the question. */
  readonly text?: string
  /** Put over the dialect's own body. */
  readonly body?: object
}

/** A client's request and what became of it. */
export interface Call {
  readonly id: string
  readonly wish: Wish
  readonly asked: Asked
  readonly at: number
  aborted: boolean
  ending: Ending | undefined
  endedAt: number | undefined
  answer: Answer | undefined
}

export class SimulatedWorld {
  readonly clock: ManualClock
  readonly dice: Dice
  readonly calls: Call[] = []
  readonly inFlight = new Set<Call>()
  readonly upstreams: ReadonlyMap<string, SimulatedUpstream>
  readonly begin: number
  readonly #plan: WorldPlan
  readonly #byId = new Map<string, Call>()
  readonly #stillness: Stillness
  #world: World | undefined
  #exchanges = 0

  constructor(plan: WorldPlan) {
    this.#plan = plan
    this.begin = plan.begin
    this.dice = new Dice(plan.seed)
    this.#stillness = new Stillness(() => this.#restless())
    this.clock = createManualClock(plan.begin, this.#stillness.settle)
    const around = {
      clock: this.clock,
      dice: new Dice(plan.seed + 1),
      stillness: this.#stillness,
      beginOfDay: plan.begin,
      nextNumber: () => ++this.#exchanges,
      isAborted: (request: string) => this.#byId.get(request)?.aborted === true,
    }
    this.upstreams = new Map(
      plan.upstreams.map(({ spec, troubles }) => [spec.id, new SimulatedUpstream(spec, troubles, around)]),
    )
  }

  get gateway(): World {
    if (!this.#world) throw new Error('the world has not begun')
    return this.#world
  }

  async start(): Promise<void> {
    const { seed, combos = [], keys, settings, dataDirectory } = this.#plan
    for (const upstream of this.upstreams.values()) await upstream.start()
    const accounts = [...this.upstreams.values()].map(({ spec, url }) => ({
      id: spec.id,
      provider: spec.provider,
      prefix: spec.prefix,
      tier: spec.tier,
      baseUrl: `${url}/${spec.version}`,
      apiKey: spec.key,
      models: spec.models.map((id) =>
        spec.contextWindow === undefined ? id : { id, contextWindow: spec.contextWindow },
      ),
    }))
    this.#world = await startWorld(
      { accounts, combos, keys },
      {
        clock: this.clock,
        random: new Dice(seed + 2).random,
        settings: { port: 0, bodyLimitMb: 4, logRows: 50_000 },
        ...(dataDirectory === undefined ? {} : { dataDirectory }),
      },
    )
    if (settings) await this.gateway.rpc('settings.put', settings)
    await this.advance(1)
  }

  /** Moves on; troubles that close a server begin and end on the way. */
  async advance(ms: number): Promise<void> {
    const end = this.clock.now() + ms
    for (const { at, act } of this.#doors(this.clock.now(), end)) {
      await this.clock.advance(at - this.clock.now())
      await act()
      await this.#stillness.settle()
    }
    await this.clock.advance(end - this.clock.now())
    await this.#stillness.settle()
  }

  send(wish: Wish): Call {
    const id = `q${this.calls.length + 1}`
    const includeUsage = wish.stream && this.dice.chance(0.5)
    const asked = { wire: wish.wire, model: wish.route.name, stream: wish.stream, includeUsage }
    const at = this.clock.now()
    const call: Call = { id, wish, asked, at, aborted: false, ending: undefined, endedAt: undefined, answer: undefined }
    this.calls.push(call)
    this.#byId.set(id, call)
    this.inFlight.add(call)
    const leaving = new AbortController()
    if (wish.leavesAfterMs !== undefined) {
      this.clock.after(wish.leavesAfterMs, () => {
        if (call.endedAt !== undefined) return
        call.aborted = true
        call.endedAt = this.clock.now()
        this.#stillness.moved(id)
        leaving.abort()
      })
    }
    void this.#run(call, leaving.signal)
    return call
  }

  /** Sends and moves on until it has been answered. */
  async ask(wish: Wish): Promise<Call> {
    const call = this.send(wish)
    for (let seconds = 0; call.endedAt === undefined; seconds++) {
      if (seconds > 7200) throw new Error(`${call.id} is never answered`)
      await this.advance(seconds === 0 ? 0 : 1_000)
    }
    return call
  }

  exchangesOf(call: Call): Exchange[] {
    return [...this.upstreams.values()]
      .flatMap(({ exchanges }) => exchanges.filter(({ request }) => request === call.id))
      .sort((a, b) => a.number - b.number)
  }

  async stop(): Promise<void> {
    await this.#world?.stop()
    for (const upstream of this.upstreams.values()) await upstream.stop()
  }

  async #run(call: Call, signal: AbortSignal): Promise<void> {
    const { wish, asked } = call
    const dialect = dialects.find(({ wire }) => wire === wish.wire)
    if (!dialect) throw new Error(`no dialect ${wish.wire}`)
    const mark = wish.kind === 'bad' ? ' #bad#' : wish.kind === 'long' ? ' #long#' : ''
    const text = `${wish.text ?? ''}A question #${call.id}#${mark}`
    const usage = asked.includeUsage && wish.wire === 'openai-chat' ? { stream_options: { include_usage: true } } : {}
    const headers: Record<string, string> = {
      authorization: `Bearer ${wish.key}`,
      'content-type': 'application/json',
      'user-agent': call.id,
      ...(wish.session === undefined ? {} : { 'x-session-id': wish.session }),
    }
    const body = { ...dialect.body(asked.model, asked.stream, text), ...usage, ...call.wish.body }
    try {
      const path = dialect.path(asked.model, asked.stream)
      call.answer = await send(this.gateway.url + path, { headers, body, signal })
      const giver = this.exchangesOf(call).find(({ end }) => end === 'served' || end === 'broken')
      const written = giver !== undefined && this.upstreams.get(giver.account)?.spec.wire !== wish.wire
      call.ending = endingOf(asked, call.answer, written)
    } catch (thrown) {
      if (!call.aborted) call.ending = { kind: 'illegal', why: `the connection broke: ${String(thrown)}` }
    }
    call.endedAt ??= this.clock.now()
    this.inFlight.delete(call)
    this.#stillness.moved(call.id)
  }

  *#restless(): Iterable<string> {
    const known = new Set<string>()
    for (const { open } of this.upstreams.values()) {
      for (const { request } of open) {
        known.add(request)
        if (this.#byId.get(request)?.aborted) yield request
      }
    }
    for (const { id } of this.inFlight) if (!known.has(id)) yield id
  }

  #doors(from: number, to: number): { readonly at: number; readonly act: () => Promise<void> }[] {
    const doors = [...this.upstreams.values()].flatMap((upstream) =>
      upstream.troubles
        .filter(({ kind }) => kind === 'refused')
        .flatMap((trouble) => [
          { at: trouble.from, act: () => upstream.stop() },
          { at: trouble.to, act: () => upstream.start() },
        ]),
    )
    return doors.filter(({ at }) => at > from && at <= to).sort((a, b) => a.at - b.at)
  }
}
