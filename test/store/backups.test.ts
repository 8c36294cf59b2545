// Backups: what is in them, how many stay, and that nothing damaged, foreign or newer is taken for one.
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GatewayError } from '../../src/core/errors.ts'
import { backupsKept } from '../../src/store/backup-file.ts'
import { schemaSteps } from '../../src/store/migrations.ts'
import type { Store } from '../../src/store/store.ts'
import { account, cleanUp, combo, fileNames, key, newDirectory, open, record } from './workspace.ts'

const day = 24 * 3600_000

async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work
  } catch (error) {
    assert.ok(error instanceof GatewayError)
    return error.message
  }
  throw new Error('it was not refused')
}

async function filled(directory: string, now: () => number = Date.now): Promise<Store> {
  const store = await open(directory, { now })
  await store.accounts.put(account('a'))
  await store.models.setUser('a', [{ id: 'own', limits: {}, capabilities: {} }])
  await store.combos.put(combo('c', 'best'))
  await store.keys.put(key('k', 'hash-of-a-key'))
  await store.settings.put('routing', { aliases: [{ pattern: 'x', target: 'y' }] })
  return store
}

describe('backups', () => {
  afterEach(cleanUp)

  it('hold what the user has laid down, and no rows of the request log', async () => {
    const directory = await newDirectory()
    const store = await filled(directory)
    for (let row = 0; row < 500; row++) store.requests.add(record(`request-${row}`, { modelAsked: 'seldom/asked-for' }))
    await store.flush()
    const { id } = await store.backups.create('manual')
    const backup = await store.backups.open(id)
    assert.deepEqual(store.configurationOf(backup), store.configuration())
    assert.deepEqual(backup.database.all('SELECT count(*) FROM requests'), [[0]])
    backup.database.close()
    assert.equal(store.requests.page({ limit: 1 }).total, 500)
    const bytes = await readFile(join(directory, 'backups', `${id}.sqlite`))
    assert.equal(bytes.includes('seldom/asked-for'), false)
    assert.equal(bytes.subarray(0, 15).toString(), 'SQLite format 3')
  })

  it('show the state at the instant they were asked for', async () => {
    const store = await filled(await newDirectory())
    const making = store.backups.create('manual')
    await store.accounts.remove('a')
    const backup = await store.backups.open((await making).id)
    assert.deepEqual(
      store.configurationOf(backup).accounts.map(({ id }) => id),
      ['a'],
    )
    backup.database.close()
  })

  it('are listed newest first, and the oldest of a kind go, whatever there is of the others', async () => {
    let now = Date.UTC(2026, 0, 1)
    const directory = await newDirectory()
    const store = await filled(directory, () => now)
    const manual = await store.backups.create('manual')
    const made: string[] = []
    for (let turn = 0; turn < backupsKept.daily + 3; turn++) {
      now += day
      made.unshift((await store.backups.create('daily')).id)
    }
    const listed = await store.backups.list()
    assert.deepEqual(
      listed.map(({ id }) => id),
      [...made.slice(0, backupsKept.daily), manual.id],
    )
    assert.ok(listed.every(({ bytes }) => bytes > 1000))
  })

  it('keep the one just made when the clock was set back', async () => {
    let now = Date.UTC(2026, 0, 20)
    const store = await filled(await newDirectory(), () => now)
    for (let turn = 0; turn < backupsKept.daily; turn++) {
      await store.backups.create('daily')
      now += day
    }
    now = Date.UTC(2020, 0, 1)
    const { id } = await store.backups.create('daily')
    assert.ok((await store.backups.list()).some((file) => file.id === id))
  })

  it('get names of their own within one millisecond', async () => {
    const store = await filled(await newDirectory(), () => 1_700_000_000_000)
    const made = await Promise.all([1, 2, 3].map(() => store.backups.create('manual')))
    assert.equal(new Set(made.map(({ id }) => id)).size, 3)
    assert.equal((await store.backups.list()).length, 3)
  })

  it('are refused wherever a byte is wrong, or when bytes are missing', async () => {
    const directory = await newDirectory()
    const store = await filled(directory)
    const { id } = await store.backups.create('manual')
    const path = join(directory, 'backups', `${id}.sqlite`)
    const whole = await readFile(path)
    for (const at of [0, 20, 100, Math.floor(whole.length / 2), whole.length - 1]) {
      const bytes = Buffer.from(whole)
      bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at)
      await writeFile(path, bytes)
      assert.match(await refusal(store.backups.open(id)), /damaged/, `byte ${at}`)
    }
    for (const length of [0, 10, whole.length - 1]) {
      await writeFile(path, whole.subarray(0, length))
      assert.match(await refusal(store.backups.open(id)), /damaged/, `${length} bytes`)
    }
    await writeFile(path, whole)
    ;(await store.backups.open(id)).database.close()
  })

  it('are refused when they are of a newer version', async () => {
    const directory = await newDirectory()
    const newer = await open(directory, { schema: [...schemaSteps, ['CREATE TABLE later (id TEXT)']] })
    const { id } = await newer.backups.create('manual')
    await newer.close()
    const bytes = await readFile(join(directory, 'backups', `${id}.sqlite`))
    const other = await newDirectory()
    const store = await open(other)
    await store.backups.create('manual')
    await writeFile(join(other, 'backups', `${id}.sqlite`), bytes)
    assert.match(await refusal(store.backups.open(id)), /newer version/)
  })

  it('are read by their own names only', async () => {
    const store = await filled(await newDirectory())
    for (const id of ['../omniroute-0', 'backup-x-manual', '', 'backup-2026-01-01T00-00-00-000Z-other']) {
      assert.match(await refusal(store.backups.open(id)), /no such backup/)
    }
    assert.match(await refusal(store.backups.open('backup-2026-01-01T00-00-00-000Z-manual')), /cannot be read/)
  })

  it('are made before a migration, of the state before it, and opened at the schema of today', async () => {
    const directory = await newDirectory()
    const old = await open(directory, { schema: schemaSteps.slice(0, 1) })
    await old.accounts.put(account('a'))
    await old.close()
    const store = await open(directory)
    const [file, ...more] = await store.backups.list()
    assert.ok(file && more.length === 0)
    assert.equal(file.kind, 'migration')
    const backup = await store.backups.open(file.id)
    assert.equal(backup.schemaVersion, 1)
    assert.equal(backup.database.schemaVersion, schemaSteps.length)
    assert.equal(store.configurationOf(backup).accounts.length, 1)
    backup.database.close()
  })

  it('are not made before the very first schema', async () => {
    const directory = await newDirectory()
    await open(directory)
    assert.equal((await fileNames(directory)).includes('backups'), false)
  })

  it('clean up after a crash in the middle of one', async () => {
    const directory = await newDirectory()
    const store = await filled(directory)
    await store.backups.create('manual')
    const half = 'backup-2026-01-01T00-00-00-000Z-daily.sqlite.new'
    await writeFile(join(directory, 'backups', half), 'half')
    await store.backups.create('manual')
    assert.equal((await fileNames(join(directory, 'backups'))).includes(half), false)
  })
})

describe('changing many records at once', () => {
  afterEach(cleanUp)

  it('takes effect at once, is read back after a restart, and leaves what it does not name', async () => {
    const directory = await newDirectory()
    const store = await filled(directory)
    await store.models.replaceLive('a', [{ id: 'live', limits: {}, capabilities: {} }])
    store.keys.findByHash('x')
    const done = store.change({
      accounts: { put: [account('b')] },
      combos: { put: [combo('d', 'other')], remove: ['c'] },
      keys: { put: [key('l', 'another-hash')] },
      models: [{ accountId: 'a', source: 'user', models: [{ id: 'new', limits: {}, capabilities: {} }] }],
      routing: { aliases: [] },
    })
    assert.equal(store.keys.findByHash('another-hash')?.id, 'l')
    await done
    const after = store.configuration()
    assert.deepEqual(
      [after.accounts, after.combos, after.keys, after.models].map((list) => list.length),
      [2, 1, 2, 2],
    )
    assert.deepEqual(after.routing, { aliases: [] })
    await store.close()
    assert.deepEqual((await open(directory)).configuration(), after)
  })

  it('takes an account away with its models', async () => {
    const store = await filled(await newDirectory())
    await store.change({ accounts: { remove: ['a'] } })
    assert.deepEqual(store.configuration().models, [])
  })
})
