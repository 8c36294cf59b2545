// Time-outs, keep-alives, further tries and the breaker over real HTTP: when an upstream is given up, what a waiting client is told
// meanwhile in its own dialect, and what happens to hosts that fail several times in a row.
import assert from 'node:assert/strict'
import { type Dialect, dialects } from '../dialects.ts'
import { type Answer, eventsOf } from '../world.ts'
import { chat, messages, openStage, refusal, responses, type Stage, ways } from './stage.ts'

const once = { retry: { attempts: 0 } }

/** What a client of each wire is sent while it waits. */
const keepAlive: Readonly<Record<Dialect['wire'], RegExp>> = {
  'openai-chat': /^: keep-alive\n\n/,
  'openai-responses': /^: keep-alive\n\n/,
  'anthropic-messages': /^event: ping\ndata: \{"type":"ping"\}\n\n/,
  'gemini-generate': /^: keep-alive\n\n/,
}

/** The account of each wire, in the order of the dialects. */
const accounts = ['oc', 'rc', 'ac', 'gc']

describe('times', () => {
  let stage: Stage

  before(async () => {
    stage = await openStage()
  })
  after(() => stage?.stop())
  afterEach(() => stage.reset())

  describe('time-outs', () => {
    for (const [index, dialect] of dialects.entries()) {
      const model = `${accounts[index]}/one`

      it(`until the first part (${dialect.wire})`, async () => {
        await stage.proves(
          { timeouts: { firstByteMs: 150 }, ...once },
          {
            off: async () => {
              await stage.script('one', { firstByteMs: 400 })
              await stage.served(model, { dialect })
            },
            on: async () => {
              await stage.script('one', { delivery: 'hang-before-headers' })
              for (const stream of [false, true]) {
                const answer = await stage.ask(model, { dialect, stream })
                assert.equal(answer.status, 504, answer.text)
                assert.match(refusal(answer), /150 ms|0\.15 s|time/i)
              }
            },
          },
        )
      })

      it(`of silence within an answer (${dialect.wire})`, async () => {
        await stage.put({ timeouts: { idleMs: 200 }, ...once })
        await stage.script('one', { delivery: 'hang-mid-stream' })
        const broken = await stage.served(model, { dialect, stream: true })
        const last = eventsOf(broken.text).map((event) => dialect.failure(event))
        assert.ok(
          last.some((message) => message !== undefined),
          broken.text,
        )
        await stage.put({ timeouts: {} })
        await stage.fresh()
        await stage.script('one', { pauseMs: 250, events: 2 })
        const whole = await stage.served(model, { dialect, stream: true })
        assert.ok(
          eventsOf(whole.text).every((event) => dialect.failure(event) === undefined),
          whole.text,
        )
      })
    }

    it('of one attempt as a whole, also while parts go on coming (rule 142)', async () => {
      await stage.script('one', { events: 50, pauseMs: 50 })
      await stage.put({ timeouts: { totalMs: 300 }, ...once })
      for (const [model, dialect] of [
        ['oc/one', chat],
        ['oc/one', messages],
      ] as const) {
        const answer = await stage.served(model, { dialect, stream: true })
        assert.ok(
          eventsOf(answer.text).some((event) => dialect.failure(event) !== undefined),
          answer.text,
        )
      }
      await stage.put({ timeouts: {} })
      await stage.fresh()
      await stage.script('one', { events: 8, pauseMs: 50 })
      const whole = await stage.served('oc/one', { stream: true })
      assert.ok(whole.text.includes('[DONE]'))
    })

    it('of a model of its own', async () => {
      await stage.proves(
        { timeouts: { perModel: [{ model: '*/one', firstByteMs: 150 }] }, ...once },
        {
          off: async () => {
            await stage.script('one', { firstByteMs: 400 })
            await stage.served('oc/one')
          },
          on: async () => {
            await stage.script('one', { firstByteMs: 400 })
            await stage.script('two', { firstByteMs: 400 })
            assert.equal((await stage.ask('oc/one')).status, 504)
            assert.equal((await stage.ask('oc/one', { dialect: messages, stream: true })).status, 504)
            await stage.served('oc/two')
          },
        },
      )
    })

    it('a first part that does not come moves on to the next target', async () => {
      await stage.put({ timeouts: { firstByteMs: 150 } })
      await stage.script('one', { delivery: 'hang-after-headers' })
      const answer = await stage.served('pair', { stream: true })
      assert.equal(answer.headers['x-omniroute-target'], 'oc2/two')
      assert.equal(answer.headers['x-omniroute-attempts'], '2')
      const failed = (await stage.row(answer)).trace.find(({ kind }) => kind === 'failed')
      assert.equal(failed?.code, 'upstream_timeout')
    })

    it('beyond the deadline of the request no further target is tried', async () => {
      const hang = async (): Promise<Answer> => {
        await stage.script('one', { firstByteMs: 1_300, status: 500 })
        return await stage.ask('pair')
      }
      await stage.put({ timeouts: { deadlineMs: 1_000 } })
      const late = await hang()
      assert.notEqual(late.status, 200)
      assert.deepEqual(ways(await stage.arrivals()), ['oc/one'])
      assert.match((await stage.row(late)).trace.at(-1)?.reason ?? '', /time for this request is over/)
      await stage.put({ timeouts: {} })
      await stage.fresh()
      assert.equal((await hang()).headers['x-omniroute-target'], 'oc2/two')
    })
  })

  describe('keep-alives', () => {
    it('reach a client whose request is large, too: that it wants a stream is found in the bytes that were sent on', async () => {
      await stage.put({ timeouts: { keepAliveMs: 100 }, ...once })
      await stage.script('one', { firstByteMs: 600 })
      const answer = await stage.served('oc/one', { stream: true, text: 'words '.repeat(20_000) })
      assert.match(answer.text, keepAlive['openai-chat'])
    })

    for (const [index, dialect] of dialects.entries()) {
      for (const account of [accounts[index], accounts[(index + 1) % 4]]) {
        it(`reach a client that waits for its stream (${dialect.wire} to ${account})`, async () => {
          const model = `${account}/one`
          await stage.proves(
            { timeouts: { keepAliveMs: 100 }, ...once },
            {
              off: async () => {
                await stage.script('one', { firstByteMs: 250 })
                const answer = await stage.served(model, { dialect, stream: true })
                assert.doesNotMatch(answer.text, keepAlive[dialect.wire])
              },
              on: async () => {
                await stage.script('one', { firstByteMs: 250 })
                const answer = await stage.served(model, { dialect, stream: true })
                assert.match(answer.text, keepAlive[dialect.wire])
                assert.equal(answer.headers['content-type'], 'text/event-stream; charset=utf-8')
                const events = eventsOf(answer.text)
                assert.ok(
                  events.some((event) => dialect.ends(event)),
                  answer.text,
                )
                assert.notEqual(
                  events.map((event) => (event.data.type === 'ping' ? '' : dialect.text(event))).join(''),
                  '',
                )
                const whole = await stage.served(model, { dialect })
                assert.notEqual(dialect.reply(whole.json()), '')
              },
            },
          )
        })
      }

      it(`a refusal after one is told in band (${dialect.wire})`, async () => {
        await stage.put({ timeouts: { keepAliveMs: 100 }, ...once })
        await stage.script('one', { firstByteMs: 250, status: 429, message: 'Far too fast.' })
        const answer = await stage.served(`${accounts[index]}/one`, { dialect, stream: true })
        assert.match(answer.text, keepAlive[dialect.wire])
        const events = eventsOf(answer.text)
        const told = events.flatMap((event) => dialect.failure(event) ?? [])
        assert.equal(told.length, 1, answer.text)
        assert.match(told[0] ?? '', /Far too fast/)
        assert.ok(!events.some((event) => dialect.ends(event) && dialect.failure(event) === undefined), answer.text)
        assert.equal((await stage.row(answer)).code, 'rate_limited')
      })
    }

    it('go on within a translated answer, and 0 turns them off', async () => {
      await stage.script('one', { events: 2, pauseMs: 220 })
      await stage.put({ timeouts: { keepAliveMs: 100 } })
      const some = await stage.served('oc/one', { dialect: messages, stream: true })
      assert.match(some.text, /content_block_delta[\s\S]*event: ping\n[\s\S]*content_block_delta/)
      await stage.put({ timeouts: { keepAliveMs: 0 } })
      const none = await stage.served('oc/one', { dialect: messages, stream: true })
      assert.doesNotMatch(none.text, /content_block_delta[\s\S]*event: ping\n[\s\S]*content_block_delta/)
    })

    it('a client that asked for an array of Gemini gets none', async () => {
      await stage.put({ timeouts: { keepAliveMs: 100 } })
      await stage.script('one', { firstByteMs: 250 })
      for (const account of ['gc', 'oc']) {
        const answer = await stage.world.send(`/v1beta/models/${account}/one:streamGenerateContent`, {
          body: { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] },
        })
        assert.ok(Array.isArray(answer.json()), answer.text)
      }
    })
  })

  describe('further tries', () => {
    const short = { baseMs: 1, maxMs: 50 }

    for (const dialect of dialects) {
      it(`are made at the last target only, as often as set (${dialect.wire})`, async () => {
        const failing = async (asked: string): Promise<Answer> => {
          await stage.script('one', { status: 503 }, { status: 503 }, { text: 'At last' })
          return await stage.ask(asked, { dialect })
        }
        await stage.put({ retry: { ...short, attempts: 0 } })
        await stage.proves(
          { retry: { ...short, attempts: 2 } },
          {
            off: async () => {
              await stage.put({ retry: { ...short, attempts: 0 } })
              const answer = await failing('oc/one')
              assert.notEqual(answer.status, 200)
              assert.equal((await stage.arrivals()).length, 1)
            },
            on: async () => {
              const answer = await failing('oc/one')
              assert.equal(answer.status, 200, answer.text)
              assert.equal(answer.headers['x-omniroute-attempts'], '3')
              const { trace } = await stage.row(answer)
              assert.equal(trace.filter(({ kind }) => kind === 'retried').length, 2)
              await stage.fresh()
              await failing('pair')
              assert.deepEqual(ways(await stage.arrivals()), ['oc/one', 'oc2/two'])
            },
          },
        )
      })
    }

    it('are not made for a plain 500, which would come again', async () => {
      await stage.put({ retry: { ...short, attempts: 2 } })
      for (const account of accounts) {
        await stage.fresh()
        await stage.script('one', { status: 500 })
        const answer = await stage.ask(`${account}/one`)
        assert.equal(answer.status, 502, answer.text)
        assert.equal((await stage.arrivals()).length, 1, account)
        const failed = (await stage.row(answer)).trace.find(({ kind }) => kind === 'failed')
        assert.equal(failed?.status, 500)
      }
    })

    it('obey a wait that the vendor names, up to the longest that is allowed', async () => {
      await stage.put({ retry: { ...short, attempts: 1, maxMs: 2_000 } })
      await stage.script('one', { status: 429, retryAfter: '1' }, { text: 'Now' })
      const startedAt = Date.now()
      await stage.served('oc/one')
      assert.ok(Date.now() - startedAt >= 950)
      await stage.fresh()
      await stage.put({ retry: { ...short, attempts: 1, maxMs: 500 } })
      await stage.script('one', { status: 429, retryAfter: '1' }, { text: 'Now' })
      const answer = await stage.ask('oc/one')
      assert.equal(answer.status, 429)
      assert.equal(answer.headers['retry-after'], '1')
    })
  })

  describe('the breaker', () => {
    const nearby = { name: 'nearby', strategy: 'ordered' as const, members: ['far/one', 'oc/two'] }

    before(async () => {
      await stage.world.rpc('combos.put', nearby)
    })

    /** Fails as often as it takes; each time the rest that comes of it is cleared, which must not close the breaker. */
    async function fail(times: number): Promise<void> {
      await stage.far.control({ model: 'two', scripts: [{ status: 500 }] })
      for (let time = 0; time < times; time++) await stage.ask('far/two')
    }
    const breakers = async (): Promise<string[]> =>
      (await stage.world.rpc('standing.get', {})).breakers.map(({ host, state }) => `${host} ${state}`)

    it('opens after so many failures in a row, and other targets go first', async () => {
      await stage.proves(
        { breaker: { failures: 2, openMs: 60_000 }, ...once },
        {
          off: async () => {
            await fail(2)
            assert.deepEqual(await breakers(), [`${stage.far.url} closed`])
            const answer = await stage.served('nearby', { headers: { 'x-session-id': 'breaker-off' } })
            assert.equal(answer.headers['x-omniroute-target'], 'far/one')
          },
          on: async () => {
            await fail(2)
            assert.deepEqual(await breakers(), [`${stage.far.url} open`])
            const dialect = responses
            const answer = await stage.served('nearby', { dialect, headers: { 'x-session-id': `on-${Math.random()}` } })
            assert.equal(answer.headers['x-omniroute-target'], 'oc/two')
            const { trace } = await stage.row(answer)
            assert.ok(
              trace.some(({ reason = '' }) => /circuit breaker open/.test(reason)),
              JSON.stringify(trace),
            )
            // With nobody else left the host is asked all the same.
            await stage.served('far/one')
          },
        },
      )
    })

    it('0 turns it off', async () => {
      await stage.put({ breaker: { failures: 0 }, ...once })
      await fail(8)
      assert.deepEqual(await breakers(), [])
    })

    it('lets one request try when its time is over, and closes by its success', async () => {
      await stage.put({ breaker: { failures: 1, openMs: 1_000 }, ...once })
      await fail(1)
      assert.deepEqual(await breakers(), [`${stage.far.url} open`])
      await new Promise((resolve) => setTimeout(resolve, 1_050))
      assert.deepEqual(await breakers(), [`${stage.far.url} half-open`])
      const answer = await stage.served('nearby', { headers: { 'x-session-id': 'breaker-again' } })
      assert.equal(answer.headers['x-omniroute-target'], 'far/one')
      assert.deepEqual(await breakers(), [])
    })
  })
})
