// The order of the candidates: trees of groups, turns, budgets and the conversation's own account.
import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import type { Tier } from '../../../src/core/model.ts'
import { strategyIds } from '../../../src/core/routing.ts'
import { defaultRoutingSettings, type RoutingSettings } from '../../../src/core/settings.ts'
import type { Target } from '../../../src/engine/catalogue.ts'
import type { Pin } from '../../../src/engine/plan/affinity.ts'
import { Turns } from '../../../src/engine/plan/turns.ts'
import type { Choice } from '../../../src/engine/resolution.ts'
import { provider, target } from '../world.ts'
import { facts, groupOf, modelOf, now, order, plan, reasons, seededRandom } from './given.ts'

const [a, b, c, d] = [target('a'), target('b'), target('c'), target('d')]

function accountsBy(accountStrategy: RoutingSettings['defaults']['accountStrategy']): RoutingSettings {
  return { ...defaultRoutingSettings, defaults: { ...defaultRoutingSettings.defaults, accountStrategy } }
}

function ofTier(id: string, tier: Tier, model = 'm'): Target {
  const plain = target(id, { model })
  return { ...plain, account: { ...plain.account, tier } }
}

const pinnedTo =
  (account: string, model = 'm') =>
  (): Pin => ({ account, model })

describe('planning a request', () => {
  it('keeps the user’s order when nothing speaks against it', () => {
    const made = plan([b, a, c])
    assert.deepEqual(order(made), ['b', 'a', 'c'])
    assert.deepEqual([made.skipped, made.decided], [[], []])
  })

  it('calls each target in the client’s wire where it can, else in the one it speaks best', () => {
    const both = target('both', { provider: provider('x', { wires: ['openai-responses', 'openai-chat'] }) })
    const other = target('other', { provider: provider('y', { wires: ['anthropic-messages', 'openai-responses'] }) })
    const wires = (clientWire: 'openai-chat' | undefined): string[] =>
      plan([both, other], { clientWire }).candidates.map(({ wire }) => wire)
    assert.deepEqual(wires('openai-chat'), ['openai-chat', 'anthropic-messages'])
    assert.deepEqual(wires(undefined), ['openai-responses', 'anthropic-messages'])
  })

  it('tells how the name was resolved before what decided the order', () => {
    const resolution = { asked: 'gpt', root: modelOf([a, b]), steps: ['alias "gpt" means a/m'] }
    const made = plan([a], { resolution, settings: accountsBy('round-robin') })
    assert.deepEqual(reasons(made.decided), [
      'alias "gpt" means a/m',
      'round-robin in "a/m" put account "Account a" of a/m first of 2',
    ])
  })

  it('chooses among the accounts of a model by the strategy of the settings', () => {
    const made = plan([a, b, c], { settings: accountsBy('cheapest'), price: { a: 3, c: 1 } })
    assert.deepEqual(order(made), ['c', 'a', 'b'])
  })

  it('orders nested groups level by level, each member by its best account', () => {
    const root = groupOf('outer', 'cheapest', [
      modelOf([a]),
      groupOf('inner', 'fastest', [modelOf([b]), modelOf([c])]),
      modelOf([d]),
    ])
    const made = plan(root, { price: { a: 5, b: 9, c: 1, d: 2 }, firstByteMs: { b: 90, c: 50 } })
    assert.deepEqual(order(made), ['c', 'b', 'd', 'a'])
    assert.deepEqual(
      made.candidates.map(({ path }) => path),
      [['outer', 'inner'], ['outer', 'inner'], ['outer'], ['outer']],
    )
    assert.deepEqual(reasons(made.decided), [
      'fastest in "inner" put c/m first of 2',
      'cheapest in "outer" put c/m first of 3',
    ])
  })

  it('follows the weights of members, and asks weight 0 last', () => {
    const root = groupOf('w', 'weighted', [
      modelOf([a], { weight: 0 }),
      modelOf([b], { weight: 1 }),
      modelOf([c], { weight: 3 }),
    ])
    const random = seededRandom(5)
    const firsts = Array.from({ length: 4_000 }, () => order(plan(root, { random })))
    assert.ok(firsts.every((made) => made[2] === 'a'))
    const share = firsts.filter(([first]) => first === 'c').length / firsts.length
    assert.ok(Math.abs(share - 0.75) < 0.04, String(share))
  })

  it('merges overrides, the inner ones before the outer ones', () => {
    const root = groupOf('outer', 'ordered', [
      groupOf('inner', 'ordered', [modelOf([a], { overrides: { temperature: 0 } }), modelOf([b])], {
        overrides: { temperature: 1, maxOutputTokens: 10 },
      }),
      modelOf([c]),
    ])
    assert.deepEqual(
      plan(root).candidates.map(({ overrides }) => overrides),
      [{ temperature: 0, maxOutputTokens: 10 }, { temperature: 1, maxOutputTokens: 10 }, undefined],
    )
  })

  it('names each account and model once, where it comes first', () => {
    const again = target('a', { model: 'other' })
    const root = groupOf('g', 'ordered', [
      modelOf([a, b]),
      modelOf([again]),
      groupOf('h', 'ordered', [modelOf([b, a, c])]),
    ])
    assert.deepEqual(
      plan(root).candidates.map((one) => `${one.target.account.id} ${one.target.model.id}`),
      ['a m', 'b m', 'a other', 'c m'],
    )
  })

  it('gives every usable target exactly once, whatever the tree and the strategies', () => {
    const targets = ['a', 'b', 'c', 'd', 'e'].map((id) => target(id))
    const { choice } = fc.letrec<{ choice: Choice }>((tie) => ({
      choice: fc.oneof(
        { maxDepth: 3 },
        fc.subarray(targets, { minLength: 1 }).map((some) => modelOf(some)),
        fc
          .tuple(
            fc.constantFrom('g', 'h'),
            fc.constantFrom(...strategyIds),
            fc.array(tie('choice'), { minLength: 1, maxLength: 4 }),
          )
          .map(([name, strategy, choices]) => groupOf(name, strategy, choices)),
      ),
    }))
    const within = (one: Choice): string[] =>
      one.kind === 'model' ? one.targets.map(({ account }) => account.id) : one.choices.flatMap(within)
    const guess = { code: 'overloaded', until: now + 9, named: false, at: now } as const
    fc.assert(
      fc.property(choice, fc.integer(), fc.constantFrom(...strategyIds), (root, seed, strategy) => {
        const made = plan(root, {
          random: seededRandom(seed),
          settings: accountsBy(strategy),
          hasCredential: ({ account }) => account.id !== 'e',
          rest: { d: guess },
        })
        const wanted = [...new Set(within(root))].filter((id) => id !== 'e').sort()
        assert.deepEqual(order(made).toSorted(), wanted)
        if (wanted.includes('d')) assert.equal(order(made).at(-1), 'd')
      }),
    )
  })

  describe('with turns', () => {
    const turnsOf = (root: Choice, requests: number, more: Parameters<typeof plan>[1] = {}): string[] => {
      const turns = new Turns()
      return Array.from({ length: requests }, () => order(plan(root, { turns, ...more }))[0] ?? '')
    }

    it('visits the accounts of a model evenly', () => {
      const settings = accountsBy('round-robin')
      assert.deepEqual(turnsOf(modelOf([a, b, c]), 6, { settings }), ['a', 'b', 'c', 'a', 'b', 'c'])
    })

    it('visits evenly who is left when one is out or rests', () => {
      const settings = accountsBy('round-robin')
      const rest = { b: { code: 'overloaded', until: now + 9, named: false, at: now } } as const
      assert.deepEqual(turnsOf(modelOf([a, b, c]), 4, { settings, rest }), ['a', 'c', 'a', 'c'])
    })

    it('visits evenly in groups within groups: an inner turn is taken only when it counts', () => {
      const root = groupOf('outer', 'round-robin', [
        groupOf('left', 'round-robin', [modelOf([a]), modelOf([b])]),
        groupOf('right', 'round-robin', [modelOf([c]), modelOf([d])]),
      ])
      assert.deepEqual(turnsOf(root, 8), ['a', 'c', 'b', 'd', 'a', 'c', 'b', 'd'])
    })

    it('takes no turn for a conversation that stays where it is', () => {
      const turns = new Turns()
      const settings = accountsBy('round-robin')
      assert.deepEqual(order(plan([a, b, c], { turns, settings, pinned: pinnedTo('c') })), ['c', 'a', 'b'])
      assert.deepEqual(order(plan([a, b, c], { turns, settings })), ['a', 'b', 'c'])
    })

    it('forgets the counters that were not used for longest', () => {
      const turns = new Turns(2)
      for (const key of ['x', 'y', 'x', 'z']) turns.take(key)
      assert.deepEqual([turns.peek('x'), turns.peek('y'), turns.peek('z')], [2, 0, 1])
    })
  })

  describe('with a conversation that was served before', () => {
    it('puts its account first and says so', () => {
      const made = plan([a, b, c], { pinned: pinnedTo('b') })
      assert.deepEqual(order(made), ['b', 'a', 'c'])
      assert.deepEqual(reasons(made.decided), ['the conversation stays with b/m of account "Account b"'])
    })

    it('prefers the same model, and else another one of the same account', () => {
      const other = target('b', { model: 'n' })
      const root = groupOf('g', 'round-robin', [modelOf([a]), modelOf([b]), modelOf([other])])
      const first = (model: string): string | undefined =>
        plan(root, { pinned: pinnedTo('b', model) }).candidates[0]?.target.model.id
      assert.equal(first('n'), 'n')
      assert.equal(first('gone'), 'm')
    })

    it('keeps it at no fallback: members of an ordered combo come back to their order', () => {
      const root = groupOf('g', 'ordered', [modelOf([a]), modelOf([b, c])])
      assert.deepEqual(order(plan(root, { pinned: pinnedTo('c') })), ['a', 'c', 'b'])
    })

    it('never overrides a filter: what is skipped stays skipped, what is doubtful stays behind', () => {
      const named = { code: 'rate_limited', until: now + 5_000, named: true, at: now } as const
      assert.deepEqual(order(plan([a, b], { pinned: pinnedTo('b'), rest: { b: named } })), ['a'])
      assert.deepEqual(order(plan([a, b], { pinned: pinnedTo('a'), rest: { a: { ...named, named: false } } })), [
        'b',
        'a',
      ])
      assert.deepEqual(order(plan([a, b], { pinned: pinnedTo('gone') })), ['a', 'b'])
    })

    it('is not even asked for where there is no choice or affinity is off', () => {
      const pinned = (): Pin => assert.fail('was asked')
      plan([a], { pinned })
      const off = { ...defaultRoutingSettings, affinity: { enabled: false, minutes: 60 } }
      assert.deepEqual(order(plan([a, b], { pinned, settings: off })), ['a', 'b'])
    })

    it('is asked for where only one of several is ready, so that the conversation is known there afterwards', () => {
      let asked = 0
      const pinned = (): Pin | undefined => void asked++
      const named = { code: 'rate_limited', until: now + 9_000, named: true, at: now } as const
      assert.deepEqual(order(plan([a, b], { pinned, rest: { b: named } })), ['a'])
      assert.deepEqual(order(plan([a, b], { pinned, rest: { a: { ...named, named: false }, b: named } })), ['a'])
      assert.equal(asked, 2)
    })

    it('keeps no conversation paying that came back to a subscription in the user’s order', () => {
      const root = groupOf('g', 'ordered', [
        modelOf([ofTier('own', 'subscription')]),
        modelOf([ofTier('cheap', 'cheap')]),
        modelOf([ofTier('paid', 'api-key'), ofTier('paid2', 'api-key')]),
      ])
      const made = plan(root, { pinned: pinnedTo('paid2') })
      assert.deepEqual(order(made), ['own', 'cheap', 'paid2', 'paid'])
      const free = plan([ofTier('paid', 'api-key'), ofTier('own', 'subscription')], { pinned: pinnedTo('own') })
      assert.deepEqual(order(free), ['own', 'paid'])
      const own = plan([ofTier('own', 'subscription'), ofTier('paid', 'api-key')], { pinned: pinnedTo('paid') })
      assert.deepEqual(order(own), ['own', 'paid'])
      const evenly = groupOf('g', 'round-robin', root.choices)
      assert.equal(order(plan(evenly, { pinned: pinnedTo('paid2') }))[0], 'paid2')
    })
  })

  describe('with a budget that asks for cheaper ones', () => {
    const reroute = { verdict: 'reroute', reason: '85 % of $10 this month are spent' } as const

    it('puts its targets right behind the last one that costs less', () => {
      const targets = [
        ofTier('p1', 'api-key'),
        ofTier('c1', 'cheap'),
        ofTier('p2', 'api-key'),
        ofTier('f1', 'free'),
        ofTier('p3', 'api-key'),
      ]
      const made = plan(targets, { budget: { p1: reroute, c1: reroute, p2: reroute, p3: reroute } })
      assert.deepEqual(order(made), ['f1', 'c1', 'p1', 'p2', 'p3'])
      assert.equal(reasons(made.decided)[0], 'p1/m comes after cheaper ones: 85 % of $10 this month are spent')
    })

    it('leaves the order alone where nothing costs less, or where the target is free anyway', () => {
      const paid = [ofTier('p1', 'api-key'), ofTier('p2', 'api-key')]
      assert.deepEqual(order(plan(paid, { budget: { p1: reroute } })), ['p1', 'p2'])
      const own = [ofTier('own', 'subscription'), ofTier('l', 'local')]
      assert.deepEqual(order(plan(own, { budget: { own: reroute } })), ['own', 'l'])
    })

    it('moves a conversation too', () => {
      const targets = [ofTier('p1', 'api-key'), ofTier('f1', 'free')]
      const settings = accountsBy('round-robin')
      const made = plan(targets, { budget: { p1: reroute }, pinned: pinnedTo('p1'), settings })
      assert.deepEqual(order(made), ['f1', 'p1'])
    })
  })

  it('gives the same plan for the same input', () => {
    const root = groupOf('g', 'random', [modelOf([a, b]), modelOf([c]), modelOf([d])])
    const once = (): string[] => order(plan(root, { random: seededRandom(9), facts: facts() }))
    assert.deepEqual(once(), once())
  })
})
