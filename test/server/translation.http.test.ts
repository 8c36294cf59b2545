// Every client wire against every upstream wire, over sockets: answers, streams, failures before and after the commit, clients
// who leave. What the words of each wire become is proven in test/wire; here it is that the way there holds.
import assert from 'node:assert/strict'
import { textEvents } from '../fakes/answer.ts'
import { type Fake, startFake } from '../fakes/start.ts'
import { type Dialect, dialects } from './dialects.ts'
import { type Answer, eventsOf, startWorld, type World } from './world.ts'

describe('translation', () => {
  let fake: Fake
  let world: World

  before(async () => {
    fake = await startFake()
    world = await startWorld(
      {
        accounts: dialects.map(({ wire, provider, version }) => ({
          id: wire,
          provider,
          prefix: wire,
          baseUrl: `${fake.url}/${version}`,
          apiKey: `upstream-${wire}`,
          models: ['text'],
        })),
      },
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

  const call = (client: Dialect, model: string, stream: boolean): Promise<Answer> =>
    world.send(client.path(model, stream), { body: client.body(model, stream) })

  for (const client of dialects) {
    for (const upstream of dialects.filter((one) => one !== client)) {
      describe(`from ${client.wire} to ${upstream.wire}`, () => {
        const model = (script: string): string => `${upstream.wire}/${script}`

        it('gives the whole text, streamed and in one piece, and logs its usage', async () => {
          const expected = textEvents(40).join('')
          const streamed = await call(client, model('text~events=40'), true)
          assert.equal(streamed.status, 200, streamed.text)
          const events = eventsOf(streamed.text)
          assert.equal(events.map((event) => client.text(event)).join(''), expected)
          assert.ok(events.some((event) => client.ends(event)))
          assert.ok(events.every((event) => client.failure(event) === undefined))
          const whole = await call(client, model('text~events=40'), false)
          assert.equal(client.reply(whole.json()), expected)
          for (const row of await world.logged(2)) {
            assert.deepEqual([row.code, row.usage.output, row.accountLabel], [undefined, 40, upstream.wire])
          }
        })

        it('tells refusals in the client’s words, with nothing of the upstream’s form', async () => {
          for (const stream of [true, false]) {
            const answer = await call(client, model('status-429~retryAfter=3'), stream)
            assert.equal(answer.status, 429, answer.text)
            assert.equal(typeof answer.json().error.message, 'string', answer.text)
            assert.ok(Number(answer.headers['retry-after']) > 0)
          }
        })

        for (const script of [
          'empty',
          'html',
          'error-in-200',
          'error-event',
          'break-after-headers',
          'hang-after-headers',
        ]) {
          it(`moves on after ${script}`, async () => {
            const name = `${client.wire}.${upstream.wire}`
            const known = (await world.rpc('combos.list', {})).find((one) => one.name === name)
            const members = [model(script), `${client.wire}/text~events=2`]
            await world.rpc('combos.put', { ...(known ? { id: known.id } : {}), name, strategy: 'ordered', members })
            const answer = await call(client, name, true)
            assert.equal(answer.status, 200, answer.text)
            assert.equal(answer.headers['x-omniroute-attempts'], '2')
            assert.equal(
              eventsOf(answer.text)
                .map((event) => client.text(event))
                .join(''),
              textEvents(2).join(''),
            )
          })
        }

        for (const script of ['break-mid-stream', 'error-mid-stream', 'hang-mid-stream', 'missing-terminal']) {
          it(`tells ${script} in band and fakes no end`, async () => {
            const answer = await call(client, model(script), true)
            assert.equal(answer.status, 200, answer.text)
            const events = eventsOf(answer.text)
            assert.ok(
              events.some((event) => client.failure(event) !== undefined),
              answer.text,
            )
            assert.ok(!events.some((event) => client.ends(event)), answer.text)
            assert.notEqual((await world.logged(1))[0]?.code, undefined)
          })
        }

        it('gives up the upstream when the client leaves', async () => {
          const leave = new AbortController()
          const name = model('endless')
          const sent = world.send(client.path(name, true), { body: client.body(name, true), signal: leave.signal })
          await fake.logWhen(([seen]) => seen !== undefined && seen.frames > 5)
          leave.abort()
          await assert.rejects(sent)
          await fake.logWhen(([seen]) => seen?.end === 'left')
          assert.equal((await world.logged(1))[0]?.code, 'client_left')
          assert.equal(
            (await world.rpc('accounts.list', {})).some((account) => account.state.kind === 'resting'),
            false,
          )
        })
      })
    }

    it(`refuses what ${client.wire} could not mean, as the caller’s fault`, async () => {
      const other = dialects.find((one) => one !== client)
      assert.ok(other)
      const model = `${other.wire}/text`
      const large = { ...client.body(model, false), filler: 'x'.repeat(20_000) }
      const broken = JSON.stringify(large).replace(/\}$/, ', "a" "b"}')
      for (const body of [broken, { ...client.body(model, false), messages: 7, input: 7, contents: 7 }]) {
        const answer = await world.send(client.path(model, false), { body })
        assert.equal(answer.status, 400, answer.text)
        assert.equal(typeof answer.json().error.message, 'string')
      }
      assert.deepEqual(await fake.log(), [])
    })
  }
})
