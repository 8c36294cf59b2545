// What every strategy owes its callers, and what each of them makes of the facts it looks at.
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import path from 'node:path'
import * as fc from 'fast-check'
import { strategyIds } from '../../../src/core/routing.ts'
import { strategies } from '../../../src/engine/strategies/registry.generated.ts'
import type { Option, StrategyContext } from '../../../src/engine/strategy.ts'
import { seededRandom } from '../plan/given.ts'

const now = 1_000_000

interface Given {
  readonly weight?: number
  readonly inFlight?: number
  readonly uses?: number
  readonly ms?: number | undefined
  readonly price?: number | undefined
  readonly remaining?: number | undefined
  readonly resetsAt?: number | undefined
}

interface Named extends Option {
  readonly name: number
}

function option(given: Given, position: number): Named {
  return {
    name: position,
    position,
    weight: given.weight ?? 1,
    inFlight: () => given.inFlight ?? 0,
    recentUses: () => given.uses ?? 0,
    firstByteMs: () => given.ms,
    price: () => given.price,
    remaining: () => given.remaining,
    resetsAt: () => given.resetsAt,
  }
}

function context(seed = 1, turn = 0): StrategyContext {
  return { now, random: seededRandom(seed), turn: () => turn }
}

function order(id: keyof typeof strategies, given: readonly Given[], how = context()): number[] {
  return strategies[id].order(given.map(option), how).map((one) => one.name)
}

const maybe = fc.option(fc.nat(100), { nil: undefined })
const anyGiven: fc.Arbitrary<Given> = fc.record({
  weight: fc.nat(5),
  inFlight: fc.nat(3),
  uses: fc.nat(9),
  ms: maybe,
  price: maybe,
  remaining: fc.option(fc.constantFrom(0, 0.2, 1), { nil: undefined }),
  resetsAt: fc.option(fc.integer({ min: now - 50, max: now + 50 }), { nil: undefined }),
})

describe('strategies', () => {
  it('are one for each id that settings may name', () => {
    assert.deepEqual(Object.keys(strategies).sort(), [...strategyIds].sort())
    for (const [id, strategy] of Object.entries(strategies)) assert.equal(strategy.id, id)
    const folder = path.resolve(import.meta.dirname, '../../../src/engine/strategies')
    for (const id of strategyIds) assert.ok(readdirSync(folder).includes(`${id}.ts`), id)
  })

  for (const id of strategyIds) {
    it(`${id} gives back all options, each once, and leaves its input alone`, () => {
      fc.assert(
        fc.property(fc.array(anyGiven, { maxLength: 12 }), fc.integer(), fc.nat(), (given, seed, turn) => {
          const options = given.map(option)
          const before = [...options]
          const ordered = strategies[id].order(options, context(seed, turn))
          assert.deepEqual(options, before)
          assert.deepEqual(
            ordered.map((one) => one.name).sort((a, b) => a - b),
            given.map((_, index) => index),
          )
        }),
      )
    })
  }

  it('round-robin visits all alike, whatever their number', () => {
    for (const size of [1, 2, 3, 7]) {
      const given = Array.from({ length: size }, () => ({}))
      const firsts = Array.from({ length: size * 4 }, (_, turn) => order('round-robin', given, context(1, turn))[0])
      for (let name = 0; name < size; name += 1) assert.equal(firsts.filter((first) => first === name).length, 4)
    }
    assert.deepEqual(order('round-robin', [{}, {}, {}], context(1, 4)), [1, 2, 0])
  })

  it('weighted draws in proportion to the weights, and keeps weight 0 for last', () => {
    const given = [{ weight: 0 }, { weight: 1 }, { weight: 3 }, { weight: 6 }, { weight: 0 }]
    const random = seededRandom(7)
    const draws = 20_000
    const firsts = [0, 0, 0, 0, 0]
    let secondsAfterThird = 0
    for (let draw = 0; draw < draws; draw += 1) {
      const ordered = order('weighted', given, { ...context(), random })
      const [first = -1, second] = ordered
      firsts[first] = (firsts[first] ?? 0) + 1
      if (first === 3 && second === 2) secondsAfterThird += 1
      assert.deepEqual(ordered.slice(3), [0, 4])
    }
    // Five standard deviations of a binomial distribution.
    const near = (count: number, of: number, share: number): void => {
      const deviation = Math.sqrt(of * share * (1 - share))
      assert.ok(Math.abs(count - of * share) < 5 * deviation, `${count} of ${of}, wanted a share of ${share}`)
    }
    assert.deepEqual([firsts[0], firsts[4]], [0, 0])
    near(firsts[1] ?? 0, draws, 0.1)
    near(firsts[2] ?? 0, draws, 0.3)
    near(firsts[3] ?? 0, draws, 0.6)
    // Without replacement: after the heaviest one, the others share what is left as 1 to 3.
    near(secondsAfterThird, firsts[3] ?? 0, 0.75)
  })

  it('random gives every order the same chance', () => {
    const random = seededRandom(11)
    const seen = new Map<string, number>()
    for (let draw = 0; draw < 6_000; draw += 1) {
      const key = order('random', [{}, {}, {}], { ...context(), random }).join('')
      seen.set(key, (seen.get(key) ?? 0) + 1)
    }
    assert.equal(seen.size, 6)
    for (const [key, count] of seen) assert.ok(Math.abs(count - 1_000) < 150, `${key}: ${count}`)
  })

  it('power-of-two never takes the most loaded one first, and takes the least loaded most often', () => {
    const given = [{ inFlight: 4 }, { inFlight: 1 }, { inFlight: 9 }, { inFlight: 2 }]
    const random = seededRandom(3)
    const firsts = [0, 0, 0, 0]
    for (let draw = 0; draw < 6_000; draw += 1) {
      const ordered = order('power-of-two', given, { ...context(), random })
      const [first = -1, ...rest] = ordered
      firsts[first] = (firsts[first] ?? 0) + 1
      const byLoad = [1, 3, 0, 2].filter((one) => one !== first)
      assert.deepEqual(rest, byLoad)
    }
    // Of the six pairs, the least loaded is in three, the next decides two, the one after that one.
    assert.equal(firsts[2], 0)
    for (const [name, wanted] of [
      [1, 3_000],
      [3, 2_000],
      [0, 1_000],
    ] as const) {
      assert.ok(Math.abs((firsts[name] ?? 0) - wanted) < 200, `${name}: ${firsts[name]}`)
    }
  })

  const tables: readonly (readonly [keyof typeof strategies, string, readonly Given[], readonly number[]])[] = [
    ['ordered', 'keeps the user’s order', [{ weight: 0, price: 9 }, { price: 1 }, { inFlight: 7 }], [0, 1, 2]],
    [
      'least-used',
      'goes by the last hour, then by what is in flight',
      [{ uses: 3 }, { uses: 1, inFlight: 1 }, { uses: 1 }],
      [2, 1, 0],
    ],
    ['cheapest', 'puts free first and unknown last', [{ price: 2 }, {}, { price: 0 }, { price: 1 }], [2, 3, 0, 1]],
    ['fastest', 'goes by the time to the first byte', [{ ms: 300 }, { ms: 100 }, { ms: 200 }], [1, 2, 0]],
    ['fastest', 'asks an unknown one while nothing of it is out', [{ ms: 300 }, {}, { ms: 200 }], [1, 2, 0]],
    [
      'fastest',
      'sends one request at a time to an unknown one',
      [{ ms: 300 }, { inFlight: 1 }, { ms: 200 }],
      [2, 0, 1],
    ],
    [
      'use-before-reset',
      'takes what resets soonest while something remains',
      [
        { resetsAt: now + 10, remaining: 0 },
        {},
        { resetsAt: now + 90, remaining: 0.5 },
        { resetsAt: now + 20 },
        { resetsAt: now - 5, remaining: 0.1 },
      ],
      [3, 2, 1, 4, 0],
    ],
  ]
  for (const [id, what, given, wanted] of tables) {
    it(`${id} ${what}`, () => assert.deepEqual(order(id, given), wanted))
  }

  it('break ties by the user’s order where no chance is asked for', () => {
    for (const id of ['ordered', 'least-used', 'cheapest', 'fastest', 'use-before-reset'] as const) {
      assert.deepEqual(order(id, [{}, {}, {}]), [0, 1, 2], id)
    }
  })
})
