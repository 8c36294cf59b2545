// Damaged, missing and foreign files: the store opens all the same, says in plain words what became of the data, and keeps the
// damaged files.
import assert from 'node:assert/strict'
import { mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openStore, type Store } from '../../src/store/store.ts'
import { cleanUp, fileNames, newDirectory, open, recordingLog, silentLog, until, wasmPath } from './workspace.ts'

/** Compacts as soon as anything was written. */
const eager = { minimumBytes: 0, ratio: 0, delayMs: 0 }

/** A folder with two generations on disk: `first` was put before the newest snapshot, `second` after it. */
async function twoGenerations(): Promise<string> {
  const directory = await newDirectory()
  const writer = await open(directory, { compaction: eager })
  await writer.settings.put('zeroth', 0)
  await until('a first snapshot', async () => (await fileNames(directory)).includes('omniroute-1.sqlite'))
  await writer.settings.put('first', 1)
  await until('a second snapshot', async () => {
    const names = await fileNames(directory)
    return names.includes('omniroute-2.sqlite') && !names.includes('omniroute-0.journal')
  })
  await writer.close()
  const later = await open(directory)
  await later.settings.put('second', 2)
  await later.settings.put('third', 3)
  await later.close()
  return directory
}

const stored = (store: Store): unknown[] => ['zeroth', 'first', 'second', 'third'].map((key) => store.settings.get(key))

async function damagedNames(directory: string): Promise<string[]> {
  const names = await fileNames(directory)
  return names.filter((name) => name.startsWith('damaged-')).map((name) => name.replace(/^damaged-[\dTZ-]+?Z-/, ''))
}

describe('store with damaged files', () => {
  afterEach(cleanUp)

  const garbage: [string, (path: string) => Promise<void>][] = [
    ['cut short', (path) => truncate(path, 5000)],
    ['empty', (path) => truncate(path, 0)],
    ['foreign', (path) => writeFile(path, Buffer.from('%PDF-1.7 not a database at all'.repeat(500)))],
    ['random', (path) => writeFile(path, Buffer.alloc(20_000, 0xa5))],
  ]
  for (const [what, spoil] of garbage) {
    it(`restores everything when the newest snapshot is ${what}`, async () => {
      const directory = await twoGenerations()
      await spoil(join(directory, 'omniroute-2.sqlite'))
      const log = recordingLog()
      const store = await open(directory, { log })
      assert.deepEqual(stored(store), [0, 1, 2, 3])
      assert.match(store.notice ?? '', /damaged in part, but everything in it could be restored/)
      assert.deepEqual(log.lines, [store.notice])
      assert.deepEqual(await damagedNames(directory), ['omniroute-2.sqlite'])
      await store.settings.put('first', 'again')
      await store.close()
      const again = await open(directory)
      assert.equal(again.notice, undefined)
      assert.deepEqual(stored(again), [0, 'again', 2, 3])
    })

    it(`goes back to the newest snapshot when the journal is ${what}`, async () => {
      const directory = await twoGenerations()
      const journal = join(directory, 'omniroute-2.journal')
      await spoil(journal)
      if (what === 'cut short') await truncate(journal, 7)
      const store = await open(directory)
      assert.deepEqual(stored(store), [0, 1, undefined, undefined])
      assert.match(store.notice ?? '', /back at the last state that could be restored/)
      assert.deepEqual(await damagedNames(directory), ['omniroute-2.journal'])
      const [kept] = (await fileNames(directory)).filter((name) => name.startsWith('damaged-'))
      assert.ok(kept && store.notice?.includes(kept) && store.notice.includes(directory))
    })
  }

  it('keeps what stands before the damage within a journal', async () => {
    const directory = await twoGenerations()
    const journal = join(directory, 'omniroute-2.journal')
    const bytes = await readFile(journal)
    const place = bytes.lastIndexOf('third')
    bytes[place] = 'T'.charCodeAt(0)
    await writeFile(journal, bytes)
    const store = await open(directory)
    assert.deepEqual(stored(store), [0, 1, 2, undefined])
    assert.match(store.notice ?? '', /changes made after it are missing/)
  })

  it('says so when the journal of the newest snapshot is missing', async () => {
    const directory = await twoGenerations()
    await rm(join(directory, 'omniroute-2.journal'))
    const store = await open(directory)
    assert.deepEqual(stored(store), [0, 1, undefined, undefined])
    assert.match(store.notice ?? '', /changes made after it are missing/)
  })

  it('restores everything from the previous snapshot when the newest is missing', async () => {
    const directory = await twoGenerations()
    await rm(join(directory, 'omniroute-2.sqlite'))
    assert.deepEqual(stored(await open(directory)), [0, 1, 2, 3])
  })

  it('starts with nothing stored, and says so, when no snapshot is left', async () => {
    const directory = await twoGenerations()
    for (const generation of [1, 2]) await writeFile(join(directory, `omniroute-${generation}.sqlite`), 'gone')
    const store = await open(directory)
    assert.deepEqual(stored(store), [undefined, undefined, undefined, undefined])
    assert.match(store.notice ?? '', /could not be read, so OmniRoute starts with nothing stored/)
    assert.equal((await damagedNames(directory)).length, 4)
    await store.settings.put('first', 'new')
    await store.close()
    assert.equal((await open(directory)).settings.get('first'), 'new')
  })

  it('loses nothing when both the newest snapshot and the tail of its journal are hit', async () => {
    const directory = await twoGenerations()
    await truncate(join(directory, 'omniroute-2.sqlite'), 100)
    const journal = join(directory, 'omniroute-2.journal')
    await truncate(journal, (await readFile(journal)).length - 1)
    const store = await open(directory)
    assert.deepEqual(stored(store), [0, 1, 2, undefined])
    assert.match(store.notice ?? '', /everything in it could be restored/)
  })

  it('ignores files that are not its own', async () => {
    const directory = await twoGenerations()
    for (const name of ['notes.txt', 'omniroute-7.sqlite.bak', 'omniroute-01.journal', 'xomniroute-9.sqlite']) {
      await writeFile(join(directory, name), 'mine')
    }
    const store = await open(directory)
    assert.equal(store.notice, undefined)
    assert.deepEqual(stored(store), [0, 1, 2, 3])
  })

  it('says that the folder cannot be used when a file stands in its place', async () => {
    const path = join(await newDirectory(), 'data')
    await writeFile(path, 'a file')
    await assert.rejects(
      openStore({ directory: path, wasmPath, log: silentLog }),
      /folder of the stored data cannot be used/,
    )
  })

  it('takes no file for damaged that it merely cannot read', async () => {
    const directory = await twoGenerations()
    await rm(join(directory, 'omniroute-2.sqlite'))
    await mkdir(join(directory, 'omniroute-2.sqlite'))
    await assert.rejects(open(directory), /folder of the stored data cannot be used/)
    assert.deepEqual(await damagedNames(directory), [])
  })
})
