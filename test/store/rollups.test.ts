// Roll-ups say what the records say: summed up any way, across restarts, late prices and the turning of hours into days.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Cost } from '../../src/core/cost.ts'
import type { RequestRecord } from '../../src/core/trace.ts'
import { unknownUsage } from '../../src/core/usage.ts'
import { bucketOf, count, type Histogram, percentile } from '../../src/store/histogram.ts'
import { dayStart, hourStart, nextDayStart } from '../../src/store/rollup.ts'
import type { RollupResult } from '../../src/store/rollups.ts'
import { cleanUp, newDirectory, open, record } from './workspace.ts'

const hour = 3600_000
const day = 24 * hour
const noon = new Date(2026, 10, 23, 12).getTime()

const count0to1e6 = fc.option(fc.nat(1_000_000), { nil: null })
const records: fc.Arbitrary<RequestRecord[]> = fc.array(
  fc
    .record({
      at: fc.integer({ min: noon - 5 * hour, max: noon + 5 * hour }),
      modelServed: fc.constantFrom(undefined, 'groq/llama', 'openai/gpt-5'),
      accountId: fc.constantFrom(undefined, 'a1', 'a2'),
      keyId: fc.constantFrom(undefined, 'k1'),
      workspace: fc.constantFrom(undefined, 'app'),
      client: fc.constantFrom('curl/8.5', 'curl/8.6', 'editor'),
      code: fc.constantFrom(undefined, 'overloaded' as const, 'client_left' as const),
      cost: fc.option(
        fc.record({
          usd: fc.double({ min: 0, max: 9, noNaN: true }),
          source: fc.constantFrom('vendor' as const, 'user' as const),
        }),
        { nil: undefined },
      ),
      firstByteMs: fc.option(fc.nat(100_000), { nil: undefined }),
      totalMs: fc.nat(1_000_000),
      usage: fc.record({
        input: count0to1e6,
        cacheRead: count0to1e6,
        cacheWrite: count0to1e6,
        output: count0to1e6,
        reasoning: fc.constant(null),
      }),
    })
    .map(({ ...fields }) => {
      const given = Object.entries(fields).filter(([, value]) => value !== undefined)
      return record('r', Object.fromEntries(given))
    }),
  { maxLength: 90 },
)

/** What a group of records comes to, counted plainly. */
function expected(of: readonly RequestRecord[]): Omit<RollupResult, 'firstByte' | 'total'> {
  const sum = (number: (one: RequestRecord) => number): number => of.reduce((total, one) => total + number(one), 0)
  return {
    requests: of.length,
    failed: sum(({ code }) => (code === undefined || code === 'client_left' ? 0 : 1)),
    input: sum(({ usage }) => usage.input ?? 0),
    cacheRead: sum(({ usage }) => usage.cacheRead ?? 0),
    cacheWrite: sum(({ usage }) => usage.cacheWrite ?? 0),
    output: sum(({ usage }) => usage.output ?? 0),
    usd: sum(({ cost }) => cost?.usd ?? 0),
    unpriced: sum(({ cost, modelServed }) => (cost === undefined && modelServed !== undefined ? 1 : 0)),
  }
}

function groupBy<K>(all: readonly RequestRecord[], keyOf: (one: RequestRecord) => K): Map<K, RequestRecord[]> {
  const groups = new Map<K, RequestRecord[]>()
  for (const one of all) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one])
  return groups
}

function assertGroup(result: RollupResult | undefined, of: readonly RequestRecord[]): void {
  assert.ok(result)
  const { usd, ...counts } = expected(of)
  assert.ok(Math.abs(result.usd - usd) < 1e-9)
  for (const [name, value] of Object.entries(counts)) assert.equal(result[name as keyof RollupResult], value, name)
  assert.equal(result.total.count, of.length)
  const mean = of.reduce((total, { totalMs }) => total + totalMs, 0) / of.length
  assert.ok(Math.abs((result.total.mean ?? 0) - mean) < 1e-6)
  assert.equal(result.firstByte.count, of.filter(({ firstByteMs }) => firstByteMs !== undefined).length)
}

describe('roll-ups', () => {
  afterEach(cleanUp)

  it('equal a fold over the records, however they are grouped and whenever they are read', async () => {
    const directory = await newDirectory()
    const store = await open(directory, { now: () => noon })
    await fc.assert(
      fc.asyncProperty(records, fc.nat(90), async (all, readAfter) => {
        await store.rollups.clear()
        for (const [index, one] of all.entries()) {
          store.requests.add(one)
          if (index === readAfter) store.rollups.spent({ from: 0 })
        }
        const groups = groupBy(all, ({ modelServed = '', client }) => `${modelServed} ${client.split('/')[0]}`)
        const results = store.rollups.query({ from: 0, by: ['model', 'client'] })
        assert.equal(results.length, groups.size)
        for (const [name, of] of groups) {
          const found = results.find(({ model, client }) => `${model} ${client}` === name)
          assertGroup(found, of)
        }
        const hours = groupBy(all, ({ at }) => hourStart(at))
        for (const result of store.rollups.query({ from: 0, by: ['hour'] })) {
          assertGroup(result, hours.get(result.start ?? 0) ?? [])
        }
        const mine = all.filter(({ accountId, keyId }) => accountId === 'a1' && keyId === 'k1')
        const spent = store.rollups.spent({ from: 0, only: { account: ['a1'], key: ['k1'] } })
        assert.ok(Math.abs(spent.usd - expected(mine).usd) < 1e-9)
        assert.equal(spent.unpriced, expected(mine).unpriced)
      }),
      { numRuns: 100 },
    )
  })

  it('lose nothing when the records of one batch began in many hours', async () => {
    const { requests, rollups } = await open(await newDirectory(), { now: () => noon })
    for (let index = 0; index < 60; index++) requests.add(record('r', { at: noon + (index % 9) * hour }))
    requests.writePending()
    for (let index = 0; index < 9; index++) requests.add(record('r', { at: noon + index * hour }))
    assert.equal(rollups.query({ from: 0, by: [] })[0]?.requests, 69)
  })

  it('are there after a restart and go on from there', async () => {
    const directory = await newDirectory()
    const store = await open(directory, { now: () => noon })
    const priced = record('r', { at: noon, modelServed: 'a/b', cost: { usd: 1.5, source: 'user' }, firstByteMs: 3 })
    store.requests.add(priced)
    await store.close()
    const again = await open(directory, { now: () => noon })
    again.requests.add(priced)
    const [result] = again.rollups.query({ from: noon, by: [] })
    assertGroup(result, [priced, priced])
  })

  it('cover whole local hours from the one asked for', async () => {
    const { requests, rollups } = await open(await newDirectory(), { now: () => noon })
    for (const at of [noon - 1, noon, noon + hour - 1, noon + hour]) {
      requests.add(record('r', { at, cost: { usd: 1, source: 'user' } }))
    }
    const usd = (from: number, to?: number): number | undefined =>
      rollups.query({ from, ...(to !== undefined && { to }), by: [] })[0]?.usd
    assert.equal(usd(noon + 1800_000), 3)
    assert.equal(usd(noon - hour, noon + hour), 3)
    assert.equal(usd(noon + hour), 1)
    assert.equal(usd(noon + 2 * hour), undefined)
    assert.deepEqual(rollups.spent({ from: noon }), { usd: 3, unpriced: 0 })
    assert.deepEqual(rollups.spent({ from: noon + 2 * hour }), { usd: 0, unpriced: 0 })
    assert.deepEqual(rollups.spent({ from: 0, only: { workspace: [] } }), { usd: 0, unpriced: 0 })
  })

  it('become days after thirty of them and go after two years, with nothing lost in between', async () => {
    const directory = await newDirectory()
    let now = noon
    const store = await open(directory, { now: () => now })
    const old = [0, 3, 7, 26].map((hours) =>
      record('r', { at: noon + hours * hour, modelServed: 'a/b', firstByteMs: 5, cost: { usd: 2, source: 'user' } }),
    )
    for (const one of old) store.requests.add(one)
    const starts = (): (number | undefined)[] =>
      store.rollups.query({ from: 0, by: ['hour'] }).map(({ start }) => start)
    assert.equal(starts().length, 4)
    now = noon + 33 * day
    for (let batch = 0; batch < 4; batch++) {
      store.requests.add(record('new', { at: now }))
      store.requests.writePending()
      now += 2000
    }
    assert.deepEqual(starts().slice(0, 2), [dayStart(noon), dayStart(noon + day)])
    assert.equal(starts().length, 3)
    assertGroup(store.rollups.query({ from: 0, by: ['model'], only: { model: ['a/b'] } })[0], old)
    assertGroup(store.rollups.query({ from: 0, by: ['day'] })[0], old.slice(0, 3))
    await store.close()
    now = noon + 740 * day
    const later = await open(directory, { now: () => now })
    later.requests.add(record('much later', { at: now }))
    later.requests.writePending()
    assert.equal(later.rollups.query({ from: 0, by: ['day'] }).length, 2)
  })

  it('count what is cleared from the log, until they are cleared themselves', async () => {
    const { requests, rollups } = await open(await newDirectory(), { now: () => noon })
    requests.add(record('r', { at: noon }))
    await requests.clear()
    requests.add(record('r', { at: noon }))
    assert.equal(rollups.query({ from: 0, by: [] })[0]?.requests, 2)
    await rollups.clear()
    assert.deepEqual(rollups.query({ from: 0, by: [] }), [])
    requests.add(record('r', { at: noon }))
    assert.equal(rollups.query({ from: 0, by: [] })[0]?.requests, 1)
  })

  it('count what cannot be written not at all', async () => {
    const directory = await newDirectory()
    const store = await open(directory, { now: () => noon })
    store.requests.add(record('good', { at: noon }))
    store.requests.writePending()
    // A number that SQLite refuses where it must not be empty.
    store.requests.add(record('bad', { at: Number.NaN }))
    store.requests.writePending()
    store.requests.add(record('good again', { at: noon }))
    assert.equal(store.requests.page({ limit: 9 }).total, 2)
    assert.equal(store.rollups.query({ from: 0, by: [] })[0]?.requests, 2)
  })

  it('stay few when a client calls itself something else each time', async () => {
    const { requests, rollups } = await open(await newDirectory(), { now: () => noon })
    for (let index = 0; index < 2000; index++) requests.add(record('r', { at: noon, client: `name${index}` }))
    const clients = rollups.query({ from: 0, by: ['client'] })
    assert.equal(clients.length, 501)
    assert.equal(clients.find(({ client }) => client === 'other')?.requests, 1500)
    assert.equal(rollups.query({ from: 0, by: [] })[0]?.requests, 2000)
  })
})

describe('pricing of the request log', () => {
  afterEach(cleanUp)

  const served = (id: string): RequestRecord => record(id, { at: noon, modelServed: 'a/b' })
  const usage = { ...unknownUsage, input: 5, output: 5 }

  it('fills in costs when rows are written, but never over one that came along', async () => {
    const { requests, rollups } = await open(await newDirectory(), { now: () => noon })
    const asked: string[] = []
    requests.priceWith({
      costOf: ({ id }) => {
        asked.push(id)
        return id === 'unknown' ? null : { usd: 2, source: 'catalogue' }
      },
      loaded: () => Promise.reject(new Error('nobody should wait')),
    })
    const vendor: Cost = { usd: 9, source: 'vendor' }
    for (const one of [served('plain'), served('unknown'), { ...served('told'), cost: vendor }, record('failed')]) {
      requests.add({ ...one, usage })
    }
    assert.deepEqual(requests.get('plain')?.cost, { usd: 2, source: 'catalogue' })
    assert.deepEqual(requests.get('told')?.cost, vendor)
    assert.ok(!('cost' in (requests.get('unknown') ?? {})))
    assert.deepEqual(asked, ['plain', 'unknown'])
    assert.deepEqual(rollups.spent({ from: 0 }), { usd: 11, unpriced: 1 })
  })

  it('comes late where prices were still being loaded, and then for good', async () => {
    const directory = await newDirectory()
    const { requests, rollups, close } = await open(directory, { now: () => noon })
    let finish: () => void = () => undefined
    const loading = new Promise<void>((resolve) => {
      finish = resolve
    })
    let cost: Cost | null | undefined
    requests.priceWith({
      costOf: ({ id }) => (id === 'nobody knows' && cost ? null : cost),
      loaded: () => loading,
    })
    requests.add(served('early'))
    requests.add(served('nobody knows'))
    assert.deepEqual([requests.get('early')?.cost, rollups.spent({ from: 0 })], [undefined, { usd: 0, unpriced: 2 }])
    cost = { usd: 3, source: 'catalogue' }
    finish()
    await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(requests.get('early')?.cost, cost)
    assert.deepEqual(rollups.spent({ from: 0 }), { usd: 3, unpriced: 1 })
    await close()
    const again = await open(directory, { now: () => noon })
    assert.deepEqual(again.requests.get('early'), { ...served('early'), cost })
    assert.deepEqual(again.rollups.spent({ from: 0 }), { usd: 3, unpriced: 1 })
  })
})

describe('histogram', () => {
  it('tells percentiles within a tenth', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 2, max: 3_000_000 }), { minLength: 1 }), (times) => {
        const histogram: Histogram = new Map()
        for (const ms of times) count(histogram, ms)
        const sorted = times.toSorted((a, b) => a - b)
        for (const share of [0.5, 0.95, 0.99]) {
          const exact = sorted[Math.ceil(share * sorted.length) - 1] ?? 0
          const told = percentile(histogram, share) ?? 0
          assert.ok(Math.abs(told - exact) <= exact * 0.1, `${told} for ${exact}`)
        }
      }),
    )
    assert.equal(percentile(new Map(), 0.5), undefined)
  })

  it('has a bucket for every time there can be', () => {
    assert.deepEqual([-1, 0, 0.9, 1, Number.NaN].map(bucketOf), [0, 0, 0, 1, 0])
    assert.deepEqual([1e12, Number.POSITIVE_INFINITY].map(bucketOf), [88, 88])
  })
})

describe('hours and days', () => {
  const zone = process.env['TZ']
  afterEach(() => {
    if (zone === undefined) delete process.env['TZ']
    else process.env['TZ'] = zone
  })

  it("begin as the user's clock says, also in zones that differ by half an hour", () => {
    process.env['TZ'] = 'Asia/Kolkata'
    const at = Date.UTC(2026, 0, 5, 20, 17)
    assert.equal(hourStart(at), Date.UTC(2026, 0, 5, 19, 30))
    assert.equal(dayStart(at), Date.UTC(2026, 0, 5, 18, 30))
  })

  it('are all of them there when clocks are turned', () => {
    process.env['TZ'] = 'Europe/Berlin'
    const midnight = new Date(2026, 9, 25).getTime()
    const hours = new Set(Array.from({ length: 25 }, (_, index) => hourStart(midnight + index * hour + 1)))
    assert.equal(hours.size, 25)
    assert.equal(nextDayStart(midnight), midnight + 25 * hour)
  })
})
