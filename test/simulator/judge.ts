// What must hold whatever happens, checked after every step of a simulated day. Excuses come from what the vendors themselves remember;
// nothing is taken from the gateway's own account of it. One file a little over length: all promises, side by side.
import type { LimitRule } from '../../src/core/settings.ts'
import {
  concerns,
  guessEnd,
  hasFailedEnough,
  isAtLimit,
  isExcused,
  isTight,
  longestGuess,
  minute,
  recoveryMs,
  second,
  wasClosed,
} from './excuses.ts'
import { anyModel, limits, timeouts } from './fleet.ts'
import type { Exchange, SimulatedUpstream } from './upstream.ts'
import type { Call, SimulatedWorld } from './world.ts'

/** A request may be given its last target right before its deadline, and that may use all its time. */
const longestCall = timeouts.deadlineMs + timeouts.totalMs + 2 * second

export class Judge {
  readonly violations: string[] = []
  /** How often each invariant was really put to the test. */
  readonly seen = {
    unserved: 0,
    rests: 0,
    stays: 0,
    inBand: 0,
    traced: 0,
    skips: 0,
    recoveries: 0,
    doubts: 0,
    breakers: 0,
  }
  readonly #world: SimulatedWorld
  #judged = 0
  readonly #lastOf = new Map<string, Call>()
  readonly #pending: Call[] = []
  /** Index of the last breach of a call. */
  readonly #accused = new Map<Call, number>()

  constructor(world: SimulatedWorld) {
    this.#world = world
  }

  async afterStep(): Promise<void> {
    const { calls, clock } = this.#world
    for (; this.#judged < calls.length; this.#judged++) {
      const call = calls[this.#judged]
      if (call) this.#pending.push(call)
    }
    for (const call of this.#pending.splice(0)) {
      if (call.endedAt === undefined || this.#world.inFlight.has(call)) {
        if (clock.now() - call.at > longestCall) this.#breach('hangs', call, `since ${clock.now() - call.at} ms`)
        this.#pending.push(call)
        continue
      }
      this.#judge(call)
    }
    this.#limits()
    await this.#standing()
  }

  #breach(invariant: string, call: Call | undefined, why: string): void {
    if (this.violations.length >= 50) return
    const at = ((call?.at ?? this.#world.clock.now()) - this.#world.begin) / minute
    const who = call ? `${call.id} ${call.wish.route.name} ${call.wish.wire}${call.wish.stream ? ' stream' : ''}` : ''
    const what = call ? this.#story(call) : ''
    if (call) this.#accused.set(call, this.violations.length)
    this.violations.push(`${invariant}: at minute ${at.toFixed(2)} ${who}: ${why}${what}`)
  }

  #story(call: Call): string {
    const upstream = this.#world
      .exchangesOf(call)
      .map(
        (one) =>
          `${one.account}/${one.model} +${one.at - call.at}..${(one.endedAt ?? NaN) - call.at} ${one.end} ${one.why ?? ''}`,
      )
    return `\n    vendors: ${upstream.join('; ')}\n    ending after ${(call.endedAt ?? NaN) - call.at} ms: ${JSON.stringify(call.ending)}`
  }

  #judge(call: Call): void {
    const { ending, aborted } = call
    const exchanges = this.#world.exchangesOf(call)
    const served = exchanges.filter(({ end }) => end === 'served')
    for (const one of served) this.#countRecovery(one)
    if (!aborted && served.length > 1) this.#breach('billed twice', call, `${served.length} vendors answered`)
    if ((call.endedAt ?? 0) - call.at > longestCall) this.#breach('hangs', call, 'over its time')
    if (!aborted) {
      if (!ending || ending.kind === 'illegal') this.#breach('illegal ending', call, ending?.why ?? 'none')
      else if (ending.kind === 'whole') {
        if (served.length !== 1) this.#breach('served by nobody', call, 'the client got an answer that nobody gave')
      } else if (ending.kind === 'broken' && ending.afterText) {
        this.seen.inBand++
        if (!exchanges.some(({ end }) => end === 'broken'))
          this.#breach('lost', call, 'broke off although no vendor did')
      } else if (call.wish.kind !== 'bad') {
        this.seen.unserved++
        for (const target of call.wish.route.targets) this.#mustHaveServed(call, target, exchanges)
      }
    }
    for (const one of exchanges) {
      if (one.end === 'left' && !aborted) this.#breach('cut off', call, `${one.account} was cut off while it answered`)
    }
    this.#conversation(call, exchanges)
  }

  /** Served right after the instant that the vendor had named, or long before one that was wrong. */
  #countRecovery({ account, model, at }: Exchange): void {
    for (const fault of this.#upstream(account).faults) {
      const { until, isTrue } = fault
      if (until === undefined || fault.at > at || !concerns(fault, model)) continue
      if (isTrue && at >= until && at <= until + recoveryMs) this.seen.recoveries++
      else if (!isTrue && at < until - minute) this.seen.doubts++
    }
  }

  /** Breaches where the target could have served the call all the time it lived, and nothing kept the gateway from knowing. */
  #mustHaveServed(
    call: Call,
    { account, model }: { account: string; model: string },
    exchanges: readonly Exchange[],
  ): void {
    const upstream = this.#upstream(account)
    const end = call.endedAt ?? call.at
    if (exchanges.some((one) => one.account === account && one.end !== 'served')) return
    if (call.wish.kind === 'long' && upstream.spec.isSmall) return
    if (end - call.at >= timeouts.deadlineMs) return
    const models = model === anyModel ? upstream.spec.models : [model]
    if (models.some((one) => upstream.blocked(one, call.at, end) !== undefined)) return
    if (models.some((one) => isExcused(upstream, one, call.at))) return
    if (isAtLimit(upstream, call.at, end)) return
    this.#breach('lost', call, `${account}/${model} could have served it`)
  }

  #conversation(call: Call, exchanges: readonly Exchange[]): void {
    const { session } = call.wish
    if (session === undefined) return
    const before = this.#lastOf.get(session)
    this.#lastOf.set(session, call)
    if (!before || call.aborted || before.aborted || before.ending?.kind !== 'whole' || !call.wish.route.isEven) return
    if (call.at - (before.endedAt ?? 0) > 59 * minute) return
    const home = this.#world.exchangesOf(before).find(({ end }) => end === 'served')
    const [first] = exchanges
    if (!home || !first) return
    const upstream = this.#upstream(home.account)
    if (upstream.blocked(home.model, home.at, call.endedAt ?? call.at) !== undefined) return
    if (limits.some(({ account }) => account === home.account)) return
    const restless = upstream.faults.some((fault) => {
      return concerns(fault, home.model) && (fault.until ?? guessEnd(fault)) + recoveryMs > call.at
    })
    if (restless || isTight(upstream, call.at)) return
    this.seen.stays++
    if (first.account !== home.account) {
      this.#breach('moved', call, `the conversation was at ${home.account} and went to ${first.account}`)
    }
  }

  #limits(): void {
    const now = this.#world.clock.now()
    for (const rule of limits) {
      const upstream = this.#upstream(rule.account ?? '')
      const own = upstream.exchanges.filter(({ model }) => rule.model === undefined || model === rule.model)
      const recent = own.filter(({ at }) => now - at < 3 * minute)
      this.#limit(rule, upstream, recent)
    }
  }

  #limit(rule: LimitRule, { spec, open }: SimulatedUpstream, recent: readonly Exchange[]): void {
    const { requestsPerMinute = Number.POSITIVE_INFINITY, tokensPerMinute, concurrent, gapMs = 0 } = rule
    const over = (what: string): void => this.#breach('over the limit', undefined, `${spec.id} got ${what}`)
    recent.forEach((one, index) => {
      const window = recent.slice(index).filter(({ at }) => at - one.at < minute)
      if (window.length > requestsPerMinute) over(`${window.length} requests in a minute`)
      if (tokensPerMinute !== undefined) {
        const tokens = window.reduce((sum, each) => sum + (each.end === 'served' ? each.tokens : 0), 0)
        if (tokens > tokensPerMinute) over(`${tokens} tokens in a minute`)
      }
      const next = recent[index + 1]
      if (next && next.at - one.at < gapMs) over(`two requests within ${next.at - one.at} ms`)
    })
    if (concurrent !== undefined && open.size > concurrent) over(`${open.size} requests at a time`)
  }

  /** Nothing rests that did nothing, nor longer than its vendor said; no breaker is open without failures in a row. */
  async #standing(): Promise<void> {
    const now = this.#world.clock.now()
    const { accounts, breakers } = await this.#world.gateway.rpc('standing.get', {})
    for (const { id, rests } of accounts) {
      const upstream = this.#upstream(id)
      for (const { model, named, until, reason } of rests) {
        this.seen.rests++
        const guilty = upstream.faults.some((fault) => {
          if (model === undefined ? fault.model !== undefined : !concerns(fault, model)) return false
          if (named) return fault.until !== undefined && until <= fault.until + recoveryMs
          return guessEnd(fault) >= now
        })
        if (guilty || (!named && wasClosed(upstream, now - longestGuess, now))) continue
        const what = `${id}${model === undefined ? '' : `/${model}`}`
        this.#breach(
          'punished',
          undefined,
          `${what} rests (${reason}) until ${until - now} ms from now for nothing it did`,
        )
      }
    }
    for (const { host, state } of breakers) {
      if (state !== 'open') continue
      this.seen.breakers++
      const upstream = [...this.#world.upstreams.values()].find(({ url }) => url === host)
      if (!upstream || !hasFailedEnough(upstream, now))
        this.#breach('punished', undefined, `the breaker of ${upstream?.spec.id ?? host} is open`)
    }
  }

  /** The rows of the request log tell what the vendors saw, and name nobody who is not to blame. */
  async afterDay(): Promise<void> {
    const { gateway, calls } = this.#world
    const rows = new Map<string, string[]>()
    for (let cursor: string | undefined, page = 0; page < 200; page++) {
      const answer = await gateway.rpc('requests.page', { limit: 500, ...(cursor === undefined ? {} : { cursor }) })
      for (const { client, id } of answer.rows) rows.set(client, [...(rows.get(client) ?? []), id])
      cursor = answer.next
      if (cursor === undefined) break
    }
    for (const call of calls) {
      const ids = rows.get(call.id) ?? []
      if (ids.length !== 1 && !(call.aborted && ids.length === 0)) {
        this.#breach('not in the log', call, `${ids.length} rows`)
        continue
      }
      const [id] = ids
      if (id !== undefined) await this.#row(call, id)
    }
  }

  async #row(call: Call, id: string): Promise<void> {
    this.seen.traced++
    const row = await this.#world.gateway.rpc('requests.get', { id })
    const { trace } = row
    const accused = this.#accused.get(call)
    if (accused !== undefined) this.violations[accused] += `\n    trace: ${JSON.stringify(trace)}`
    const tell = (why: string): void => this.#breach('trace', call, `${why}\n    trace: ${JSON.stringify(trace)}`)
    const exchanges = this.#world.exchangesOf(call)
    const served = trace.filter(({ kind }) => kind === 'served')
    const giver = exchanges.find(({ end }) => end === 'served')
    if (call.ending?.kind === 'whole' && served[0]?.account !== giver?.account) tell(`served by ${giver?.account}`)
    if (served.length > 1) tell('served twice')
    if (call.ending?.kind === 'whole' && row.status !== 200) tell(`status ${row.status}`)
    if (call.ending?.kind === 'refused' && row.status !== call.ending.status && row.status !== 529)
      tell(`status ${row.status}`)
    for (const account of new Set(exchanges.map((one) => one.account))) {
      const asked = exchanges.filter((one) => one.account === account).length
      const told = trace.filter(
        (step) =>
          step.account === account && (step.kind === 'served' || step.kind === 'failed' || step.kind === 'retried'),
      ).length
      if (told !== asked) tell(`${account} was asked ${asked} times, told ${told}`)
    }
    for (const step of trace) {
      if (step.kind === 'failed' && !exchanges.some((one) => one.account === step.account)) {
        const upstream = this.#upstream(step.account ?? '')
        const at = call.at + (step.startedAt ?? 0)
        if (!wasClosed(upstream, at, at + 1) && !call.aborted) tell(`${step.account} was never asked`)
      }
      if (step.kind === 'skipped') this.#skip(call, step, tell)
    }
  }

  #skip(
    call: Call,
    step: {
      readonly account?: string | undefined
      readonly target?: string | undefined
      readonly code?: string | undefined
    },
    tell: (why: string) => void,
  ): void {
    if (step.code !== 'resting' && step.code !== 'no-quota' && step.code !== 'breaker') return
    this.seen.skips++
    const upstream = this.#upstream(step.account ?? '')
    const model = (step.target ?? '').slice(upstream.spec.prefix.length + 1)
    if (step.code === 'breaker') {
      if (!hasFailedEnough(upstream, call.at)) tell(`the breaker of ${step.account} is open`)
      return
    }
    const named = upstream.faults.filter(
      (fault) => fault.until !== undefined && fault.at <= call.at && concerns(fault, model),
    )
    if (!named.some(({ until = 0 }) => call.at < until + recoveryMs)) {
      tell(`${step.target} of ${step.account} is passed over (${step.code}) though it never said so`)
    }
  }

  #upstream(id: string): SimulatedUpstream {
    const upstream = this.#world.upstreams.get(id)
    if (!upstream) throw new Error(`no upstream ${id}`)
    return upstream
  }
}
