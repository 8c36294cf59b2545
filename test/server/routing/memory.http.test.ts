// What the gateway has learned of accounts outlives a restart, is shown, can be cleared by hand, and is told with its source and age;
// and what clients are told when everybody is out: the soonest instant at which asking again makes sense, and every attempt.
import assert from 'node:assert/strict'
import { type Dialect, dialects } from '../dialects.ts'
import type { Answer, Loose } from '../world.ts'
import { chat, messages, openStage, refusal, type Stage, ways } from './stage.ts'

const once = { retry: { attempts: 0 } }

describe('what is remembered of accounts', () => {
  let stage: Stage

  before(async () => {
    stage = await openStage()
  })
  after(() => stage?.stop())
  afterEach(() => stage.reset())

  const standingOf = async (account: string) => {
    const { accounts } = await stage.world.rpc('standing.get', {})
    const found = accounts.find(({ id }) => id === account)
    assert.ok(found)
    return found
  }
  const skipOf = async (answer: Answer): Promise<string> => {
    const { trace } = await stage.row(answer)
    return trace.find(({ kind }) => kind === 'skipped')?.reason ?? JSON.stringify(trace)
  }
  const admin = async (path: string): Promise<Loose> => {
    const headers = { authorization: `Bearer ${stage.world.token}` }
    return (await stage.world.send(path, { anonymous: true, headers })).json()
  }

  for (const dialect of [chat, messages]) {
    it(`a wait that the vendor named is kept over a restart, until it is cleared (${dialect.wire})`, async () => {
      await stage.script('one', { status: 429, retryAfter: '3000' })
      const first = await stage.served('pair', { dialect })
      assert.equal(first.headers['x-omniroute-attempts'], '2')
      await stage.fake.control({ reset: true, forget: true })
      await stage.restart()
      const second = await stage.served('pair', { dialect })
      assert.deepEqual(ways(await stage.arrivals()), ['oc2/two'])
      assert.equal(second.headers['x-omniroute-attempts'], '1')
      assert.match(await skipOf(second), /rate limit reached, cooling until 20\d\d-.*, header, \d+ s old/)
      const { rests } = await standingOf('oc')
      assert.equal(rests.length, 1)
      assert.deepEqual([rests[0]?.model, rests[0]?.named], ['one', true])
      assert.ok((rests[0]?.until ?? 0) > Date.now() + 2_900_000)
      await stage.served('oc/two', { dialect })

      await stage.world.rpc('standing.clear', { accountId: 'oc', model: 'one' })
      assert.deepEqual((await standingOf('oc')).rests, [])
      await stage.served('pair', { dialect })
      assert.deepEqual(ways(await stage.arrivals()).slice(-1), ['oc/one'])
    })
  }

  it('what was cleared stays cleared over a restart', async () => {
    await stage.script('one', { status: 429, retryAfter: '3000' })
    await stage.served('pair')
    await stage.world.rpc('standing.clear', { accountId: 'oc' })
    await stage.restart()
    await stage.script('one', 'text')
    await stage.served('pair')
    assert.deepEqual(ways(await stage.arrivals()).slice(-1), ['oc/one'])
  })

  const quotas: readonly (readonly [
    account: string,
    dialect: Dialect,
    headers: Record<string, string>,
    window: string,
  ])[] = [
    [
      'oc',
      chat,
      {
        'x-ratelimit-limit-requests-day': '100',
        'x-ratelimit-remaining-requests-day': '0',
        'x-ratelimit-reset-requests-day': '3h',
      },
      'requests/day',
    ],
    [
      'ac',
      messages,
      {
        'anthropic-ratelimit-unified-5h-status': 'rejected',
        'anthropic-ratelimit-unified-5h-utilization': '1.0',
        'anthropic-ratelimit-unified-5h-reset': String(Math.floor(Date.now() / 1000) + 9_000),
        'anthropic-ratelimit-unified-status': 'rejected',
        'anthropic-ratelimit-unified-reset': String(Math.floor(Date.now() / 1000) + 9_000),
        'anthropic-ratelimit-unified-representative-claim': 'five_hour',
      },
      '5h',
    ],
  ]
  for (const [account, dialect, headers, window] of quotas) {
    it(`a quota that headers say is used up is kept over a restart (${dialect.wire})`, async () => {
      await stage.world.rpc('combos.put', { name: `${account}-first`, members: [`${account}/one`, 'oc2/two'] })
      await stage.script('one', { headers })
      await stage.served(`${account}/one`, { dialect })
      assert.ok((await standingOf(account)).quotas.length > 0, JSON.stringify(await standingOf(account)))
      await stage.restart()
      const quota = (await standingOf(account)).quotas.find((one) => one.window.includes(window))
      assert.deepEqual([quota?.remainingShare, quota?.source], [0, 'header'], JSON.stringify(quota))
      const answer = await stage.served(`${account}-first`, { dialect })
      assert.deepEqual(ways(await stage.arrivals()), [`${account}/one`, 'oc2/two'])
      assert.match(await skipOf(answer), /no quota \(.*\) until 20\d\d-.*, header, \d+ s old/)
      await stage.world.rpc('standing.clear', { accountId: account })
      await stage.served(`${account}-first`, { dialect })
      assert.equal((await stage.arrivals()).at(-1)?.account, account)
    })
  }

  it('a guess of ours is over with a restart', async () => {
    await stage.put(once)
    await stage.script('one', { status: 500 })
    await stage.served('pair')
    assert.equal((await standingOf('oc')).rests[0]?.named, false)
    await stage.restart()
    assert.deepEqual((await standingOf('oc')).rests, [])
  })

  it('clearing lets go of a short limit that headers taught, too', async () => {
    await stage.put({ ...once, queue: { maxWaitMs: 0 } })
    const headers = {
      'x-ratelimit-limit-requests': '10',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '100s',
    }
    await stage.script('one', { headers })
    await stage.served('oc/one')
    const kept = await stage.ask('oc/one')
    assert.equal(kept.status, 429)
    assert.match(refusal(kept), /limit of requests at the vendor/)
    await stage.script('one', 'text')
    await stage.world.rpc('standing.clear', { accountId: 'oc', model: 'one' })
    await stage.served('oc/one')
  })

  for (const dialect of dialects) {
    it(`with everybody out: 429, the soonest instant, every attempt (${dialect.wire})`, async () => {
      await stage.put(once)
      await stage.script('one', { status: 429, retryAfter: '1900', message: 'First is out.' })
      await stage.script('two', { status: 429, retryAfter: '700', message: 'Second is out.' })
      const check = (answer: Answer, soonest: number): void => {
        assert.equal(answer.status, 429, answer.text)
        const after = Number(answer.headers['retry-after'])
        assert.ok(after <= soonest && after > soonest - 30, `retry-after ${after}`)
        for (const part of [/oc\/one: /, /oc2\/two: /]) assert.match(refusal(answer), part)
      }
      for (const stream of [false, true]) {
        const tried = await stage.ask('pair', { dialect, stream })
        check(tried, 700)
        if (!stream) {
          assert.match(refusal(tried), /First is out\..*Second is out\./)
          assert.equal(tried.headers['x-omniroute-attempts'], '2')
        } else assert.equal(tried.headers['x-omniroute-attempts'], '0')
      }
      assert.deepEqual(ways(await stage.arrivals()), ['oc/one', 'oc2/two'])
      await stage.restart()
      const after = await stage.ask('pair', { dialect })
      check(after, 700)
      assert.match(refusal(after), /until 20/)
      // One of them alone tells its own.
      const alone = await stage.ask('oc/one', { dialect })
      assert.equal(alone.status, 429)
      assert.ok(Number(alone.headers['retry-after']) > 1_800)
    })
  }

  it('who failed and who was resting are told together', async () => {
    await stage.put(once)
    await stage.script('two', { status: 429, retryAfter: '700', message: 'Second is out.' })
    assert.equal((await stage.ask('oc2/two')).status, 429)
    await stage.script('one', { status: 429, retryAfter: '1900', message: 'First is out.' })
    const answer = await stage.ask('pair')
    assert.equal(answer.status, 429)
    assert.ok(Number(answer.headers['retry-after']) <= 700)
    assert.match(refusal(answer), /First is out[\s\S]*oc2\/two: rate limit reached/)
  })

  it('a request is explained by its id, and the last one without', async () => {
    await stage.put(once)
    await stage.script('one', { status: 503 })
    const first = await stage.served('pair')
    await stage.row(first)
    const id = String(first.headers['x-omniroute-request-id'])
    const last = await admin('/admin/explain/last')
    assert.equal(last.id, id)
    assert.match(last.story, /^oc\/one \(oc\): failed, 503 overloaded after .* → oc2\/two \(oc2\): served/)
    const refused = await stage.ask('nobody/knows')
    await stage.row(refused)
    assert.equal((await admin('/admin/explain/last')).id, refused.headers['x-omniroute-request-id'])
    assert.deepEqual(await admin(`/admin/explain/${id}`), last)
    assert.deepEqual(await stage.world.rpc('requests.explain', { id }), last)
    assert.equal((await admin('/admin/explain/unknown')).error.code, 'invalid_request')
    await stage.restart()
    assert.deepEqual(await admin(`/admin/explain/${id}`), last)
  })

  it('headers say who answered, of how many attempts, and under which id', async () => {
    await stage.put(once)
    await stage.script('one', { status: 503 })
    for (const dialect of dialects) {
      for (const stream of [false, true]) {
        await stage.world.rpc('standing.clear', { accountId: 'oc' })
        const answer = await stage.served('pair', { dialect, stream })
        assert.equal(answer.headers['x-omniroute-target'], 'oc2/two')
        assert.equal(answer.headers['x-omniroute-attempts'], '2')
        const row = await stage.row(answer)
        assert.deepEqual([row.modelServed, row.attempts, row.wire], ['oc2/two', 2, dialect.wire])
      }
    }
    const across = await stage.served('oc/two', {
      dialect: messages,
      headers: { 'x-omniroute-debug': '1' },
      body: { top_k: 3 },
    })
    assert.match(String(across.headers['x-omniroute-warnings']), /top/i)
    assert.equal((await stage.served('oc/two')).headers['x-omniroute-warnings'], undefined)
  })
})
