// What a name means, over real HTTP: aliases, hidden, blocked and renamed models, default models, and which of several accounts is
// asked. Each control is absent at first, then set live, then read by a restarted gateway, then taken back.
import assert from 'node:assert/strict'
import { dialects } from '../dialects.ts'
import type { Loose } from '../world.ts'
import {
  chat,
  gemini,
  messages,
  openStage,
  otherKey,
  refusal,
  responses,
  type Stage,
  testKeyId,
  ways,
} from './stage.ts'

describe('the settings of names', () => {
  let stage: Stage

  before(async () => {
    stage = await openStage()
  })
  after(() => stage?.stop())
  afterEach(() => stage.reset())

  for (const dialect of dialects) {
    it(`an alias stands for its target (${dialect.wire})`, async () => {
      await stage.proves(
        { aliases: [{ pattern: 'my-model', target: 'oc/one' }] },
        {
          off: async () => {
            const answer = await stage.ask('my-model', { dialect })
            assert.equal(answer.status, 404, answer.text)
            assert.match(refusal(answer), /no model or combo "my-model"/)
            assert.deepEqual(await stage.arrivals(), [])
          },
          on: async () => {
            const answer = await stage.served('my-model', { dialect })
            assert.deepEqual(ways(await stage.arrivals()), ['oc/one'])
            assert.equal(answer.headers['x-omniroute-target'], 'oc/one')
            const { trace } = await stage.row(answer)
            assert.ok(
              trace.some(({ reason = '' }) => reason === 'alias "my-model" means oc/one'),
              JSON.stringify(trace),
            )
          },
        },
      )
    })
  }

  it('a wildcard puts in what its star stands for, the most specific one counts', async () => {
    await stage.proves(
      {
        aliases: [
          { pattern: 'my-*', target: 'oc/$1' },
          { pattern: 'my-special-*', target: 'ac/$1' },
        ],
      },
      {
        off: async () => {
          assert.equal((await stage.ask('my-one')).status, 404)
          assert.equal((await stage.ask('my-special-two')).status, 404)
        },
        on: async () => {
          await stage.served('my-one')
          await stage.served('my-special-two', { dialect: messages, stream: true })
          assert.deepEqual(ways(await stage.arrivals()), ['oc/one', 'ac/two'])
        },
      },
    )
  })

  it('aliases lead on to aliases and combos, and one that leads in a circle is told as that', async () => {
    await stage.proves(
      {
        aliases: [
          { pattern: 'first', target: 'second' },
          { pattern: 'second', target: 'pair' },
          { pattern: 'round', target: 'about' },
          { pattern: 'about', target: 'round' },
        ],
      },
      {
        off: async () => {
          assert.match(refusal(await stage.ask('first')), /no model or combo "first"/)
          assert.match(refusal(await stage.ask('round')), /no model or combo "round"/)
        },
        on: async () => {
          await stage.script('one', { status: 500 })
          await stage.served('first')
          assert.deepEqual(ways(await stage.arrivals()), ['oc/one', 'oc2/two'])
          const circle = await stage.ask('round')
          assert.equal(circle.status, 404)
          assert.match(refusal(circle), /leads back to itself/)
        },
      },
    )
  })

  it('a hidden model is in no list and can be called', async () => {
    const listed = async (): Promise<boolean[]> => {
      const openai = (await stage.world.send('/v1/models')).json().data
      const anthropic = (
        await stage.world.send('/v1/models', { headers: { 'anthropic-version': '2023-06-01' } })
      ).json().data
      const google = (await stage.world.send('/v1beta/models')).json().models
      return [
        openai.some(({ id }: Loose) => id === 'oc/one'),
        anthropic.some(({ id }: Loose) => id === 'oc/one'),
        google.some(({ name }: Loose) => name === 'models/oc/one'),
      ]
    }
    await stage.proves(
      { models: { hidden: ['oc/o*'] } },
      {
        off: async () => {
          assert.deepEqual(await listed(), [true, true, true])
          await stage.served('oc/one')
        },
        on: async () => {
          assert.deepEqual(await listed(), [false, false, false])
          assert.ok((await stage.world.send('/v1/models')).json().data.some(({ id }: Loose) => id === 'oc/two'))
          await stage.served('oc/one')
          await stage.served('oc/one', { dialect: messages })
        },
      },
    )
  })

  it('a blocked model is refused in every dialect, by every name, and as a member', async () => {
    await stage.put({ aliases: [{ pattern: 'way-in', target: 'oc/one' }] })
    await stage.proves(
      { models: { blocked: ['oc/one'] } },
      {
        off: async () => {
          await stage.served('oc/one')
          await stage.served('way-in')
          await stage.served('pair')
          assert.deepEqual(ways(await stage.arrivals()), ['oc/one', 'oc/one', 'oc/one'])
        },
        on: async () => {
          for (const dialect of dialects) {
            for (const name of ['oc/one', 'way-in', 'OC/ONE'.replace('OC', 'oc')]) {
              const answer = await stage.ask(name, { dialect })
              assert.equal(answer.status, 403, `${name}: ${answer.text}`)
              assert.match(refusal(answer), /blocked/)
            }
          }
          assert.deepEqual(await stage.arrivals(), [])
          const answer = await stage.served('pair')
          assert.deepEqual(ways(await stage.arrivals()), ['oc2/two'])
          const { trace } = await stage.row(answer)
          assert.ok(
            trace.some(({ reason = '' }) => /goes without oc\/one \(blocked\)/.test(reason)),
            JSON.stringify(trace),
          )
          const list = (await stage.world.send('/v1/models')).json().data
          assert.ok(!list.some(({ id }: Loose) => id === 'oc/one'))
        },
      },
    )
  })

  it('a blocked model is blocked as a default, behind brackets, and for counting tokens', async () => {
    await stage.put({ models: { blocked: ['ac/*'] }, defaults: { model: 'ac/one' } })
    for (const name of ['default', 'ac/one(high)', 'ac/unlisted']) {
      const answer = await stage.ask(name, { dialect: messages })
      assert.equal(answer.status, 403, `${name}: ${answer.text}`)
    }
    const counted = await stage.world.send('/v1/messages/count_tokens', {
      body: { model: 'ac/one', messages: [{ role: 'user', content: 'Hi' }] },
    })
    assert.equal(counted.status, 403, counted.text)
    assert.deepEqual(await stage.arrivals(), [])
  })

  it('a name given to a model is what lists show', async () => {
    const shown = async (): Promise<string[]> => {
      const anthropic = (
        await stage.world.send('/v1/models', { headers: { 'anthropic-version': '2023-06-01' } })
      ).json().data
      const google = (await stage.world.send('/v1beta/models')).json().models
      const own = await stage.world.rpc('models.list', {})
      return [
        anthropic.find(({ id }: Loose) => id === 'oc/one').display_name,
        google.find(({ name }: Loose) => name === 'models/oc/one').displayName,
        own.find(({ id }) => id === 'oc/one')?.name ?? '',
      ]
    }
    await stage.proves(
      { models: { names: { 'oc/one': 'The first one' } } },
      {
        off: async () => assert.deepEqual(await shown(), ['one', 'one', 'one']),
        on: async () => {
          assert.deepEqual(await shown(), ['The first one', 'The first one', 'The first one'])
          await stage.served('oc/one')
        },
      },
    )
  })

  describe('default models', () => {
    const unnamed = [chat, responses, messages]

    for (const dialect of unnamed) {
      it(`a request that names no model, or "default", gets the default (${dialect.wire})`, async () => {
        const without = { body: { model: undefined } }
        await stage.proves(
          { defaults: { model: 'oc/one' } },
          {
            off: async () => {
              const nameless = await stage.ask('', { dialect, ...without })
              assert.equal(nameless.status, 400, nameless.text)
              assert.match(refusal(nameless), /model/)
              assert.equal((await stage.ask('default', { dialect })).status, 404)
            },
            on: async () => {
              await stage.served('', { dialect, ...without })
              await stage.served('', { dialect, ...without, stream: true })
              await stage.served('default', { dialect })
              assert.deepEqual(ways(await stage.arrivals()), ['oc/one', 'oc/one', 'oc/one'])
            },
          },
        )
      })
    }

    it('"default" in the path of Gemini is the default model', async () => {
      await stage.proves(
        { defaults: { model: 'gc/one' } },
        {
          off: async () => assert.equal((await stage.ask('default', { dialect: gemini })).status, 404),
          on: async () => {
            await stage.served('default', { dialect: gemini, stream: true })
            assert.deepEqual(ways(await stage.arrivals()), ['gc/one'])
          },
        },
      )
    })

    it('a key has its own, a workspace has its own, the key comes first', async () => {
      const workspace = { 'x-omniroute-workspace': 'project' }
      await stage.proves(
        { defaults: { model: 'oc/one', perKey: { [testKeyId]: 'oc2/two' }, perWorkspace: { project: 'ac/one' } } },
        {
          off: async () => {
            assert.equal((await stage.ask('default')).status, 404)
            assert.equal((await stage.ask('default', { headers: workspace })).status, 404)
          },
          on: async () => {
            await stage.served('default')
            await stage.served('default', { headers: workspace })
            await stage.served('default', { key: otherKey, headers: workspace })
            await stage.served('default', { key: otherKey })
            await stage.served('', { body: { model: undefined }, key: otherKey, headers: workspace })
            assert.deepEqual(ways(await stage.arrivals()), ['oc2/two', 'oc2/two', 'ac/one', 'oc/one', 'ac/one'])
          },
        },
      )
    })

    it('a default of one key only leaves others without', async () => {
      await stage.put({ defaults: { perKey: { [testKeyId]: 'oc/one' } } })
      await stage.served('', { body: { model: undefined } })
      assert.equal((await stage.ask('', { key: otherKey, body: { model: undefined } })).status, 400)
      assert.equal((await stage.ask('default', { key: otherKey })).status, 404)
    })

    it('takes the place of names that tools ask for by themselves', async () => {
      await stage.proves(
        { defaults: { model: 'oc/one' } },
        {
          off: async () => {
            const answer = await stage.ask('claude-haiku-4-5-20251001', { dialect: messages })
            assert.equal(answer.status, 404)
            assert.match(refusal(answer), /Claude Code/)
          },
          on: async () => {
            await stage.served('claude-haiku-4-5-20251001', { dialect: messages })
            assert.deepEqual(ways(await stage.arrivals()), ['oc/one'])
          },
        },
      )
    })
  })

  it('the account strategy chooses among accounts of one model', async () => {
    let questions = 0
    const fourTimes = async (): Promise<string[]> => {
      // Another conversation each time: one that goes on would stay where it is.
      for (let time = 0; time < 4; time++) await stage.served('twin/one', { text: `question ${questions++}` })
      return ways(await stage.arrivals())
    }
    await stage.proves(
      { defaults: { accountStrategy: 'round-robin' } },
      {
        off: async () => assert.deepEqual(await fourTimes(), Array(4).fill('twin-a/one')),
        on: async () => {
          const taken = await fourTimes()
          assert.equal(taken.filter((one) => one === 'twin-a/one').length, 2, taken.join())
          assert.notEqual(taken[0], taken[1])
        },
      },
    )
  })
})
