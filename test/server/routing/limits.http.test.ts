// The user's own limits over real HTTP: requests and tokens a minute, requests at a time, a gap between them, the line that waits,
// and that whoever is kept back by a limit goes to the next target without anybody being blamed.
import assert from 'node:assert/strict'
import { dialects } from '../dialects.ts'
import type { Answer } from '../world.ts'
import { type Asking, messages, openStage, refusal, type Stage, ways } from './stage.ts'

const noWait = { queue: { maxWaitMs: 0, maxLength: 100 } }

describe('limits', () => {
  let stage: Stage

  before(async () => {
    stage = await openStage()
  })
  after(() => stage?.stop())
  // Counts outlive a change of rules on purpose, so each test begins with a gateway that has none.
  afterEach(async () => {
    await stage.reset()
    await stage.restart()
  })

  /** Resolves when so many requests have reached the upstream. */
  async function arrived(count: number): Promise<void> {
    await stage.fake.logWhen((log) => log.filter(({ method }) => method === 'POST').length >= count)
  }
  async function waiting(count: number): Promise<void> {
    for (let round = 0; round < 300; round++) {
      const { limits } = await stage.world.rpc('standing.get', {})
      if (limits.some((limit) => limit.waiting === count)) return
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    assert.fail(`never ${count} requests waiting`)
  }

  for (const dialect of dialects) {
    it(`so many requests a minute, and not one more (${dialect.wire})`, async () => {
      const three = async (): Promise<Answer[]> => {
        const answers: Answer[] = []
        for (let time = 0; time < 3; time++) answers.push(await stage.ask('oc/one', { dialect }))
        return answers
      }
      await stage.proves(
        { limits: [{ account: 'oc', requestsPerMinute: 2 }], ...noWait },
        {
          off: async () =>
            assert.deepEqual(
              (await three()).map(({ status }) => status),
              [200, 200, 200],
            ),
          on: async () => {
            const answers = await three()
            const refused = answers.filter(({ status }) => status === 429)
            assert.ok(refused.length >= 1, answers.map(({ status }) => status).join())
            const [last] = answers.slice(-1)
            assert.ok(last)
            assert.equal(last.status, 429)
            assert.match(refusal(last), /2 requests a minute/)
            const after = Number(last.headers['retry-after'])
            assert.ok(after > 0 && after <= 61, `retry-after ${after}`)
            assert.equal(last.headers['x-omniroute-attempts'], '0')
          },
        },
      )
    })
  }

  it('a limit sends the rest to the next target, and nobody is punished', async () => {
    const twice = async (asking: Asking = {}): Promise<string[]> => {
      const session = { 'x-session-id': `limits-${Math.random()}` }
      await stage.served('pair', { ...asking, headers: session })
      await stage.served('pair', { ...asking, headers: session })
      return ways(await stage.arrivals())
    }
    await stage.proves(
      { limits: [{ account: 'oc', requestsPerMinute: 1 }], ...noWait },
      {
        off: async () => assert.deepEqual(await twice(), ['oc/one', 'oc/one']),
        on: async () => {
          await twice()
          const answer = await stage.served('pair', { dialect: messages, stream: true })
          assert.equal((await stage.arrivals()).at(-1)?.account, 'oc2')
          const { trace } = await stage.row(answer)
          const skipped = trace.find(({ kind }) => kind === 'skipped')
          assert.match(skipped?.reason ?? '', /1 requests a minute/)
          const { accounts } = await stage.world.rpc('standing.get', {})
          assert.deepEqual(
            accounts.flatMap(({ rests }) => rests),
            [],
          )
        },
      },
    )
  })

  it('tokens a minute, estimated before and counted after', async () => {
    const text = 'word '.repeat(2_000)
    await stage.proves(
      { limits: [{ account: 'oc', tokensPerMinute: 3_000 }], ...noWait },
      {
        off: async () => {
          await stage.served('oc/one', { text })
          await stage.served('oc/one', { text })
        },
        on: async () => {
          const statuses = []
          for (let time = 0; time < 2; time++) statuses.push(await stage.ask('oc/one', { text }))
          const last = statuses.at(-1)
          assert.equal(last?.status, 429)
          assert.match(last ? refusal(last) : '', /3000 tokens a minute/)
        },
      },
    )
  })

  it('requests at a time: one waits for the other', async () => {
    await stage.put({ limits: [{ account: 'oc', concurrent: 1 }] })
    await stage.script('one', { firstByteMs: 300 })
    const both = [stage.served('oc/one'), stage.served('oc/one', { dialect: messages })]
    await waiting(1)
    assert.equal((await stage.arrivals()).length, 1)
    const answers = await Promise.all(both)
    const rows = await Promise.all(answers.map((answer) => stage.row(answer)))
    const waits = rows.flatMap(({ trace }) => trace.filter(({ kind }) => kind === 'waited'))
    assert.equal(waits.length, 1)
    assert.match(waits[0]?.reason ?? '', /1 requests at a time/)
    assert.ok((waits[0]?.ms ?? 0) > 0)
  })

  it('without it they run side by side', async () => {
    await stage.script('one', { firstByteMs: 200 })
    const both = [stage.served('oc/one'), stage.served('oc/one')]
    await arrived(2)
    await Promise.all(both)
  })

  it('a limit that is taken back releases those who wait at once', async () => {
    await stage.put({ limits: [{ account: 'oc', concurrent: 1 }] })
    await stage.script('one', { delivery: 'hang-before-headers' })
    await stage.script('two', { text: 'Done' })
    const leaving = new AbortController()
    const hanging = stage.ask('oc/one', { signal: leaving.signal }).catch(() => undefined)
    await arrived(1)
    const second = stage.served('oc/two')
    await waiting(1)
    await stage.put({ limits: [] })
    assert.equal((await second).status, 200)
    leaving.abort()
    await hanging
  })

  it('a limit that is laid down while the gateway runs holds from then on, also after a restart', async () => {
    await stage.served('oc/one')
    await stage.put({ limits: [{ account: 'oc', requestsPerMinute: 1 }], ...noWait })
    await stage.served('oc/one')
    assert.equal((await stage.ask('oc/one')).status, 429)
    await stage.restart()
    await stage.served('oc/one')
    assert.equal((await stage.ask('oc/one')).status, 429)
  })

  it('a gap between requests is kept', async () => {
    await stage.put({ limits: [{ account: 'oc', gapMs: 250 }] })
    await Promise.all([stage.served('oc/one'), stage.served('oc/one'), stage.served('oc/one')])
    const at = (await stage.fake.log()).filter(({ method }) => method === 'POST').map((one) => one.at)
    // Only the last against the first: two of them need not travel equally fast.
    assert.ok((at[2] ?? 0) - (at[0] ?? 0) >= 350, at.join())
  })

  it('a gap that is longer than may be waited goes to the next target', async () => {
    await stage.put({ limits: [{ account: 'oc', gapMs: 60_000 }], queue: { maxWaitMs: 100 } })
    await stage.served('pair')
    await stage.served('pair')
    assert.deepEqual(ways(await stage.arrivals()), ['oc/one', 'oc2/two'])
  })

  it('a limit of one model leaves the others of the account alone', async () => {
    await stage.put({ limits: [{ model: 'one', requestsPerMinute: 1 }], ...noWait })
    await stage.served('oc/one')
    assert.equal((await stage.ask('oc/one')).status, 429)
    await stage.served('oc/two')
    await stage.served('oc2/one')
  })

  it('who finds the line full goes to the next target at once', async () => {
    await stage.put({ limits: [{ account: 'oc', concurrent: 1 }], queue: { maxWaitMs: 60_000, maxLength: 1 } })
    await stage.script('one', { firstByteMs: 700 })
    const headers = (id: string): Asking => ({ headers: { 'x-session-id': `line-${id}` } })
    const first = stage.served('pair', headers('a'))
    await arrived(1)
    const second = stage.served('pair', headers('b'))
    await waiting(1)
    const third = await stage.served('pair', headers('c'))
    assert.equal(third.headers['x-omniroute-target'], 'oc2/two')
    const { trace } = await stage.row(third)
    assert.match(trace.find(({ kind }) => kind === 'skipped')?.reason ?? '', /too many wait for it already/)
    for (const answer of [await first, await second]) assert.equal(answer.headers['x-omniroute-target'], 'oc/one')
    await stage.served('pair', headers('d'))
    assert.equal((await stage.arrivals()).at(-1)?.account, 'oc')
  })

  it('who has waited as long as allowed goes to the next target', async () => {
    await stage.put({ limits: [{ account: 'oc', concurrent: 1 }], queue: { maxWaitMs: 150 } })
    await stage.script('one', { firstByteMs: 1_500 })
    const first = stage.served('pair', { headers: { 'x-session-id': 'waits-a' } })
    await arrived(1)
    const second = await stage.served('pair', { headers: { 'x-session-id': 'waits-b' } })
    assert.equal(second.headers['x-omniroute-target'], 'oc2/two')
    assert.match((await stage.row(second)).trace.find(({ kind }) => kind === 'skipped')?.reason ?? '', /in time/)
    await first
  })
})
