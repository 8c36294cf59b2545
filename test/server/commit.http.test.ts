// The rule of commit, exactly: until the upstream has shown something meaningful any failure moves on to the next target; from
// then on a failure is told in band, in the client's dialect, and never looks like an end. A client who leaves is nobody's fault.
import assert from 'node:assert/strict'
import { type Fake, startFake } from '../fakes/start.ts'
import { type Dialect, dialects } from './dialects.ts'
import { type Answer, eventsOf, startWorld, type World } from './world.ts'

/** What the first target does instead of answering. */
const early = [
  'status-401',
  'status-402',
  'status-403',
  'status-404',
  'status-429',
  'status-500',
  'status-502',
  'status-503',
  'status-529',
  'html',
  'html-502',
  'error-in-200',
  'error-event',
  'empty',
  'no-content~delivery=missing-terminal',
  'break-before-headers',
  'break-before-headers~reset=true',
  'break-after-headers',
  'break-mid-stream~after=0',
  'malformed-sse~after=0',
  'truncated-json~after=0',
  'wrong-content-type',
  'hang-before-headers',
  'hang-after-headers',
  'hang-mid-stream~after=0',
]

/** What it does after the first words. */
const midway = [
  'break-mid-stream',
  'break-mid-stream~reset=true',
  'error-mid-stream',
  'truncated-json',
  'missing-terminal',
  'hang-mid-stream',
]

describe('the rule of commit', () => {
  let fake: Fake
  let world: World

  before(async () => {
    fake = await startFake()
    const account = (id: string, { provider, version, wire }: Dialect) => ({
      id: `${wire}.${id}`,
      provider,
      prefix: `${wire}.${id}`,
      baseUrl: `${fake.url}/${version}`,
      apiKey: `key-${id}`,
      models: ['text'],
    })
    world = await startWorld(
      { accounts: dialects.flatMap((dialect) => [account('a', dialect), account('b', dialect)]) },
      { timeouts: { firstByte: 300, idle: 300 } },
    )
  })
  after(async () => {
    await world?.stop()
    await fake?.stop()
  })
  beforeEach(async () => {
    await world.rpc('requests.clear', {})
    for (const { id, label } of await world.rpc('accounts.list', {})) await world.rpc('accounts.update', { id, label })
    await fake.control({ reset: true, forget: true })
  })

  /** A combo of the wire's first account with the failing model and its second with a good one. */
  async function combo({ wire }: Dialect, failing: string): Promise<string> {
    const name = `${wire}.combo`
    const known = (await world.rpc('combos.list', {})).find((one) => one.name === name)
    await world.rpc('combos.put', {
      ...(known ? { id: known.id } : {}),
      name,
      strategy: 'ordered',
      members: [`${wire}.a/${failing}`, `${wire}.b/text~events=3`],
    })
    return name
  }

  async function stream(dialect: Dialect, model: string): Promise<Answer> {
    return await world.send(dialect.path(model, true), { body: dialect.body(model, true) })
  }

  async function resting(): Promise<string[]> {
    const accounts = await world.rpc('accounts.list', {})
    return accounts.filter((account) => account.state.kind === 'resting').map((account) => account.id)
  }

  for (const dialect of dialects) {
    describe(`in ${dialect.wire}`, () => {
      for (const failing of early) {
        it(`moves on after ${failing}`, async () => {
          const answer = await stream(dialect, await combo(dialect, failing))
          assert.equal(answer.status, 200, answer.text)
          const events = eventsOf(answer.text)
          assert.ok(
            events.some((event) => dialect.ends(event)),
            answer.text,
          )
          assert.ok(
            events.every((event) => dialect.failure(event) === undefined),
            answer.text,
          )
          assert.equal(answer.headers['x-omniroute-attempts'], '2')
          assert.equal(answer.headers['x-omniroute-target'], `${dialect.wire}.b/text~events=3`)
          const [row] = await world.logged(1)
          assert.deepEqual(
            row?.trace.map((step) => step.kind),
            ['failed', 'served'],
          )
          assert.equal(row?.code, undefined)
        })
      }

      for (const failing of midway) {
        it(`tells ${failing} in band, calls nobody else and fakes no end`, async () => {
          const answer = await stream(dialect, await combo(dialect, failing))
          assert.equal(answer.status, 200, answer.text)
          const events = eventsOf(answer.text)
          assert.ok(
            events.some((event) => dialect.failure(event) !== undefined),
            answer.text,
          )
          assert.ok(!events.some((event) => dialect.ends(event)), answer.text)
          const [row] = await world.logged(1)
          assert.deepEqual(
            row?.trace.map((step) => step.kind),
            ['failed'],
          )
          assert.notEqual(row?.code, undefined)
          assert.equal((await fake.log()).length, 1)
        })
      }

      it('takes an end without a break for an end, though the connection breaks after it', async () => {
        const answer = await stream(dialect, await combo(dialect, 'break-after-terminal'))
        const events = eventsOf(answer.text)
        assert.ok(events.some((event) => dialect.ends(event)))
        assert.ok(events.every((event) => dialect.failure(event) === undefined))
        assert.equal((await world.logged(1))[0]?.code, undefined)
      })

      it('stops at the caller’s own mistake and punishes nobody', async () => {
        const answer = await stream(dialect, await combo(dialect, 'status-400'))
        assert.equal(answer.status, 400)
        assert.equal(typeof answer.json().error.message, 'string')
        assert.equal((await fake.log()).length, 1)
        assert.deepEqual(await resting(), [])
      })

      it('tells the failure of all in its own words when nobody can answer', async () => {
        const answer = await stream(dialect, `${dialect.wire}.a/status-503`)
        assert.ok(answer.status >= 500, answer.text)
        assert.equal(typeof answer.json().error.message, 'string')
        assert.doesNotMatch(answer.text, /key-a/)
      })

      it('passes the time to wait on, and calls nobody until it is over', async () => {
        const model = `${dialect.wire}.a/status-429~retryAfter=30`
        const first = await stream(dialect, model)
        assert.equal(first.status, 429)
        // Google says it in the body, and what the body says is the more exact.
        const wait = dialect.wire === 'gemini-generate' ? 7 : 30
        assert.equal(first.headers['retry-after'], String(wait))
        const second = await stream(dialect, model)
        assert.equal(second.status, 429)
        assert.ok(Number(second.headers['retry-after']) <= wait)
        assert.equal((await fake.log()).length, 1)
      })

      for (const failing of [
        'empty',
        'html',
        'error-in-200',
        'truncated-json',
        'break-mid-stream',
        'hang-mid-stream',
        'no-content~finish=stop',
      ]) {
        it(`moves on after ${failing} of a whole reply`, async () => {
          const model = await combo(dialect, failing)
          const answer = await world.send(dialect.path(model, false), { body: dialect.body(model, false) })
          assert.equal(answer.status, 200, answer.text)
          const { model: named, modelVersion = named } = answer.json()
          assert.equal(modelVersion, model)
          const attempts = answer.headers['x-omniroute-attempts']
          // A model that says nothing and stops has answered, in some dialects.
          assert.ok(attempts === '2' || failing.startsWith('no-content'), answer.text)
        })
      }

      it('gives up the upstream within a second when the client leaves, and blames nobody', async () => {
        const model = `${dialect.wire}.a/endless`
        const leave = new AbortController()
        const call = world.send(dialect.path(model, true), { body: dialect.body(model, true), signal: leave.signal })
        await fake.logWhen(([seen]) => seen !== undefined && seen.frames > 5)
        const at = Date.now()
        leave.abort()
        await assert.rejects(call)
        await fake.logWhen(([seen]) => seen?.end === 'left')
        assert.ok(Date.now() - at < 1000, `it took ${Date.now() - at} ms`)
        const [row] = await world.logged(1)
        assert.deepEqual([row?.status, row?.code, row?.modelServed], [499, 'client_left', model])
        assert.deepEqual(await resting(), [])
        assert.equal((await stream(dialect, `${dialect.wire}.a/text`)).status, 200)
      })

      it('gives up an upstream that has not begun to answer when the client leaves', async () => {
        const model = await combo(dialect, 'text~firstByteMs=250')
        const leave = new AbortController()
        const call = world.send(dialect.path(model, true), { body: dialect.body(model, true), signal: leave.signal })
        await fake.logWhen((log) => log.length === 1)
        leave.abort()
        await assert.rejects(call)
        await fake.logWhen(([seen]) => seen?.end === 'left')
        const [row] = await world.logged(1)
        assert.deepEqual([row?.status, row?.code, row?.modelServed, row?.attempts], [499, 'client_left', undefined, 1])
        assert.equal((await fake.log()).length, 1)
      })
    })
  }

  it('falls back to an account of another wire with the request as it came', async () => {
    await fake.control({ reset: true, forget: true })
    const members = [
      'openai-chat.a/status-500~message=a-rather-long-name',
      'anthropic-messages.a/echo',
      'openai-chat.b/text',
    ]
    await world.rpc('combos.put', { name: 'mixed', strategy: 'ordered', members })
    for (const stream of [false, true]) {
      const answer = await world.send('/v1/chat/completions', {
        body: { temperature: 0.5, model: 'mixed', messages: [{ role: 'user', content: 'Grüße' }], stream },
      })
      assert.equal(answer.status, 200, answer.text)
      assert.equal(answer.headers['x-omniroute-target'], 'anthropic-messages.a/echo', answer.text)
      assert.match(answer.text, /Grüße|üß/)
    }
  })
})
