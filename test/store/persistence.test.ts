// What happens to writes when the disk refuses, and when compaction runs beside them.
import assert from 'node:assert/strict'
import { type FileHandle, open as openFile, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Database, loadSqlite } from '../../src/store/database.ts'
import { cleanUp, fileNames, newDirectory, open, record, recordingLog, until, wasmPath } from './workspace.ts'

const eager = { minimumBytes: 0, ratio: 0, delayMs: 0 }
let restoreDisk: () => void = () => undefined

/** Lets every sync of file contents fail as a full disk does, until `restoreDisk`. */
async function fillDisk(): Promise<void> {
  const handle = await openFile(wasmPath)
  const prototype: Pick<FileHandle, 'datasync' | 'sync'> = Object.getPrototypeOf(handle)
  await handle.close()
  const { datasync, sync } = prototype
  const full = async (): Promise<void> => {
    throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
  }
  Object.assign(prototype, { datasync: full, sync: full })
  restoreDisk = () => Object.assign(prototype, { datasync, sync })
}

describe('persistence', () => {
  afterEach(async () => {
    restoreDisk()
    await cleanUp()
  })

  it('rejects writes while the disk is full, keeps them in memory, and makes them durable with the next write', async () => {
    const directory = await newDirectory()
    const log = recordingLog()
    const store = await open(directory, { log })
    await store.settings.put('before', 1)
    await fillDisk()
    await assert.rejects(store.settings.put('during', 2), /could not be written to disk; check the free space/)
    await assert.rejects(store.settings.put('during', 3), /could not be written to disk/)
    await assert.rejects(store.flush(), /could not be written to disk/)
    assert.equal(store.settings.get('during'), 3)
    assert.equal(log.lines.length, 1, 'one line in the log for the whole time')
    restoreDisk()
    await store.settings.put('after', 4)
    assert.match(log.lines[1] ?? '', /can be written to disk again/)
    await store.close()
    const again = await open(directory)
    assert.equal(again.notice, undefined)
    assert.deepEqual(
      ['before', 'during', 'after'].map((key) => again.settings.get(key)),
      [1, 3, 4],
    )
  })

  it('makes up for refused writes with a flush', async () => {
    const directory = await newDirectory()
    const store = await open(directory)
    await fillDisk()
    await assert.rejects(store.settings.put('during', 2))
    restoreDisk()
    await store.flush()
    await store.close()
    assert.equal((await open(directory)).settings.get('during'), 2)
  })

  it('gives up a journal for a new snapshot when refused writes grow beyond what memory should hold', async () => {
    const directory = await newDirectory()
    const store = await open(directory)
    await store.settings.put('before', 1)
    await fillDisk()
    await assert.rejects(store.settings.put('large', 'x'.repeat(5_000_000)))
    restoreDisk()
    await store.settings.put('after', 2)
    assert.ok((await fileNames(directory)).includes('omniroute-1.sqlite'))
    await store.close()
    const again = await open(directory)
    assert.deepEqual([again.settings.get('before'), again.settings.get('after')], [1, 2])
    assert.equal(String(again.settings.get('large')).length, 5_000_000)
  })

  it('stays responsive when a compaction is asked for while nothing can be written', async () => {
    const directory = await newDirectory()
    const store = await open(directory, { compaction: { delayMs: 0 } })
    await fillDisk()
    await assert.rejects(store.settings.put('large', 'x'.repeat(5_000_000)))
    await assert.rejects(store.settings.put('after', 2))
    await assert.rejects(store.requests.clear())
    await new Promise((resolve) => setTimeout(resolve, 50))
    assert.equal(store.settings.get('after'), 2)
  })

  it('writes everything anew when its files are deleted while it runs', async () => {
    const directory = await newDirectory()
    const store = await open(directory)
    await store.settings.put('a', 1)
    await fillDisk()
    await assert.rejects(store.settings.put('b', 2))
    restoreDisk()
    await rm(directory, { recursive: true })
    await store.settings.put('c', 3)
    await store.close()
    const again = await open(directory)
    assert.equal(again.notice, undefined)
    assert.deepEqual(
      ['a', 'b', 'c'].map((key) => again.settings.get(key)),
      [1, 2, 3],
    )
  })

  it('goes on without a compaction when the disk is full, and loses nothing', async () => {
    const directory = await newDirectory()
    const log = recordingLog()
    const store = await open(directory, { compaction: eager, log })
    store.settings.put('a', 1).catch(() => undefined)
    await fillDisk()
    await until('a refusal', () => log.lines.length > 0)
    restoreDisk()
    await store.settings.put('b', 2)
    await store.close()
    const again = await open(directory)
    assert.deepEqual([again.settings.get('a'), again.settings.get('b')], [1, 2])
  })

  it('keeps two generations, however often it compacts, while writes go on', async () => {
    const directory = await newDirectory()
    const store = await open(directory, { compaction: eager })
    for (let round = 0; round < 60; round++) {
      store.requests.add(record(`r${round}`))
      await store.settings.put(`key${round}`, round)
    }
    await store.close()
    const names = await fileNames(directory)
    const newest = Math.max(...names.map((name) => Number(/\d+/.exec(name)?.[0])))
    assert.ok(newest > 3, `compacted to generation ${newest}`)
    assert.ok(names.length <= 6, names.join(' '))
    const again = await open(directory)
    assert.equal(again.notice, undefined)
    for (let round = 0; round < 60; round++) assert.equal(again.settings.get(`key${round}`), round)
    assert.equal(again.requests.page({ limit: 1 }).total, 60)
  })

  it('puts writes of one turn into one frame', async () => {
    const directory = await newDirectory()
    const store = await open(directory)
    await store.flush()
    const before = (await readFile(join(directory, 'omniroute-0.journal'))).length
    await Promise.all(Array.from({ length: 10 }, (_, index) => store.settings.put('same', index)))
    const bytes = (await readFile(join(directory, 'omniroute-0.journal'))).subarray(before)
    assert.equal(bytes.readUInt32LE(0) + 16, bytes.length)
  })

  it('gives the space of a cleared log back in the snapshot', async () => {
    const sqlite = await loadSqlite(wasmPath)
    const directory = await newDirectory()
    const store = await open(directory, { compaction: { delayMs: 0 } })
    for (let index = 0; index < 2000; index++) store.requests.add(record(`r${index}`, { client: 'x'.repeat(300) }))
    await store.flush()
    await store.requests.clear()
    await until('a snapshot', async () => (await fileNames(directory)).includes('omniroute-1.sqlite'))
    await store.close()
    const snapshot = await readFile(join(directory, 'omniroute-1.sqlite'))
    assert.ok(snapshot.length < 200_000, `${snapshot.length} bytes`)
    const database = new Database(sqlite, snapshot)
    assert.deepEqual(database.all('PRAGMA integrity_check'), [['ok']])
    database.close()
  })
})
