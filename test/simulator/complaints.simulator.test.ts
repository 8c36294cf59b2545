// What users of other gateways suffered from routing, each as a scene that shows how it goes here. The numbers are those of the
// twenty complaints that were to be solved first.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dialects } from '../server/dialects.ts'
import { ask, asked, closeSmallWorlds, hour, minute, openSmallWorld, pair, second, took, wish } from './small-world.ts'
import type { Call } from './world.ts'

function assertServed(call: Call): void {
  assert.equal(call.ending?.kind, 'whole', JSON.stringify(call.ending))
}

function refusalOf(call: Call): { readonly status: number; readonly message: string } {
  if (call.ending?.kind !== 'refused') assert.fail(JSON.stringify(call.ending))
  return call.ending
}

describe('complaints about routing', function () {
  this.timeout(60_000)
  afterEach(closeSmallWorlds)

  describe('1: failures are told apart, and the next account is asked at once', () => {
    it('an account without credit uses up nothing of a healthy one', async () => {
      const world = await openSmallWorld({
        cast: [{ id: 'a', scenes: [{ kind: 'error', status: 402 }] }, { id: 'b' }],
        combos: pair(),
      })
      for (let round = 0; round < 10; round++) {
        const call = await ask(world, 'pair')
        assertServed(call)
        assert.equal(took(call), 0)
        assert.deepEqual(asked(world, call), round === 0 ? ['a', 'b'] : ['b'])
      }
    })

    it('“would exceed your account’s rate limit” moves on without a wait, and that account is left alone', async () => {
      const scenes = [{ kind: 'limited', style: 'unified', to: 3 * hour } as const]
      const a = { id: 'a', wire: 'anthropic-messages', style: 'unified', scenes } as const
      const world = await openSmallWorld({ cast: [a, { id: 'b' }], combos: pair() })
      const first = await ask(world, 'pair', { stream: true, wire: 'anthropic-messages' })
      assertServed(first)
      assert.equal(took(first), 0)
      assert.deepEqual(asked(world, first), ['a', 'b'])
      const later = await ask(world, 'pair')
      assert.deepEqual(asked(world, later), ['b'])
    })

    it('when all are limited the answer comes at once, with the soonest time to try again', async () => {
      const limited = (to: number) => [{ kind: 'limited', style: 'retry-after', to } as const]
      const world = await openSmallWorld({
        cast: [
          { id: 'a', scenes: limited(5 * minute) },
          { id: 'b', scenes: limited(90 * second) },
        ],
        combos: pair(),
      })
      for (const again of [false, true]) {
        const call = await ask(world, 'pair')
        assert.equal(took(call), 0)
        const { status, message } = refusalOf(call)
        assert.equal(status, 429)
        assert.equal(call.answer?.headers['retry-after'], '90')
        assert.match(message, /a\/m.*b\/m/)
        assert.deepEqual(asked(world, call), again ? [] : ['a', 'b'])
      }
      await world.advance(90 * second)
      assertServed(await ask(world, 'pair'))
    })

    it('a limit of one model leaves the account’s other models alone', async () => {
      const scenes = [{ kind: 'limited', style: 'retry-after', model: 'm', to: hour } as const]
      const world = await openSmallWorld({ cast: [{ id: 'a', models: ['m', 'other'], scenes }] })
      assert.equal(refusalOf(await ask(world, 'a/m')).status, 429)
      assertServed(await ask(world, 'a/other'))
    })

    it('a plan that is used up rests for all models of its account, and none of them is tried', async () => {
      const scenes = [{ kind: 'limited', style: 'unified', to: 3 * hour } as const]
      const a = { id: 'a', wire: 'anthropic-messages', style: 'unified', models: ['m', 'other'], scenes } as const
      const world = await openSmallWorld({
        cast: [a, { id: 'b', models: ['m', 'other'] }],
        combos: [...(pair() ?? []), { name: 'others', strategy: 'ordered', members: ['a/other', 'b/other'] }],
      })
      assert.deepEqual(asked(world, await ask(world, 'pair')), ['a', 'b'])
      const other = await ask(world, 'others')
      assertServed(other)
      assert.deepEqual(asked(world, other), ['b'])
    })

    it('a caller’s own mistake punishes nobody and asks nobody else', async () => {
      const world = await openSmallWorld({ cast: [{ id: 'a' }, { id: 'b' }], combos: pair() })
      for (let round = 0; round < 12; round++) {
        const call = await ask(world, 'pair', { kind: 'bad' })
        assert.equal(refusalOf(call).status, 400)
        assert.deepEqual(asked(world, call), ['a'])
      }
      assert.deepEqual(asked(world, await ask(world, 'pair')), ['a'])
      const { accounts, breakers } = await world.gateway.rpc('standing.get', {})
      assert.deepEqual([accounts.flatMap(({ rests }) => rests), breakers], [[], []])
    })

    it('clients who leave open no breaker', async () => {
      const scenes = [{ kind: 'silent', to: minute } as const]
      const world = await openSmallWorld({ cast: [{ id: 'a', scenes }, { id: 'b' }], combos: pair() })
      for (let round = 0; round < 20; round++) {
        world.send(wish('pair', { leavesAfterMs: 500, stream: round % 2 === 0 }))
        await world.advance(second)
      }
      const { accounts, breakers } = await world.gateway.rpc('standing.get', {})
      assert.deepEqual([accounts.flatMap(({ rests }) => rests), breakers], [[], []])
      await world.advance(minute)
      assert.deepEqual(asked(world, await ask(world, 'pair')), ['a'])
    })

    for (const { wire } of dialects) {
      for (const stream of [false, true]) {
        it(`a success that holds nothing is none: ${wire}${stream ? ', stream' : ''}`, async () => {
          const world = await openSmallWorld({
            cast: [
              { id: 'a', wire, scenes: [{ kind: 'empty' }] },
              { id: 'b', wire },
            ],
            combos: pair(),
          })
          const call = await ask(world, 'pair', { wire, stream })
          assertServed(call)
          assert.deepEqual(asked(world, call), ['a', 'b'])
        })
      }
    }

    it('nobody that wasn’t asked for stands in', async () => {
      const world = await openSmallWorld({ cast: [{ id: 'a', scenes: [{ kind: 'error', status: 500 }] }, { id: 'b' }] })
      const call = await ask(world, 'a/m')
      assert.ok(refusalOf(call).status >= 500)
      assert.deepEqual(new Set(asked(world, call)), new Set(['a']))
    })
  })

  describe('2: rests end', () => {
    it('to the second when the vendor told the truth', async () => {
      const scenes = [{ kind: 'limited', style: 'retry-after', to: 40 * minute } as const]
      const world = await openSmallWorld({ cast: [{ id: 'a', scenes }] })
      assert.equal(refusalOf(await ask(world, 'a/m')).status, 429)
      await world.advance(40 * minute - 30 * second)
      assert.equal(refusalOf(await ask(world, 'a/m')).status, 429)
      await world.advance(30 * second)
      assertServed(await ask(world, 'a/m'))
    })

    const instants = [
      ['openai-chat', 'sentence-instant'],
      ['openai-chat', 'retry-after-date'],
      ['anthropic-messages', 'unified'],
    ] as const
    for (const [wire, style] of instants) {
      for (const skewMs of [0, 9 * minute]) {
        it(`to the second when the vendor names an instant (${wire}, ${style}), ${skewMs === 0 ? 'without a date' : 'by a clock that goes wrong'}`, async () => {
          const scenes = [{ kind: 'limited', style, to: 40 * minute } as const]
          const world = await openSmallWorld({ cast: [{ id: 'a', wire, scenes, skewMs, isDateless: skewMs === 0 }] })
          const first = await ask(world, 'a/m', { wire })
          assert.equal(refusalOf(first).status, 429)
          assert.equal(first.answer?.headers['retry-after'], String((40 * minute) / second))
          await world.advance(40 * minute - 30 * second)
          assert.equal(refusalOf(await ask(world, 'a/m', { wire })).status, 429)
          await world.advance(30 * second)
          assertServed(await ask(world, 'a/m', { wire }))
        })
      }
    }

    it('early when the vendor recovers before it said, without a restart', async () => {
      const scenes = [{ kind: 'limited', style: 'retry-after', to: 30 * minute, claims: 5 * hour } as const]
      const world = await openSmallWorld({ cast: [{ id: 'a', scenes }] })
      let minutes = 0
      while ((await ask(world, 'a/m')).ending?.kind !== 'whole') {
        assert.ok(++minutes < 60, 'still resting after an hour')
        await world.advance(minute)
      }
      assert.ok(minutes >= 30)
      // Finding out is rare: it costs a refused call each time.
      assert.ok((world.upstreams.get('a')?.exchanges.length ?? 0) <= 6)
    })

    it('at once when a person clears them', async () => {
      const scenes = [{ kind: 'limited', style: 'retry-after', to: second, claims: 5 * hour } as const]
      const world = await openSmallWorld({ cast: [{ id: 'a', scenes }] })
      refusalOf(await ask(world, 'a/m'))
      await world.advance(minute)
      refusalOf(await ask(world, 'a/m'))
      await world.gateway.rpc('standing.clear', { accountId: 'a' })
      assertServed(await ask(world, 'a/m'))
    })
  })

  describe('5: nothing hangs', () => {
    const settings = { timeouts: { firstByteMs: 20_000, idleMs: 15_000, deadlineMs: 50_000, keepAliveMs: 10_000 } }

    for (const kind of ['silent', 'silent-after-head', 'loris'] as const) {
      it(`${kind}: the next one is asked when the time is up, and the client hears that it goes on`, async () => {
        const world = await openSmallWorld({
          cast: [{ id: 'a', scenes: [{ kind }] }, { id: 'b' }],
          combos: pair(),
          settings,
        })
        const call = await ask(world, 'pair', { stream: true })
        assertServed(call)
        assert.ok(took(call) <= 21 * second, `${took(call)} ms`)
        assert.match(call.answer?.text ?? '', /^: /)
      })
    }

    it('when nobody answers at all, the failure is told within the deadline and one more first byte', async () => {
      const scenes = [{ kind: 'silent' } as const]
      const cast = ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id, scenes }))
      const combos = [{ name: 'all', strategy: 'ordered', members: cast.map(({ id }) => `${id}/m`) }] as const
      const world = await openSmallWorld({ cast, combos, settings })
      const call = await ask(world, 'all')
      assert.equal(refusalOf(call).status, 504)
      assert.ok(took(call) <= 71 * second, `${took(call)} ms`)
    })

    it('a stream that falls silent in the middle ends with an error of its dialect', async () => {
      const world = await openSmallWorld({ cast: [{ id: 'a', scenes: [{ kind: 'silent-midway' }] }], settings })
      for (const { wire } of dialects) {
        const call = await ask(world, 'a/m', { wire, stream: true })
        assert.equal(call.ending?.kind, 'broken', JSON.stringify(call.ending))
        assert.ok(took(call) <= 16 * second)
      }
    })
  })

  describe('6: conversations stay', () => {
    const settings = { defaults: { accountStrategy: 'round-robin' } } as const
    const cast = (scenes = {}) =>
      ['a', 'b', 'c'].map((id) => ({
        id,
        prefix: 'pool',
        ...(id in scenes ? { scenes: scenes[id as keyof typeof scenes] } : {}),
      }))

    it('at one account each, though new ones are spread by turns', async () => {
      const world = await openSmallWorld({ cast: cast(), settings })
      const homes = new Map<string, string[]>()
      for (let turn = 0; turn < 5; turn++) {
        for (const session of ['one', 'two', 'three']) {
          const [account = ''] = asked(world, await ask(world, 'pool/m', { session, stream: turn % 2 === 0 }))
          homes.set(session, [...(homes.get(session) ?? []), account])
        }
      }
      for (const accounts of homes.values()) assert.equal(new Set(accounts).size, 1)
      assert.equal(new Set([...homes.values()].map(([first]) => first)).size, 3)
    })

    it('also at the account they had to move to', async () => {
      const limited = [{ kind: 'limited', style: 'retry-after', from: minute, to: 5 * minute } as const]
      const world = await openSmallWorld({ cast: cast({ a: limited }), settings })
      const home = async (): Promise<string | undefined> =>
        asked(world, await ask(world, 'pool/m', { session: 'one' })).at(-1)
      assert.equal(await home(), 'a')
      await world.advance(minute)
      const moved = await home()
      assert.notEqual(moved, 'a')
      await world.advance(20 * minute)
      for (let turn = 0; turn < 4; turn++) assert.equal(await home(), moved)
    })
  })

  describe('6: and what only one account knows', () => {
    it('is asked of that account alone, whatever the order says; where it can’t answer, the client hears why', async () => {
      const limited = [{ kind: 'limited', style: 'retry-after', from: hour, to: 2 * hour } as const]
      const wire = 'openai-responses'
      const world = await openSmallWorld({
        cast: [
          { id: 'a', wire },
          { id: 'b', wire, scenes: limited },
        ],
        combos: pair(),
      })
      assert.deepEqual(asked(world, await ask(world, 'pair', { wire, session: 'one' })), ['a'])
      // Each account counts its responses for itself: this one has made more.
      await ask(world, 'b/m', { wire })
      const made = await ask(world, 'b/m', { wire })
      const previous_response_id = /"id":"(resp_[^"]+)"/.exec(made.answer?.text ?? '')?.[1]
      assert.ok(previous_response_id)
      const follow = () => ask(world, 'pair', { wire, body: { previous_response_id }, session: 'one' })
      const call = await follow()
      assertServed(call)
      assert.deepEqual(asked(world, call), ['b'])
      await world.advance(hour)
      const refused = await follow()
      assert.equal(refusalOf(refused).status, 429)
      assert.deepEqual(new Set(asked(world, refused)), new Set(['b']))
      await world.advance(hour)
      assertServed(await follow())
    })

    it('is no reason to move: a conversation stays though another account would now be preferred', async () => {
      for (const accountStrategy of ['least-used', 'power-of-two', 'fastest'] as const) {
        const cast = ['a', 'b', 'c'].map((id) => ({ id, prefix: 'pool' }))
        const world = await openSmallWorld({ cast, settings: { defaults: { accountStrategy } } })
        const homes: (string | undefined)[] = []
        for (let turn = 0; turn < 6; turn++)
          homes.push(...asked(world, await ask(world, 'pool/m', { session: 'one', stream: turn % 2 === 0 })))
        assert.equal(homes.length, 6)
        assert.equal(new Set(homes).size, 1, `${accountStrategy}: ${homes.join()}`)
      }
    })
  })

  describe('8: quotas are told with their source and age, or not at all', () => {
    it('by the vendor’s headers, though its clock goes wrong', async () => {
      const a = { id: 'a', wire: 'anthropic-messages', style: 'unified', skewMs: 7 * minute } as const
      const scenes = [{ kind: 'limited', style: 'unified', to: 2 * hour } as const]
      const world = await openSmallWorld({ cast: [{ ...a, scenes }, { id: 'b' }] })
      refusalOf(await ask(world, 'a/m'))
      await ask(world, 'b/m')
      const { accounts } = await world.gateway.rpc('standing.get', {})
      const [window] = accounts.find(({ id }) => id === 'a')?.quotas ?? []
      assert.equal(window?.window, 'unified/5h')
      assert.equal(window?.source, 'header')
      assert.equal(window?.remainingShare, 0)
      assert.ok(Math.abs((window?.resetsAt ?? 0) - (world.begin + 2 * hour)) <= second)
      assert.deepEqual(accounts.find(({ id }) => id === 'b')?.quotas, [])
    })

    it('and are unknown once their window has begun anew, neither full nor used up', async () => {
      const scenes = [{ kind: 'limited', style: 'unified', to: 2 * hour } as const]
      const a = { id: 'a', wire: 'anthropic-messages', style: 'unified', scenes } as const
      const world = await openSmallWorld({ cast: [a] })
      refusalOf(await ask(world, 'a/m'))
      const quotas = async () => (await world.gateway.rpc('standing.get', {})).accounts[0]?.quotas
      assert.equal((await quotas())?.[0]?.remainingShare, 0)
      await world.advance(2 * hour)
      assert.deepEqual(await quotas(), [])
      assertServed(await ask(world, 'a/m'))
    })
  })

  describe('9: costs are true or unknown', () => {
    it('known from the user’s price, nothing for a local server, unknown otherwise', async () => {
      const prices = [{ model: 'a/*', input: 10, output: 20, cacheRead: 1, cacheWrite: 1 }]
      const cast = [{ id: 'a' }, { id: 'b' }, { id: 'c', tier: 'local' } as const]
      const world = await openSmallWorld({ cast, settings: { prices } })
      for (const name of ['a/m', 'b/m', 'c/m']) assertServed(await ask(world, name))
      const [local, unknown, own] = await world.gateway.logged(3)
      const { input, output } = own?.usage ?? {}
      assert.ok(input && output)
      assert.equal(own?.cost?.source, 'user')
      assert.ok(Math.abs(own.cost.usd - (input * 10 + output * 20) / 1_000_000) < 1e-9)
      assert.equal(unknown?.cost, undefined)
      assert.deepEqual(local?.cost, { usd: 0, source: 'free' })
    })
  })

  describe('13: settings stick', () => {
    it('round-robin is still round-robin after a restart', async () => {
      const dataDirectory = await mkdtemp(join(tmpdir(), 'omniroute-sticks-'))
      try {
        const cast = ['a', 'b'].map((id) => ({ id, prefix: 'pool' }))
        const settings = { defaults: { accountStrategy: 'round-robin' } } as const
        const before = await openSmallWorld({ cast, settings, dataDirectory })
        const kept = await before.gateway.rpc('settings.get', {})
        await closeSmallWorlds()
        const world = await openSmallWorld({ cast, dataDirectory })
        assert.deepEqual(await world.gateway.rpc('settings.get', {}), kept)
        const turns: string[] = []
        for (let turn = 0; turn < 4; turn++)
          turns.push(...asked(world, await ask(world, 'pool/m', { session: `${turn}` })))
        assert.equal(turns[0], turns[2])
        assert.equal(new Set(turns).size, 2)
      } finally {
        await rm(dataDirectory, { recursive: true, force: true })
      }
    })

    it('an account that said until when it rests is not asked anew after a restart', async () => {
      const dataDirectory = await mkdtemp(join(tmpdir(), 'omniroute-sticks-'))
      try {
        const scenes = [{ kind: 'limited', style: 'retry-after', to: 50 * minute } as const]
        const before = await openSmallWorld({ cast: [{ id: 'a', scenes }], dataDirectory })
        refusalOf(await ask(before, 'a/m'))
        await closeSmallWorlds()
        const world = await openSmallWorld({ cast: [{ id: 'a', scenes }], dataDirectory })
        const call = await ask(world, 'a/m')
        assert.equal(refusalOf(call).status, 429)
        assert.deepEqual(asked(world, call), [])
      } finally {
        await rm(dataDirectory, { recursive: true, force: true })
      }
    })
  })

  describe('15: names can be mapped, and wrong ones are explained', () => {
    it('an alias with a star takes a tool’s names anywhere', async () => {
      const settings = { aliases: [{ pattern: 'gpt-*', target: 'a/$1' }] }
      const world = await openSmallWorld({ cast: [{ id: 'a', models: ['five'] }], settings })
      assertServed(await ask(world, 'gpt-five'))
    })

    it('an unknown name is refused with the nearest ones', async () => {
      const world = await openSmallWorld({ cast: [{ id: 'a', models: ['gemma-large'] }] })
      const { status, message } = refusalOf(await ask(world, 'a-gema-large'))
      assert.equal(status, 404)
      assert.match(message, /a\/gemma-large/)
    })
  })

  describe('16: the context window counts', () => {
    it('a target that is known to be too small is not asked', async () => {
      const world = await openSmallWorld({ cast: [{ id: 'a', contextWindow: 1_000 }, { id: 'b' }], combos: pair() })
      assert.deepEqual(asked(world, await ask(world, 'pair')), ['a'])
      const call = await ask(world, 'pair', { text: 'many words '.repeat(2_000) })
      assertServed(call)
      assert.deepEqual(asked(world, call), ['b'])
    })

    it('one that turns out to be too small hands over and is not blamed; alone, it says so in words that make clients compact', async () => {
      const world = await openSmallWorld({ cast: [{ id: 'a', isSmall: true }, { id: 'b' }], combos: pair() })
      const call = await ask(world, 'pair', { kind: 'long' })
      assertServed(call)
      assert.deepEqual(asked(world, call), ['a', 'b'])
      assert.deepEqual(asked(world, await ask(world, 'pair')), ['a'])
      const alone = refusalOf(await ask(world, 'a/m', { kind: 'long' }))
      assert.equal(alone.status, 400)
      assert.match(alone.message, /too long|context/)
    })
  })

  describe('17: every decision is explained', () => {
    it('in one line that names each account and what became of it', async () => {
      const world = await openSmallWorld({
        cast: [
          { id: 'a', scenes: [{ kind: 'limited', style: 'retry-after', to: hour }] },
          { id: 'b', scenes: [{ kind: 'error', status: 503 }] },
          { id: 'c' },
        ],
        combos: [{ name: 'trio', strategy: 'ordered', members: ['a/m', 'b/m', 'c/m'] }],
      })
      await ask(world, 'a/m')
      assertServed(await ask(world, 'trio'))
      const { story } = await world.gateway.rpc('requests.explain', {})
      assert.match(
        story,
        /a\/m \(a\): skipped, .*until.* → b\/m \(b\): failed, \d{3} overloaded .* → c\/m \(c\): served/,
      )
    })
  })

  describe('20: how a provider stands is told as it is', () => {
    it('dead, refused and limited are three things, each with its reason', async () => {
      const world = await openSmallWorld({
        cast: [
          { id: 'dead', scenes: [{ kind: 'refused', from: second }] },
          { id: 'refused', scenes: [{ kind: 'bad-key' }] },
          { id: 'limited', scenes: [{ kind: 'limited', style: 'retry-after', to: hour }] },
          { id: 'well' },
        ],
      })
      await world.advance(second)
      for (const id of ['dead', 'refused', 'limited', 'well']) await ask(world, `${id}/m`)
      const { accounts } = await world.gateway.rpc('standing.get', {})
      const reasons = accounts.map(({ rests }) => rests.map(({ reason, named }) => `${reason}${named ? ' named' : ''}`))
      assert.deepEqual(reasons, [
        ['upstream_unreachable (502)'],
        ['account_refused (403)'],
        ['rate_limited (429) named'],
        [],
      ])
    })
  })
})
