// One simulated day: a made-up load of many clients over the twenty accounts while troubles come and go, judged after every step.
import { dialects } from '../server/dialects.ts'
import { Dice } from './dice.ts'
import { combos, fleet, hour, keys, onlyRoute, type Route, settings, shared } from './fleet.ts'
import { Judge } from './judge.ts'
import { dayLength, troublesOf } from './script.ts'
import { type Call, SimulatedWorld, type Wish } from './world.ts'

const second = 1_000
const minute = 60 * second

/** A Tuesday; all the day's windows lie within it. */
const begin = Date.UTC(2026, 10, 24)

const conversations = 24
const mostProbes = 250

export interface DayReport {
  readonly seed: number
  readonly calls: readonly Call[]
  readonly violations: readonly string[]
  readonly seen: Judge['seen']
  readonly servedByTier: ReadonlyMap<string, number>
  readonly fallbacks: number
  readonly refused: number
  readonly broken: number
  readonly aborted: number
  readonly exchanges: number
  readonly seconds: number
}

interface Talk {
  readonly wish: Omit<Wish, 'stream'>
  last: Call | undefined
}

export async function liveOneDay(seed: number): Promise<DayReport> {
  const started = performance.now()
  const dice = new Dice(seed)
  const upstreams = fleet.map((spec) => ({ spec, troubles: troublesOf(spec, dice, begin) }))
  const world = new SimulatedWorld({ seed, begin, upstreams, combos, keys, settings })
  await world.start()
  try {
    const judge = new Judge(world)
    const talks = makeTalks(dice)
    const probes = new Probes(world)
    while (world.clock.now() < begin + dayLength) {
      const pause = dice.chance(0.3) ? dice.between(200, 5_000) : dice.between(20, 300) * second
      await moveOn(world, judge, probes, world.clock.now() + pause)
      batch(world, dice, talks)
      await moveOn(world, judge, probes, world.clock.now() + second)
    }
    // Everything that is still under way comes to its end.
    for (let minutes = 0; world.inFlight.size > 0 && minutes < 15; minutes++) {
      await world.advance(minute)
      await judge.afterStep()
    }
    await world.advance(second)
    await judge.afterStep()
    await judge.afterDay()
    return reportOf(seed, world, judge, (performance.now() - started) / 1000)
  } finally {
    await world.stop()
  }
}

async function moveOn(world: SimulatedWorld, judge: Judge, probes: Probes, until: number): Promise<void> {
  for (;;) {
    probes.look()
    const next = Math.min(probes.soonest(), until)
    await world.advance(Math.max(0, next - world.clock.now()))
    probes.send()
    await world.advance(0)
    await judge.afterStep()
    if (next >= until) return
  }
}

/** Somebody asks one account again and again for a few minutes: more often than a limit allows, or while it fails. */
function besiege(world: SimulatedWorld, dice: Dice): void {
  const limited = ['cheap-1', 'cheap-2', 'local-1', 'local-2', 'gem-2']
  const route = onlyRoute(dice.chance(0.6) ? dice.pick(limited) : dice.pick(fleet).id)
  const everyMs = dice.between(1_000, 5_500)
  for (let number = 0; number < 40; number++) {
    world.clock.after(number * everyMs, () => void world.send(someWish(dice, route)))
  }
}

function batch(world: SimulatedWorld, dice: Dice, talks: readonly Talk[]): void {
  if (dice.chance(0.02)) besiege(world, dice)
  if (dice.chance(0.03)) {
    const route = dice.pick(shared)
    for (let count = dice.between(15, 30); count > 0; count--) world.send(someWish(dice, route))
    return
  }
  for (let count = dice.between(1, 5); count > 0; count--) {
    const what = dice.random()
    if (what < 0.55) world.send(someWish(dice, dice.pick(shared)))
    else if (what < 0.7) world.send(someWish(dice, onlyRoute(dice.pick(fleet).id)))
    else {
      const talk = dice.pick(talks)
      if (talk.last && world.inFlight.has(talk.last)) continue
      talk.last = world.send({ ...talk.wish, stream: dice.chance(0.7) })
    }
  }
}

function someWish(dice: Dice, route: Route): Wish {
  const kind = dice.chance(0.03) ? 'bad' : dice.chance(0.04) ? 'long' : 'plain'
  return {
    route,
    kind,
    wire: dice.pick(dialects).wire,
    stream: dice.chance(0.6),
    key: dice.pick(keys).key,
    ...(dice.chance(0.08) ? { leavesAfterMs: dice.between(0, 9_000) } : {}),
  }
}

function makeTalks(dice: Dice): Talk[] {
  const routes = shared.filter(({ isEven, targets }) => isEven && targets.length > 1)
  return Array.from({ length: conversations }, (_, index) => ({
    last: undefined,
    wish: {
      route: dice.pick(routes),
      wire: dice.pick(dialects).wire,
      key: dice.pick(keys).key,
      session: `session-${index}`,
    },
  }))
}

/** Asks an account a second after the instant from which it said it would serve again, over a route without a way out. */
class Probes {
  readonly #world: SimulatedWorld
  readonly #looked = new Map<string, number>()
  readonly #due = new Map<string, { readonly at: number; readonly account: string }>()
  #sent = 0

  constructor(world: SimulatedWorld) {
    this.#world = world
  }

  look(): void {
    for (const { spec, faults } of this.#world.upstreams.values()) {
      for (const fault of faults.slice(this.#looked.get(spec.id) ?? 0)) {
        const { until, isTrue, model } = fault
        if (until === undefined || !isTrue || (model !== undefined && !model.startsWith('only-'))) continue
        if (until > this.#world.begin + dayLength - hour / 2) continue
        this.#due.set(`${spec.id} ${until}`, { at: until + second, account: spec.id })
      }
      this.#looked.set(spec.id, faults.length)
    }
  }

  soonest(): number {
    return Math.min(Number.POSITIVE_INFINITY, ...[...this.#due.values()].map(({ at }) => at))
  }

  send(): void {
    const now = this.#world.clock.now()
    for (const [key, { at, account }] of this.#due) {
      if (at > now) continue
      this.#due.delete(key)
      if (++this.#sent > mostProbes) continue
      this.#world.send({ route: onlyRoute(account), wire: 'openai-chat', stream: false, key: keys[0]?.key ?? '' })
    }
  }
}

function reportOf(seed: number, world: SimulatedWorld, judge: Judge, seconds: number): DayReport {
  const servedByTier = new Map<string, number>()
  let [fallbacks, refused, broken, aborted] = [0, 0, 0, 0]
  for (const call of world.calls) {
    const exchanges = world.exchangesOf(call)
    const giver = exchanges.find(({ end }) => end === 'served')
    if (call.aborted) aborted++
    else if (call.ending?.kind === 'whole' && giver) {
      const tier = world.upstreams.get(giver.account)?.spec.tier ?? ''
      servedByTier.set(tier, (servedByTier.get(tier) ?? 0) + 1)
      if (exchanges.length > 1) fallbacks++
    } else if (call.ending?.kind === 'broken') broken++
    else refused++
  }
  const exchanges = [...world.upstreams.values()].reduce((sum, one) => sum + one.exchanges.length, 0)
  const { violations, seen } = judge
  return {
    seed,
    calls: world.calls,
    violations,
    seen,
    servedByTier,
    fallbacks,
    refused,
    broken,
    aborted,
    exchanges,
    seconds,
  }
}
