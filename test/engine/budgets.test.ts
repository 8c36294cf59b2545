// Budgets: periods, scopes, levels, what calls in flight hold, and what a restart keeps.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Cost, Price } from '../../src/core/cost.ts'
import type { Tier } from '../../src/core/model.ts'
import type { Budget } from '../../src/core/settings.ts'
import { type Usage, unknownUsage } from '../../src/core/usage.ts'
import { type BudgetEvent, type Budgets, createBudgets } from '../../src/engine/budgets.ts'
import { periodAt } from '../../src/engine/calendar.ts'
import type { Target } from '../../src/engine/catalogue.ts'
import { target } from './world.ts'

/** A Wednesday, in local time. */
const start = new Date(2026, 10, 18, 12).getTime()
const hour = 3_600_000
const nextDay = new Date(2026, 10, 19).getTime()

const budget = (more: Partial<Budget> = {}): Budget => ({
  id: 'b',
  scope: { kind: 'all' },
  period: 'day',
  usd: 10,
  warnAt: 0.5,
  rerouteAt: 0.8,
  ...more,
})

const groq = target('one')
const inTier = (tier: Tier): Target => ({ ...groq, account: { ...groq.account, tier } })

/** A thousand dollars for a million tokens of each kind: a dollar for a thousand. */
const price: Price = { input: 1_000, output: 1_000 }
const size = (dollars: number) => ({ inputTokens: () => dollars * 1_000, outputTokens: () => 0 })
const cost = (usd: number): Usage => ({ ...unknownUsage, costUsd: usd })

interface World {
  readonly book: Budgets
  readonly told: BudgetEvent[]
  readonly clock: { time: number }
  budgets: readonly Budget[]
  price: Price | undefined
  costOf: (usage: Usage) => Cost | null | undefined
  loaded: Promise<void>
}

function world(budgets: readonly Budget[], spent?: (budget: Budget, startsAt: number) => number): World {
  const told: BudgetEvent[] = []
  const clock = { time: start }
  const made: World = {
    told,
    clock,
    budgets,
    price,
    loaded: Promise.resolve(),
    costOf: ({ costUsd }) => (costUsd === undefined ? null : { usd: costUsd, source: 'vendor' }),
    book: createBudgets({
      clock: { now: () => clock.time, after: () => () => undefined },
      settings: () => ({ budgets: made.budgets }),
      prices: {
        priceOf: () => made.price,
        costOf: (usage) => made.costOf(usage),
        loaded: () => made.loaded,
      },
      ...(spent ? { spent } : {}),
      onEvent: (event) => told.push(event),
    }),
  }
  return made
}

function spend({ book, clock }: World, usd: number, who = groq, origin = {}): string | undefined {
  const hold = book.reserve(who, origin, size(0))
  hold?.settle(cost(usd), who, clock.time)
  return hold?.refused
}

describe('budgets', () => {
  it('cost nothing while there are none', () => {
    const { book } = world([])
    const never = { inputTokens: () => assert.fail(), outputTokens: () => assert.fail() }
    assert.equal(book.reserve(groq, {}, never), undefined)
    assert.equal(book.standing(groq, {}, start), undefined)
    assert.deepEqual(book.list(), [])
  })

  it('warn, then prefer cheaper tiers, then stop, and tell each once', () => {
    const made = world([budget()])
    const verdict = () => made.book.standing(groq, {}, made.clock.time)?.verdict
    spend(made, 4.9)
    assert.deepEqual([verdict(), made.told.length], [undefined, 0])
    spend(made, 0.2)
    spend(made, 0.2)
    assert.deepEqual([verdict(), made.told.map((one) => one.level)], [undefined, ['warn']])
    spend(made, 3)
    assert.deepEqual([verdict(), made.told.map((one) => one.level)], ['reroute', ['warn', 'reroute']])
    spend(made, 2)
    assert.deepEqual([verdict(), made.told.map((one) => one.level)], ['stop', ['warn', 'reroute', 'stop']])
    assert.match(
      made.book.standing(groq, {}, start)?.reason ?? '',
      /^the day's budget for everything is used up \(\$10\.30 of \$10\.00\) until /,
    )
    assert.match(spend(made, 1) ?? '', /used up/)
    made.clock.time = nextDay - 1
    assert.equal(verdict(), 'stop')
    made.clock.time = nextDay
    assert.equal(verdict(), undefined)
    spend(made, 11)
    assert.deepEqual(made.told.at(-1)?.level, 'stop')
  })

  describe('apply to their scope only', () => {
    const own = { keyId: 'k', workspace: 'w' }
    const scopes: readonly (readonly [Budget['scope'], boolean, object])[] = [
      [{ kind: 'all' }, true, {}],
      [{ kind: 'tier', tier: 'api-key' }, true, {}],
      [{ kind: 'tier', tier: 'cheap' }, false, {}],
      [{ kind: 'provider', id: 'groq' }, true, {}],
      [{ kind: 'provider', id: 'xai' }, false, {}],
      [{ kind: 'account', id: 'one' }, true, {}],
      [{ kind: 'account', id: 'two' }, false, {}],
      [{ kind: 'key', id: 'k' }, true, own],
      [{ kind: 'key', id: 'k' }, false, {}],
      [{ kind: 'workspace', id: 'w' }, true, own],
      [{ kind: 'workspace', id: 'v' }, false, own],
    ]
    for (const [scope, expected, origin] of scopes) {
      it(`${JSON.stringify(scope)} ${expected ? 'is' : 'is not'} about ${JSON.stringify(origin)}`, () => {
        const made = world([budget({ scope })])
        spend(made, 10, groq, origin)
        assert.equal(made.book.standing(groq, origin, start)?.verdict, expected ? 'stop' : undefined)
      })
    }
  })

  it('spare what costs nothing, unless they are about exactly that', () => {
    const made = world([budget()])
    spend(made, 10)
    assert.equal(made.book.standing(groq, {}, start)?.verdict, 'stop')
    for (const tier of ['free', 'local'] as const) {
      assert.equal(made.book.standing(inTier(tier), {}, start), undefined)
      assert.equal(made.book.reserve(inTier(tier), {}, size(5))?.refused, undefined)
    }
    const named = world([budget({ scope: { kind: 'tier', tier: 'free' } })])
    spend(named, 10, inTier('free'))
    assert.equal(named.book.standing(inTier('free'), {}, start)?.verdict, 'stop')
  })

  it('hold what calls in flight may cost, and give it back', () => {
    const made = world([budget()])
    const first = made.book.reserve(groq, {}, size(6))
    assert.equal(first?.refused, undefined)
    const second = made.book.reserve(groq, {}, size(6))
    assert.match(second?.refused ?? '', /has \$4\.00 left until .* may cost \$6\.00/)
    second?.settle(cost(99), groq, start)
    assert.equal(made.book.list()[0]?.spentUsd, 0)
    first?.release()
    first?.release()
    assert.equal(made.book.list()[0]?.reservedUsd, 0)
    const third = made.book.reserve(groq, {}, size(6))
    third?.settle(cost(1), groq, start)
    third?.settle(cost(1), groq, start)
    assert.deepEqual([made.book.list()[0]?.spentUsd, made.book.list()[0]?.reservedUsd], [1, 0])
  })

  it('must all have room', () => {
    const made = world([
      budget({ id: 'wide' }),
      budget({ id: 'narrow', usd: 1, scope: { kind: 'account', id: 'one' } }),
    ])
    assert.match(made.book.reserve(groq, {}, size(2))?.refused ?? '', /the account one/)
    assert.equal(made.book.list()[0]?.reservedUsd, 0)
  })

  it('count unknown costs as nothing and tell how many there were', () => {
    const made = world([budget()])
    made.price = undefined
    const hold = made.book.reserve(groq, {}, size(100))
    assert.equal(hold?.refused, undefined)
    hold?.settle(unknownUsage, groq, start)
    assert.deepEqual([made.book.list()[0]?.spentUsd, made.book.list()[0]?.unknown], [0, 1])
  })

  it('go on holding the estimate while prices are still being loaded', async () => {
    const made = world([budget()])
    let loaded = (): void => undefined
    made.loaded = new Promise((resolve) => {
      loaded = resolve
    })
    made.costOf = () => undefined
    made.book.reserve(groq, {}, size(6))?.settle(unknownUsage, groq, start)
    assert.equal(made.book.list()[0]?.reservedUsd, 6)
    made.costOf = () => ({ usd: 2, source: 'catalogue' })
    loaded()
    await made.loaded
    await Promise.resolve()
    assert.deepEqual([made.book.list()[0]?.spentUsd, made.book.list()[0]?.reservedUsd], [2, 0])
  })

  it('count a call for the period it began in', () => {
    const made = world([budget()])
    made.clock.time = nextDay - 1
    const hold = made.book.reserve(groq, {}, size(1))
    made.clock.time = nextDay + hour
    assert.equal(made.book.list()[0]?.reservedUsd, 0)
    hold?.settle(cost(9), groq, nextDay - 1)
    assert.equal(made.book.list()[0]?.spentUsd, 0)
  })

  it('apply changes at once, to what is spent already', () => {
    const made = world([budget()])
    spend(made, 9)
    made.budgets = [budget({ usd: 20 })]
    assert.equal(made.book.standing(groq, {}, start), undefined)
    spend(made, 8)
    assert.deepEqual(
      made.told.map((one) => one.level),
      ['reroute', 'reroute'],
    )
    made.budgets = [budget({ usd: 5 })]
    assert.equal(made.book.standing(groq, {}, start)?.verdict, 'stop')
    made.budgets = []
    assert.equal(made.book.standing(groq, {}, start), undefined)
  })

  it('start from what the request log knows of the period', () => {
    const asked: number[] = []
    const made = world([budget()], (_, startsAt) => {
      asked.push(startsAt)
      return 10
    })
    assert.equal(made.book.standing(groq, {}, start)?.verdict, 'stop')
    assert.equal(made.book.standing(groq, {}, start)?.verdict, 'stop')
    assert.deepEqual(asked, [new Date(2026, 10, 18).getTime()])
  })

  it('keep what is spent and told over a restart, within the period', () => {
    const before = world([budget()])
    spend(before, 9)
    const kept: unknown = JSON.parse(JSON.stringify(before.book.snapshot()))
    const after = world([budget()], () => 8)
    after.book.restore(kept)
    assert.equal(after.book.list()[0]?.spentUsd, 9)
    assert.deepEqual(JSON.parse(JSON.stringify(after.book.snapshot())), kept)
    spend(after, 0)
    assert.equal(after.told.length, 0)
    const other = world([budget({ period: 'week' })])
    other.book.restore(kept)
    assert.equal(other.book.list()[0]?.spentUsd, 0)
    const later = world([budget()])
    later.clock.time = nextDay
    later.book.restore(kept)
    assert.equal(later.book.list()[0]?.spentUsd, 0)
  })

  it('restore anything at all', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const made = world([budget()])
        made.book.restore(value)
        assert.equal(made.book.list()[0]?.spentUsd, 0)
      }),
    )
  })

  // The exact promise: when the last call is admitted, what is spent and held (its own estimate included) lies within the budget.
  // From then on only the calls in flight can add to it, each by what it costs beyond its estimate.
  it('are never overspent by more than the estimates in flight at the last admission were too low', () => {
    const step = fc.oneof(
      {
        weight: 3,
        arbitrary: fc.record({
          kind: fc.constant('begin' as const),
          estimate: fc.double({ min: 0, max: 4, noNaN: true }),
        }),
      },
      {
        weight: 3,
        arbitrary: fc.record({
          kind: fc.constant('settle' as const),
          pick: fc.nat(),
          factor: fc.double({ min: 0, max: 3, noNaN: true }),
        }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('release' as const), pick: fc.nat() }) },
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const made = world([budget()])
        interface Call {
          readonly estimate: number
          readonly hold: NonNullable<ReturnType<Budgets['reserve']>>
        }
        let running: Call[] = []
        let atLastAdmission = new Set<Call>()
        let excess = 0
        const take = (pick: number): Call | undefined => running.splice(pick % Math.max(1, running.length), 1)[0]
        const settle = (call: Call, factor: number): void => {
          const real = call.estimate * factor
          if (atLastAdmission.has(call)) excess += Math.max(0, real - call.estimate)
          call.hold.settle(cost(real), groq, start)
        }
        for (const one of steps) {
          if (one.kind === 'begin') {
            const hold = made.book.reserve(groq, {}, size(one.estimate))
            assert.ok(hold)
            if (hold.refused !== undefined) continue
            running = [...running, { estimate: one.estimate, hold }]
            atLastAdmission = new Set(running)
            excess = 0
          } else {
            const call = take(one.pick)
            if (call && one.kind === 'settle') settle(call, one.factor)
            else call?.hold.release()
          }
          const { spentUsd = 0, reservedUsd = 0 } = made.book.list()[0] ?? {}
          assert.ok(spentUsd + reservedUsd <= 10 + excess + 1e-6, `${spentUsd} + ${reservedUsd} > 10 + ${excess}`)
        }
        for (const call of running) settle(call, 1)
        const { spentUsd = 0, reservedUsd = 0 } = made.book.list()[0] ?? {}
        assert.ok(spentUsd <= 10 + excess + 1e-6)
        assert.equal(reservedUsd, 0)
      }),
      { numRuns: 500 },
    )
  })
})

describe('calendar periods', () => {
  const local = (...parts: [number, number, number, number?]): number =>
    new Date(...(parts as [number, number, number])).getTime()

  it('are days, weeks from Monday and months of local time', () => {
    assert.deepEqual(periodAt('day', start), { startsAt: local(2026, 10, 18), endsAt: local(2026, 10, 19) })
    assert.deepEqual(periodAt('week', start), { startsAt: local(2026, 10, 16), endsAt: local(2026, 10, 23) })
    assert.deepEqual(periodAt('month', start), { startsAt: local(2026, 10, 1), endsAt: local(2026, 11, 1) })
    const sunday = local(2026, 10, 22)
    assert.deepEqual(periodAt('week', sunday), { startsAt: local(2026, 10, 16), endsAt: local(2026, 10, 23) })
    assert.deepEqual(periodAt('month', local(2026, 11, 31)), {
      startsAt: local(2026, 11, 1),
      endsAt: local(2027, 0, 1),
    })
  })

  it('follow one another without a gap', () => {
    fc.assert(
      fc.property(fc.constantFrom('day', 'week', 'month'), fc.integer({ min: 0, max: 4e12 }), (period, at) => {
        const { startsAt, endsAt } = periodAt(period, at)
        assert.ok(startsAt <= at && at < endsAt)
        assert.equal(periodAt(period, endsAt).startsAt, endsAt)
        assert.equal(periodAt(period, startsAt - 1).endsAt, startsAt)
      }),
    )
  })
})
