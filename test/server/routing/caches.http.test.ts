// The caches over real HTTP: off until they are turned on, the same bytes again, never across keys, steered by headers, emptied when
// they are turned off; answers of nearly the same meaning; one upstream call for concurrent requests; and Idempotency-Key.
import assert from 'node:assert/strict'
import { dialects } from '../dialects.ts'
import type { Answer } from '../world.ts'
import { type Asking, chat, messages, openStage, otherKey, refusal, type Stage, ways } from './stage.ts'

/** The account of each wire, in the order of the dialects; the next one's is of another wire. */
const accounts = ['oc', 'rc', 'ac', 'gc']

describe('caches', () => {
  let stage: Stage

  before(async () => {
    stage = await openStage()
  })
  after(() => stage?.stop())
  afterEach(() => stage.reset())

  const mark = (answer: Answer): unknown => answer.headers['x-omniroute-cache']
  const sent = async (): Promise<number> => (await stage.arrivals()).filter(({ url }) => !url.includes('embed')).length
  const statistics = async () => (await stage.world.rpc('standing.get', {})).cache

  for (const [index, dialect] of dialects.entries()) {
    for (const account of [accounts[index], accounts[(index + 2) % 4]]) {
      it(`the same request gets the same bytes (${dialect.wire} to ${account})`, async () => {
        const model = `${account}/one`
        await stage.proves(
          { cache: { exact: true } },
          {
            off: async () => {
              const [first, second] = [await stage.served(model, { dialect }), await stage.served(model, { dialect })]
              assert.deepEqual([mark(first), mark(second), await sent()], [undefined, undefined, 2])
            },
            on: async () => {
              for (const [times, stream] of [true, false].entries()) {
                const first = await stage.served(model, { dialect, stream })
                const second = await stage.served(model, { dialect, stream })
                assert.deepEqual([mark(first), mark(second), await sent()], ['miss', 'hit', times + 1])
                assert.deepEqual(second.bytes, first.bytes)
                assert.equal(second.headers['content-type'], first.headers['content-type'])
                assert.notEqual(second.headers['x-omniroute-request-id'], first.headers['x-omniroute-request-id'])
                assert.equal(second.headers['x-omniroute-target'], model)
                assert.equal(second.headers['x-omniroute-attempts'], '0')
                const row = await stage.row(second)
                assert.deepEqual([row.cache, row.modelServed, row.cost?.usd], ['exact', model, 0])
              }
            },
          },
        )
      })
    }
  }

  it('is never shared between keys, nor between different requests', async () => {
    await stage.put({ cache: { exact: true } })
    await stage.served('oc/one')
    assert.equal(mark(await stage.served('oc/one', { key: otherKey })), 'miss')
    assert.equal(mark(await stage.served('oc/one', { text: 'Something else' })), 'miss')
    assert.equal(mark(await stage.served('oc/one', { body: { temperature: 0.5 } })), 'miss')
    assert.equal(mark(await stage.served('oc/two')), 'miss')
    assert.equal(await sent(), 5)
  })

  it('a header lets a single request pass by, or asks anew', async () => {
    await stage.put({ cache: { exact: true } })
    const first = await stage.served('oc/one')
    const bypassed = await stage.served('oc/one', { headers: { 'x-omniroute-cache': 'bypass' } })
    assert.notEqual(bypassed.text, first.text)
    assert.equal((await stage.served('oc/one')).text, first.text)
    const fresh = await stage.served('oc/one', { headers: { 'cache-control': 'no-cache' } })
    assert.notEqual(fresh.text, first.text)
    assert.equal((await stage.served('oc/one')).text, fresh.text)
    assert.equal(await sent(), 3)
  })

  it('turning it off empties it, and so does the command', async () => {
    await stage.put({ cache: { exact: true } })
    await stage.served('oc/one')
    assert.equal((await statistics()).entries, 1)
    await stage.put({ cache: { exact: false } })
    assert.equal((await statistics()).entries, 0)
    await stage.put({ cache: { exact: true } })
    assert.equal(mark(await stage.served('oc/one')), 'miss')
    await stage.world.rpc('cache.clear', {})
    assert.equal(mark(await stage.served('oc/one')), 'miss')
    assert.equal(mark(await stage.served('oc/one')), 'hit')
  })

  it('keeps no failure, and nothing larger than its share', async () => {
    await stage.put({ cache: { exact: true, maxMegabytes: 4 }, retry: { attempts: 0 } })
    await stage.script('one', { status: 500 }, { text: 'Now' })
    assert.equal((await stage.ask('oc/one')).status, 502)
    assert.equal(mark(await stage.served('oc/one')), 'miss')
    await stage.script('two', { megabytes: 1 })
    await stage.served('oc/two')
    assert.equal(mark(await stage.served('oc/two')), 'miss')
    await stage.put({ cache: { exact: true, maxMegabytes: 64 } })
    await stage.served('oc/two')
    assert.equal(mark(await stage.served('oc/two')), 'hit')
  })

  it('what an alias or a rule changes is another request', async () => {
    await stage.put({ cache: { exact: true }, aliases: [{ pattern: 'mine', target: 'oc/one' }] })
    await stage.served('mine')
    assert.equal(mark(await stage.served('mine')), 'hit')
    await stage.put({ aliases: [{ pattern: 'mine', target: 'oc/two' }] })
    assert.equal(mark(await stage.served('mine')), 'miss')
    assert.equal(mark(await stage.served('mine')), 'hit')
    await stage.put({ systemPrompt: [{ position: 'append', text: 'Rhyme.' }] })
    assert.equal(mark(await stage.served('mine')), 'miss')
    assert.deepEqual(ways(await stage.arrivals()), ['oc/one', 'oc/two', 'oc/two'])
  })

  it('a key that is revoked leaves nothing behind', async () => {
    await stage.put({ cache: { exact: true } })
    const { key, view } = await stage.world.rpc('keys.create', { name: 'passing' })
    await stage.served('oc/one', { key })
    assert.equal((await statistics()).entries, 1)
    await stage.world.rpc('keys.revoke', { id: view.id })
    assert.equal((await statistics()).entries, 0)
  })

  describe('by meaning', () => {
    const settings = { semantic: true, embeddingModel: 'oc2/embed', threshold: 0.8 }
    const question = 'please tell me in a few words how the tides of the sea come about'
    const nearly = 'please tell me in a few words how the tides of the sea come'
    const other = 'write a haiku on bicycles and rust'

    for (const dialect of [chat, messages]) {
      it(`nearly the same question gets the answer (${dialect.wire})`, async () => {
        const ask = (text: string, asking: Asking = {}): Promise<Answer> =>
          stage.served('oc/one', { dialect, text, stream: true, ...asking })
        await stage.proves(
          { cache: settings },
          {
            off: async () => {
              await ask(question)
              assert.equal(mark(await ask(nearly)), undefined)
              assert.equal(await sent(), 2)
              assert.ok(!(await stage.arrivals()).some(({ url }) => url.includes('embed')))
            },
            on: async () => {
              const first = await ask(question)
              const second = await ask(nearly)
              assert.deepEqual([mark(first), mark(second)], ['miss', 'semantic'])
              assert.deepEqual(second.bytes, first.bytes)
              assert.ok(Number(second.headers['x-omniroute-similarity']) >= 0.8)
              assert.equal((await stage.row(second)).cache, 'semantic')
              assert.equal(mark(await ask(other)), 'miss')
              assert.equal(mark(await ask(nearly, { key: otherKey })), 'miss')
              assert.equal(await sent(), 3)
            },
          },
        )
      })
    }

    it('is nothing to wait for when the embeddings model fails', async () => {
      await stage.put({ cache: settings })
      await stage.script('embed', { status: 500 })
      assert.equal(mark(await stage.served('oc/one', { text: question })), 'miss')
      assert.equal(mark(await stage.served('oc/one', { text: nearly })), 'miss')
      assert.equal(await sent(), 2)
    })

    it('a stricter threshold counts at once', async () => {
      await stage.restart()
      await stage.put({ cache: settings })
      await stage.served('oc/one', { text: question })
      await stage.put({ cache: { ...settings, threshold: 1 } })
      assert.equal(mark(await stage.served('oc/one', { text: nearly })), 'miss')
    })
  })

  for (const [index, dialect] of dialects.entries()) {
    it(`concurrent identical requests share one call (${dialect.wire})`, async () => {
      const model = `${accounts[index]}/one`
      const three = async (): Promise<Answer[]> => {
        await stage.script('one', { firstByteMs: 200 })
        const asking = { dialect, stream: true }
        return await Promise.all([0, 1, 2].map(() => stage.served(model, asking)))
      }
      await stage.proves(
        { cache: { coalesce: true } },
        {
          off: async () => {
            await three()
            assert.equal(await sent(), 3)
          },
          on: async () => {
            const answers = await three()
            assert.equal(await sent(), 1)
            assert.equal(new Set(answers.map(({ text }) => text)).size, 1)
            const rows = await Promise.all(answers.map((answer) => stage.row(answer)))
            assert.equal(rows.filter(({ cache }) => cache === 'shared').length, 2)
            await stage.served(model, { dialect, stream: true })
            assert.equal(await sent(), 2, 'nothing is kept')
          },
        },
      )
    })

    it(`Idempotency-Key: once is enough, and no key for two requests (${dialect.wire})`, async () => {
      const model = `${accounts[index]}/one`
      const headers = { 'idempotency-key': `key-of-${dialect.wire}` }
      const first = await stage.served(model, { dialect, headers, stream: true })
      const again = await stage.served(model, { dialect, headers, stream: true })
      assert.deepEqual(again.bytes, first.bytes)
      assert.deepEqual([mark(again), await sent()], ['idempotent', 1])
      const other = await stage.ask(model, { dialect, headers, text: 'Something else' })
      assert.equal(other.status, 422, other.text)
      assert.match(refusal(other), /Idempotency-Key/)
      const long = await stage.ask(model, { dialect, headers: { 'idempotency-key': 'x'.repeat(256) } })
      assert.equal(long.status, 400, long.text)
      await stage.served(model, { dialect, headers, key: otherKey, text: 'Something else' })
      await stage.served(model, { dialect })
      assert.equal(await sent(), 3)
    })
  }

  it('Idempotency-Key: a failure is not kept, a repeated request in flight shares its call', async () => {
    await stage.put({ retry: { attempts: 0 } })
    const headers = { 'idempotency-key': 'flight' }
    await stage.script('one', { status: 500 }, { firstByteMs: 200 })
    assert.equal((await stage.ask('oc/one', { headers })).status, 502)
    const both = await Promise.all([0, 1].map(() => stage.served('oc/one', { headers })))
    assert.equal(both[0]?.text, both[1]?.text)
    assert.equal(await sent(), 2)
  })
})
