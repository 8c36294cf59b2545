// A large plan is looked through only as far as needed, and gives the order that a plan of the whole tree gives: for any tree, any
// standing of its targets, any pin, and with the same turns taken.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { type StrategyId, strategyIds } from '../../../src/core/routing.ts'
import { defaultRoutingSettings } from '../../../src/core/settings.ts'
import type { Target } from '../../../src/engine/catalogue.ts'
import type { Pin } from '../../../src/engine/plan/affinity.ts'
import type { Plan, PlanInput } from '../../../src/engine/plan/plan.ts'
import { Turns } from '../../../src/engine/plan/turns.ts'
import type { Choice } from '../../../src/engine/resolution.ts'
import type { Rest, Standing } from '../../../src/engine/standing.ts'
import { account, provider, target } from '../world.ts'
import { facts, groupOf, modelOf, now, plan, reasons, seededRandom, standing } from './given.ts'

const accounts = 6
const models = 3

/** The same few targets again and again, so that one stands at many places. */
const targets: readonly Target[] = Array.from({ length: accounts * models }, (_, index) => {
  const id = `a${index % accounts}`
  const own = account(id, { tier: index % 2 === 0 ? 'api-key' : 'free', enabled: index % accounts !== 5 })
  return {
    ...target(id),
    account: own,
    provider: provider('x'),
    publicId: `p/m${Math.floor(index / accounts)}`,
    model: { id: `m${Math.floor(index / accounts)}`, limits: {}, capabilities: {} },
  }
})

type State = 'well' | 'guessed' | 'named' | 'open'
const states: readonly State[] = ['well', 'well', 'well', 'guessed', 'named', 'open']

/** How each target stands, by its number. */
function standingOf(given: readonly State[], uses: readonly number[]): Standing {
  const number = ({ account: { id }, model }: Target): number =>
    Number(id.slice(1)) + accounts * Number(model.id.slice(1))
  const stateOf = (one: Target): State => given[number(one)] ?? 'well'
  const rest = (named: boolean, one: Target): Rest => ({
    code: 'rate_limited',
    until: now + 1_000 + number(one),
    named,
    at: now,
  })
  return {
    ...standing(),
    rest: (one) => {
      const state = stateOf(one)
      return state === 'guessed' || state === 'named' ? rest(state === 'named', one) : undefined
    },
    breaker: (one) => (stateOf(one) === 'open' ? { until: now + 5_000 + number(one) } : undefined),
    inFlight: (one) => (uses[number(one)] ?? 0) % 3,
    recentUses: (one) => uses[number(one)] ?? 0,
    firstByteMs: (one) => uses[number(one)],
    price: (one) => uses[number(one)],
  }
}

const strategy = fc.constantFrom<StrategyId>('ordered', 'ordered', ...strategyIds)
const model = fc
  .uniqueArray(fc.constantFrom(...targets), {
    minLength: 1,
    maxLength: 4,
    selector: ({ account: { id }, model: { id: name } }) => id + name,
  })
  .map((some): Choice => modelOf(some))
const { tree } = fc.letrec<{ tree: Choice; group: Choice }>((tie) => ({
  tree: fc.oneof({ maxDepth: 3 }, model, tie('group')),
  group: fc
    .tuple(fc.nat(1_000), strategy, fc.array(tie('tree'), { minLength: 1, maxLength: 5 }))
    .map(([name, by, choices]) => groupOf(`g${name}`, by, choices)),
}))
const root = fc.array(tree, { minLength: 1, maxLength: 6 }).map((choices) => groupOf('root', 'ordered', choices))
const pin = fc.option(
  fc.record({ account: fc.nat(accounts).map((one) => `a${one}`), model: fc.nat(models).map((one) => `m${one}`) }),
  { nil: undefined },
)

interface Scene {
  readonly root: Choice
  readonly states: readonly State[]
  readonly uses: readonly number[]
  readonly pin: Pin | undefined
  readonly accountStrategy: StrategyId
  readonly seed: number
}
const scene: fc.Arbitrary<Scene> = fc.record({
  root,
  states: fc.array(fc.constantFrom(...states), { minLength: targets.length, maxLength: targets.length }),
  uses: fc.array(fc.nat(4), { minLength: targets.length, maxLength: targets.length }),
  pin,
  // By chance the number of draws would differ: a plan that looks less far draws less.
  accountStrategy: strategy.filter((one) => one !== 'random' && one !== 'weighted' && one !== 'power-of-two'),
  seed: fc.nat(),
})

function planOf(given: Scene, wholeUpTo: number, turns: Turns, random: () => number): Plan {
  const more: Partial<PlanInput> = {
    standing: standingOf(given.states, given.uses),
    settings: {
      ...defaultRoutingSettings,
      defaults: { ...defaultRoutingSettings.defaults, accountStrategy: given.accountStrategy },
    },
    pinned: () => given.pin,
    turns,
    random,
    wholeUpTo,
  }
  return plan(given.root, more)
}

const line = ({ candidates }: Pick<Plan, 'candidates'>): string[] =>
  candidates.map(({ target: one, path, wire }) => `${one.account.id}/${one.model.id} by ${path.join('>')} in ${wire}`)

describe('a plan that is looked through as far as needed', () => {
  it('gives the order, the skips, the soonest instant and the turns of one of the whole tree', () => {
    let moved = 0
    fc.assert(
      fc.property(scene, (given) => {
        const [whole, lazy] = [new Turns(), new Turns()]
        // Some turns, so that a difference in those taken shows in the order.
        for (let round = 0; round < 3; round++) {
          const expected = planOf(given, Number.POSITIVE_INFINITY, whole, seededRandom(given.seed))
          const found = planOf(given, 0, lazy, seededRandom(given.seed))
          assert.equal(found.at(0)?.target, expected.at(0)?.target)
          assert.deepEqual(line(found), line(expected))
          assert.equal(found.soonest, expected.soonest)
          assert.deepEqual(reasons(found.skipped).toSorted(), reasons(expected.skipped).toSorted())
          if (reasons(expected.decided).some((reason) => reason.startsWith('the conversation'))) moved++
        }
      }),
      { numRuns: 1_500 },
    )
    assert.ok(moved > 100, `only ${moved} conversations were moved`)
  })

  it('says what decided as one of the whole tree does', () => {
    fc.assert(
      fc.property(scene, (given) => {
        const expected = planOf(given, Number.POSITIVE_INFINITY, new Turns(), seededRandom(given.seed))
        const found = planOf(given, 0, new Turns(), seededRandom(given.seed))
        assert.equal(found.candidates.length, expected.candidates.length)
        assert.deepEqual(reasons(found.decided).toSorted(), reasons(expected.decided).toSorted())
      }),
      { numRuns: 500 },
    )
  })

  it('looks no further than it is asked to', () => {
    const many = Array.from({ length: 1_000 }, (_, index) => target(`a${index}`))
    const looked: string[] = []
    const made = plan(
      groupOf(
        'root',
        'ordered',
        many.map((one) => modelOf([one])),
      ),
      {
        standing: {
          ...standing(),
          rest({ account: { id } }) {
            looked.push(id)
            return id === 'a0' ? { code: 'rate_limited', until: now + 1, named: true, at: now } : undefined
          },
        },
      },
    )
    assert.equal(made.at(0)?.target.account.id, 'a1')
    assert.equal(made.at(1)?.target.account.id, 'a2')
    assert.deepEqual(looked, ['a0', 'a1', 'a2'])
    assert.equal(made.skipped.length, 1)
    assert.equal(made.candidates.length, 999)
    assert.equal(looked.length, 1_000)
  })

  it('is whole where anything may come before anything else', () => {
    const many = Array.from({ length: 300 }, (_, index) => target(`a${index}`))
    const root = groupOf(
      'root',
      'ordered',
      many.map((one) => modelOf([one])),
    )
    const budget = { id: 'b', scope: { kind: 'all' }, period: 'day', usd: 1, warnAt: 1, rerouteAt: 1 } as const
    const rerouted = plan(root, {
      settings: { ...defaultRoutingSettings, budgets: [budget] },
      budget: { a0: { verdict: 'reroute', reason: 'nearly spent' } },
    })
    assert.ok(Object.hasOwn(rerouted, 'candidates'))
    const short = target('short')
    const differing = groupOf('root', 'ordered', [
      modelOf([{ ...short, model: { ...short.model, limits: { maxOutput: 10 } } }]),
      ...root.choices,
    ])
    const asked = plan(differing, { facts: facts({ maxOutputTokens: () => 1_000 }) })
    assert.equal(asked.at(0)?.target.account.id, 'a0')
    assert.equal(asked.candidates.at(-1)?.target.account.id, 'short')
  })
})
