import assert from 'node:assert/strict'
import fc from 'fast-check'
import { GatewayError } from '../../src/core/errors.ts'
import type { RequestRecord } from '../../src/core/trace.ts'
import { account, cleanUp, newDirectory, open, record } from './workspace.ts'

const ids = (rows: readonly RequestRecord[]): string[] => rows.map(({ id }) => id)

describe('requests', () => {
  afterEach(cleanUp)

  it('shows a record at once, before it was written', async () => {
    const { requests } = await open(await newDirectory())
    requests.add(record('r1'))
    assert.deepEqual(ids(requests.page({ limit: 10 }).rows), ['r1'])
    assert.equal(requests.get('r1')?.id, 'r1')
    assert.equal(requests.get('r2'), undefined)
  })

  it('writes by itself a moment later, many records at a time', async () => {
    const directory = await newDirectory()
    const store = await open(directory)
    for (let index = 0; index < 200; index++) store.requests.add(record(`r${index}`))
    await store.flush()
    await store.close()
    const again = await open(directory)
    assert.equal(again.requests.page({ limit: 1 }).total, 200)
    assert.deepEqual(ids(again.requests.page({ limit: 2 }).rows), ['r199', 'r198'])
  })

  it('gives every field back as it was', async () => {
    const directory = await newDirectory()
    const store = await open(directory)
    const full: RequestRecord = {
      ...record('full', {
        at: 1_800_000_000_000,
        stream: true,
        status: 502,
        code: 'upstream_error',
        message: 'broke "off"\0',
      }),
      keyId: 'k1',
      modelServed: 'groq/llama',
      accountId: 'a1',
      firstByteMs: 4.5,
      usage: { input: 12, cacheRead: 0, cacheWrite: 70, cacheWrite1h: 40, output: 99, reasoning: 3 },
      trace: [
        { kind: 'skipped', target: 'groq/llama', account: 'a1', reason: 'resting' },
        { kind: 'served', target: 'x/y', account: 'a2', startedAt: 1, firstByteAt: 2, endedAt: 3 },
      ],
      warnings: [{ kind: 'dropped-parameter', subject: 'top_k', message: 'not known there' }],
    }
    const { firstByteMs: _, ...bare } = full
    store.requests.add(full)
    store.requests.add({ ...bare, id: 'bare', trace: [], warnings: [] })
    assert.deepEqual(store.requests.get('full'), full)
    await store.close()
    const again = await open(directory)
    assert.deepEqual(again.requests.get('full'), full)
    assert.deepEqual(again.requests.get('bare'), { ...bare, id: 'bare', trace: [], warnings: [] })
  })

  it('pages through every row once, newest first, while rows are added', async () => {
    const { requests } = await open(await newDirectory())
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 9 }), async (count, limit) => {
        await requests.clear()
        for (let index = 0; index < count; index++) requests.add(record(`r${index}`))
        const seen: string[] = []
        let cursor: string | undefined
        do {
          const page = requests.page({ limit, ...(cursor !== undefined && { cursor }) })
          seen.push(...ids(page.rows))
          cursor = page.next
          requests.add(record('added meanwhile'))
        } while (cursor !== undefined)
        assert.deepEqual(
          seen,
          Array.from({ length: count }, (_, index) => `r${count - 1 - index}`),
        )
      }),
      { numRuns: 40 },
    )
  })

  it('refuses a cursor that is none', async () => {
    const { requests } = await open(await newDirectory())
    assert.throws(
      () => requests.page({ limit: 1, cursor: 'x' }),
      (error) => error instanceof GatewayError && error.code === 'invalid_request',
    )
  })

  it('filters by outcome', async () => {
    const { requests } = await open(await newDirectory())
    requests.add(record('good'))
    requests.add(record('refused', { status: 429, code: 'rate_limited' }))
    requests.add(record('broken off', { status: 200, code: 'stream_interrupted' }))
    assert.deepEqual(ids(requests.page({ limit: 9, filter: { outcome: 'failed' } }).rows), ['broken off', 'refused'])
    const served = requests.page({ limit: 9, filter: { outcome: 'served' } })
    assert.deepEqual([ids(served.rows), served.total], [['good'], 1])
    assert.equal(requests.page({ limit: 9, filter: { outcome: 'all' } }).total, 3)
  })

  it('finds text in either case in model, client, failure and the label of the account, and nowhere else', async () => {
    const { requests, accounts } = await open(await newDirectory())
    await accounts.put(account('a1', { label: 'Work Ünit' }))
    requests.add(record('1', { modelAsked: 'groq/Llama', client: 'Zed/1.0' }))
    requests.add(record('2', { accountId: 'a1', modelServed: 'mistral/small' }))
    requests.add(record('3', { code: 'overloaded', message: '100% of "it" is down_there', status: 529 }))
    const find = (text: string): string[] => ids(requests.page({ limit: 9, filter: { text } }).rows)
    assert.deepEqual(find('LLAMA'), ['3', '2', '1'])
    assert.deepEqual(find('zed'), ['1'])
    assert.deepEqual(find('MISTRAL'), ['2'])
    assert.deepEqual(find('work ü'), ['2'])
    assert.deepEqual(find('100% of "'), ['3'])
    assert.deepEqual(find('n%t'), [])
    assert.deepEqual(find('usage'), [])
    assert.deepEqual(ids(requests.page({ limit: 9, filter: { text: 'groq', outcome: 'failed' } }).rows), ['3'])
  })

  it('keeps no more rows than its cap, the newest ones', async () => {
    const directory = await newDirectory()
    const store = await open(directory)
    store.requests.setCap(5)
    for (let index = 0; index < 12; index++) store.requests.add(record(`r${index}`))
    const page = store.requests.page({ limit: 99 })
    assert.deepEqual([ids(page.rows), page.total], [['r11', 'r10', 'r9', 'r8', 'r7'], 5])
    store.requests.setCap(2)
    store.requests.add(record('last'))
    assert.deepEqual(ids(store.requests.page({ limit: 99 }).rows), ['last', 'r11'])
    await store.close()
    assert.deepEqual(ids((await open(directory)).requests.page({ limit: 99 }).rows), ['last', 'r11'])
  })

  it('drops what is older than 30 days', async () => {
    const day = 24 * 60 * 60 * 1000
    const directory = await newDirectory()
    let now = 100 * day
    const store = await open(directory, { now: () => now })
    store.requests.add(record('old', { at: now - 29 * day }))
    store.requests.add(record('new', { at: now }))
    assert.equal(store.requests.page({ limit: 9 }).total, 2)
    now += 2 * day
    const page = store.requests.page({ limit: 9 })
    assert.deepEqual([ids(page.rows), page.total], [['new'], 1])
  })

  it('clears everything, also what was not written yet, for good', async () => {
    const directory = await newDirectory()
    const store = await open(directory)
    store.requests.add(record('r1'))
    await store.flush()
    store.requests.add(record('r2'))
    await store.requests.clear()
    assert.deepEqual(store.requests.page({ limit: 9 }), { rows: [], total: 0 })
    store.requests.add(record('r3'))
    await store.close()
    const page = (await open(directory)).requests.page({ limit: 9 })
    assert.deepEqual([ids(page.rows), page.total], [['r3'], 1])
  })
})
