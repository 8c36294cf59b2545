import assert from 'node:assert/strict'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { GatewayError } from '../../src/core/errors.ts'
import type { ModelInfo } from '../../src/core/model.ts'
import { account, cleanUp, combo, fileNames, key, newDirectory, open, record, recordingLog } from './workspace.ts'

const llama: ModelInfo = { id: 'llama-3.3-70b', limits: { contextWindow: 131_072 }, capabilities: { tools: true } }
const qwen: ModelInfo = { id: 'qwen3', name: 'Qwen 3', limits: {}, capabilities: {} }

describe('store', () => {
  afterEach(cleanUp)

  it('creates its folder and its files for the owner only', async () => {
    const directory = join(await newDirectory(), 'deep', 'data')
    const store = await open(directory)
    await store.settings.put('a', 1)
    assert.equal(store.notice, undefined)
    assert.equal((await stat(directory)).mode & 0o777, 0o700)
    const names = await fileNames(directory)
    assert.deepEqual(names, ['omniroute-0.journal'])
    for (const name of names) assert.equal((await stat(join(directory, name))).mode & 0o777, 0o600)
  })

  it('finds everything again after a restart', async () => {
    const directory = await newDirectory()
    const first = await open(directory)
    await Promise.all([
      first.accounts.put(account('a1', { keyTail: 'wxyz', baseUrl: 'http://127.0.0.1:1/v1', headers: { 'x-a': 'ü' } })),
      first.models.replaceLive('a1', [llama]),
      first.models.setUser('a1', [qwen]),
      first.combos.put(combo('c1', 'fast')),
      first.keys.put(key('k1', 'abcdef')),
      first.settings.put('text', 'plain'),
      first.settings.put('nothing', null),
      first.settings.put('nested', { list: [1, 'two', { three: 3 }] }),
    ])
    const served = record('r1', { usage: { input: 1, cacheRead: null, cacheWrite: 0, output: 7, reasoning: null } })
    first.requests.add(served)
    await first.close()

    const second = await open(directory)
    assert.equal(second.notice, undefined)
    assert.deepEqual(second.accounts.list(), [
      account('a1', { keyTail: 'wxyz', baseUrl: 'http://127.0.0.1:1/v1', headers: { 'x-a': 'ü' } }),
    ])
    assert.deepEqual(second.models.list('a1'), [
      { ...qwen, accountId: 'a1', source: 'user' },
      { ...llama, accountId: 'a1', source: 'live' },
    ])
    assert.deepEqual(second.combos.list(), [combo('c1', 'fast')])
    assert.deepEqual(second.keys.findByHash('abcdef'), key('k1', 'abcdef'))
    assert.equal(second.settings.get('text'), 'plain')
    assert.equal(second.settings.get('nothing'), null)
    assert.deepEqual(second.settings.get('nested'), { list: [1, 'two', { three: 3 }] })
    assert.deepEqual(second.requests.get('r1'), served)
  })

  it('shows a write at once, before it is durable', async () => {
    const store = await open(await newDirectory())
    const written = store.accounts.put(account('a1'))
    assert.deepEqual(store.accounts.get('a1'), account('a1'))
    await written
  })

  it('orders accounts as the user did, combos by name and keys by age', async () => {
    const store = await open(await newDirectory())
    await store.accounts.put(account('late', { order: 2 }))
    await store.accounts.put(account('early', { order: 1 }))
    await store.combos.put(combo('1', 'zebra'))
    await store.combos.put(combo('2', 'ant'))
    await store.keys.put(key('young', 'h2', 2))
    await store.keys.put(key('old', 'h1', 1))
    assert.deepEqual(
      store.accounts.list().map(({ id }) => id),
      ['early', 'late'],
    )
    assert.deepEqual(
      store.combos.list().map(({ name }) => name),
      ['ant', 'zebra'],
    )
    assert.deepEqual(
      store.keys.list().map(({ id }) => id),
      ['old', 'young'],
    )
  })

  it('removes an account together with its models', async () => {
    const directory = await newDirectory()
    const store = await open(directory)
    await store.accounts.put(account('a1'))
    await store.accounts.put(account('a2'))
    await store.models.replaceLive('a1', [llama])
    await store.models.replaceLive('a2', [qwen])
    await store.accounts.remove('a1')
    assert.deepEqual(
      store.models.list().map(({ id }) => id),
      ['qwen3'],
    )
    await store.close()
    const again = await open(directory)
    assert.deepEqual(
      again.accounts.list().map(({ id }) => id),
      ['a2'],
    )
    assert.deepEqual(again.models.list('a1'), [])
  })

  it('replaces live models without touching those of the user', async () => {
    const store = await open(await newDirectory())
    await store.models.setUser('a1', [llama])
    await store.models.replaceLive('a1', [qwen])
    await store.models.replaceLive('a1', [])
    assert.deepEqual(store.models.list('a1'), [{ ...llama, accountId: 'a1', source: 'user' }])
  })

  it('forgets a key and a combo that were removed', async () => {
    const store = await open(await newDirectory())
    await store.keys.put(key('k1', 'hash'))
    assert.equal(store.keys.findByHash('hash')?.id, 'k1')
    await store.keys.remove('k1')
    assert.equal(store.keys.findByHash('hash'), undefined)
    await store.combos.put(combo('c1'))
    await store.combos.remove('c1')
    assert.equal(store.combos.get('c1'), undefined)
    await store.settings.put('s', true)
    await store.settings.remove('s')
    assert.equal(store.settings.get('s'), undefined)
  })

  it('does not change what it holds when the caller changes its object afterwards', async () => {
    const store = await open(await newDirectory())
    const value = { list: [1] }
    await store.settings.put('s', value)
    value.list.push(2)
    assert.deepEqual(store.settings.get('s'), { list: [1] })
  })

  it('rejects writes after closing', async () => {
    const store = await open(await newDirectory())
    await store.close()
    await assert.rejects(
      store.settings.put('a', 1),
      (error) => error instanceof GatewayError && error.code === 'shutting_down',
    )
  })

  it('says which file is missing when there is no database engine', async () => {
    const directory = await newDirectory()
    await assert.rejects(open(directory, { wasmPath: join(directory, 'none.wasm') }), /sql-wasm\.wasm/)
  })
})

describe('store schema', () => {
  const first = ['CREATE TABLE settings (id TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID']
  const second = ['ALTER TABLE settings ADD COLUMN note TEXT', "UPDATE settings SET note = 'moved'"]
  const third = ['INSERT INTO settings (id, data) SELECT note, CAST(\'{"value":3}\' AS BLOB) FROM settings']

  afterEach(cleanUp)

  it('brings older data forward, one step after the other and only once', async () => {
    const directory = await newDirectory()
    const old = await open(directory, { schema: [first] })
    await old.settings.put('a', 1)
    await old.close()
    const newer = await open(directory, { schema: [first, second, third] })
    assert.equal(newer.settings.get('a'), 1)
    assert.equal(newer.settings.get('moved'), 3)
    await newer.settings.put('b', 2)
    await newer.close()
    const again = await open(directory, { schema: [first, second, third] })
    assert.equal(again.readOnly, false)
    assert.deepEqual([again.settings.get('a'), again.settings.get('b'), again.settings.get('moved')], [1, 2, 3])
  })

  it('opens data of a newer version for reading only, and leaves its files alone', async () => {
    const directory = await newDirectory()
    const newer = await open(directory, { schema: [first, second] })
    await newer.settings.put('a', 1)
    await newer.close()
    const before = await fileNames(directory)

    const log = recordingLog()
    const old = await open(directory, { schema: [first], log })
    assert.equal(old.readOnly, true)
    assert.match(old.notice ?? '', /newer version .*update OmniRoute/)
    assert.deepEqual(log.lines, [old.notice])
    assert.equal(old.settings.get('a'), 1)
    await assert.rejects(old.settings.put('a', 2), /newer version/)
    assert.equal(old.settings.get('a'), 1)
    old.requests.add(record('r'))
    await old.flush()
    await old.close()
    assert.deepEqual(await fileNames(directory), before)
    assert.equal((await open(directory, { schema: [first, second] })).settings.get('a'), 1)
  })
})
