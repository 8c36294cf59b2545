// The promises of snapshot and journal, for any history: a cut tail gives a state that was once acknowledged, every flipped byte
// is noticed, and a crash between any two steps of a compaction loses nothing.
import assert from 'node:assert/strict'
import { copyFile, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { defaultCompaction } from '../../src/store/compaction.ts'
import { type Database, loadSqlite, type Sqlite } from '../../src/store/database.ts'
import { journalName, listStoredFiles, snapshotName } from '../../src/store/disk.ts'
import { encodeFrame, journalHeader, journalHeaderBytes, scanJournal } from '../../src/store/frame.ts'
import { Persistence } from '../../src/store/persistence.ts'
import { type Recovered, recover } from '../../src/store/recovery.ts'
import { decodeFrameContent, encodeEntry, encodeFrameContent, jsonText, statement } from '../../src/store/statement.ts'
import { cleanUp, fileNames, newDirectory, silentLog, wasmPath } from './workspace.ts'

type Step = { readonly put: string; readonly value: string } | { readonly remove: string } | 'compact'

const someKey = fc.constantFrom('a', 'b', 'c')
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ put: someKey, value: fc.string({ unit: 'grapheme', maxLength: 12 }) }) },
  { weight: 2, arbitrary: fc.record({ remove: someKey }) },
  { weight: 1, arbitrary: fc.constant<Step>('compact') },
)
const history = fc.array(step, { minLength: 1, maxLength: 12 })

let sqlite: Sqlite

function dump(database: Database): string {
  if (database.all("SELECT 1 FROM sqlite_schema WHERE name = 'words'").length === 0) return 'empty'
  return JSON.stringify(database.all('SELECT id, hex(data) FROM words ORDER BY id'))
}

async function recoverFrom(directory: string): Promise<Recovered> {
  return recover(directory, await listStoredFiles(directory), sqlite)
}

async function withRecovered<T>(directory: string, look: (recovered: Recovered, state: string) => T): Promise<T> {
  const recovered = await recoverFrom(directory)
  try {
    return look(recovered, dump(recovered.database))
  } finally {
    recovered.database.close()
  }
}

/** Carries out a history, every step acknowledged before the next, and returns the states on the way. */
async function live(directory: string, steps: readonly Step[]): Promise<string[]> {
  const recovered = await recoverFrom(directory)
  const { database } = recovered
  const persistence = new Persistence(recovered, {
    directory,
    log: silentLog,
    openedAt: 0,
    compaction: defaultCompaction,
  })
  const states = [dump(database)]
  if (states[0] === 'empty') {
    await persistence.write([statement('CREATE TABLE words (id TEXT PRIMARY KEY, data BLOB)')])
    states.push(dump(database))
  }
  for (const one of steps) {
    if (one === 'compact') await persistence.compact()
    else if ('put' in one) {
      await persistence.write([
        statement('INSERT OR REPLACE INTO words VALUES (?, ?)', [one.put, jsonText([one.value])]),
      ])
    } else await persistence.write([statement('DELETE FROM words WHERE id = ?', [one.remove])])
    states.push(dump(database))
  }
  await persistence.close()
  database.close()
  return states
}

function flipped(whole: Buffer, place: number, flip: number): Buffer {
  const bytes = Buffer.from(whole)
  const offset = place % bytes.length
  bytes[offset] = (bytes[offset] ?? 0) ^ flip
  return bytes
}

async function copyOf(directory: string): Promise<string> {
  const copy = await newDirectory()
  for (const name of await fileNames(directory)) await copyFile(join(directory, name), join(copy, name))
  return copy
}

describe('journal', function () {
  this.timeout(60_000)
  before(async () => {
    sqlite = await loadSqlite(wasmPath)
  })
  afterEach(cleanUp)

  it('recovers the last state of any history, over restarts and compactions', async () => {
    await fc.assert(
      fc.asyncProperty(history, history, async (before, after) => {
        const directory = await newDirectory()
        await live(directory, before)
        const states = await live(directory, after)
        await withRecovered(directory, (recovered, state) => {
          assert.equal(state, states.at(-1))
          assert.deepEqual([recovered.lost, recovered.damaged], [false, []])
        })
      }),
      { numRuns: 15 },
    )
  })

  it('reads whole frames up to the cut, wherever the tail is cut', () => {
    const texts = fc.array(fc.string({ unit: 'binary', maxLength: 20 }), { maxLength: 6 })
    fc.assert(
      fc.property(texts, fc.nat(9), (payloads, generation) => {
        const frames = payloads.map((text, index) => encodeFrame(text, index, generation))
        const whole = Buffer.concat([journalHeader(generation), ...frames])
        for (let size = journalHeaderBytes; size <= whole.length; size++) {
          const scan = scanJournal(whole.subarray(0, size), generation)
          const end = scan.frames.at(-1)?.end ?? journalHeaderBytes
          const cutFrame = frames[scan.frames.length]
          assert.deepEqual(
            scan.frames.map(({ text }) => Buffer.from(text)),
            payloads.slice(0, scan.frames.length).map((text) => Buffer.from(text)),
          )
          assert.equal(scan.ending, end === size ? 'clean' : 'torn')
          assert.ok(cutFrame === undefined ? size === whole.length : size < end + cutFrame.length)
        }
      }),
    )
  })

  it('comes back to acknowledged states, later cuts to later ones, when the tail is cut', async () => {
    const cuts = fc.array(fc.nat(), { minLength: 12, maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(history, cuts, async (steps, places) => {
        const directory = await newDirectory()
        const states = await live(directory, steps)
        const { generation } = await withRecovered(directory, (recovered) => recovered)
        const journal = join(directory, journalName(generation))
        const whole = await readFile(journal)
        let latest = states.length - 1
        for (const size of [0, ...places.map((place) => place % (whole.length + 1))].sort((a, b) => b - a)) {
          await truncate(journal, size)
          await withRecovered(directory, (recovered, state) => {
            while (latest >= 0 && states[latest] !== state) latest -= 1
            assert.ok(latest >= 0, `cut to ${size} bytes gives a state that never was: ${state}`)
            assert.equal(recovered.lost, size < journalHeaderBytes)
          })
        }
      }),
      { numRuns: 15 },
    )
  })

  it('goes on after a torn tail as if the torn write had never been', async () => {
    await fc.assert(
      fc.asyncProperty(history, history, fc.nat(), async (before, after, cut) => {
        const directory = await newDirectory()
        await live(directory, before)
        const { generation } = await withRecovered(directory, (recovered) => recovered)
        const journal = join(directory, journalName(generation))
        const whole = await readFile(journal)
        await truncate(journal, journalHeaderBytes + (cut % (whole.length - journalHeaderBytes + 1)))
        const states = await live(directory, after)
        await withRecovered(directory, (recovered, state) => {
          assert.equal(state, states.at(-1))
          assert.equal(recovered.lost, false)
        })
      }),
      { numRuns: 12 },
    )
  })

  it('notices any flipped byte of the journal, and gives back a state from before it', async () => {
    const flips = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { minLength: 20, maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(history, flips, async (steps, places) => {
        const directory = await newDirectory()
        const states = await live(directory, steps)
        const { generation } = await withRecovered(directory, (recovered) => recovered)
        const name = journalName(generation)
        const whole = await readFile(join(directory, name))
        for (const [place, flip] of places) {
          await writeFile(join(directory, name), flipped(whole, place, flip))
          await withRecovered(directory, (recovered, state) => {
            assert.deepEqual(recovered.damaged, [name])
            assert.ok(states.includes(state))
            if (state !== states.at(-1)) assert.ok(recovered.lost)
          })
        }
      }),
      { numRuns: 15 },
    )
  })

  it('starts a new generation from what it recovered of a damaged journal', async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.nat(), async (steps, place) => {
        const directory = await newDirectory()
        await live(directory, steps)
        const { generation } = await withRecovered(directory, (recovered) => recovered)
        const path = join(directory, journalName(generation))
        await writeFile(path, flipped(await readFile(path), place, 0x40))
        const states = await live(directory, [{ put: 'a', value: 'after' }])
        await withRecovered(directory, (recovered, state) => {
          assert.equal(state, states.at(-1))
          assert.deepEqual([recovered.lost, recovered.damaged], [false, []])
        })
      }),
      { numRuns: 12 },
    )
  })

  it('loses nothing to a flipped byte anywhere in the newest snapshot', async () => {
    await fc.assert(
      fc.asyncProperty(history, history, fc.nat(), async (before, after, place) => {
        const directory = await newDirectory()
        await live(directory, [...before, 'compact'])
        const states = await live(directory, after)
        const { base } = await withRecovered(directory, (recovered) => recovered)
        const name = snapshotName(base)
        const path = join(directory, name)
        await writeFile(path, flipped(await readFile(path), place, 0x10))
        await withRecovered(directory, (recovered, state) => {
          assert.equal(state, states.at(-1))
          assert.deepEqual([recovered.lost, recovered.damaged], [false, [name]])
        })
      }),
      { numRuns: 20 },
    )
  })

  it('recovers from a crash between any two steps of a compaction', async () => {
    const directory = await newDirectory()
    const states = await live(directory, [{ put: 'a', value: '1' }, 'compact', { put: 'b', value: '2' }, 'compact'])
    assert.deepEqual(await fileNames(directory), [
      'omniroute-1.journal',
      'omniroute-1.sqlite',
      'omniroute-2.journal',
      'omniroute-2.sqlite',
    ])
    // Before the snapshot was in place, and before the new journal was.
    for (const missing of [['omniroute-2.sqlite'], ['omniroute-2.sqlite', 'omniroute-2.journal']]) {
      const crashed = await copyOf(directory)
      for (const name of missing) await rm(join(crashed, name))
      await withRecovered(crashed, (recovered, state) => {
        assert.equal(state, states.at(-1))
        assert.deepEqual([recovered.lost, recovered.damaged, recovered.generation], [false, [], 2])
      })
      const later = await live(crashed, [{ put: 'c', value: '3' }, 'compact', { put: 'd', value: '4' }])
      await withRecovered(crashed, (recovered, state) => {
        assert.equal(state, later.at(-1))
        assert.deepEqual([recovered.lost, recovered.base], [false, 3])
      })
    }
  })

  it('does not take a journal of another generation for its own', async () => {
    const bytes = Buffer.concat([journalHeader(3), encodeFrame('[]', 0, 3)])
    assert.deepEqual(scanJournal(bytes, 3).frames.length, 1)
    const other = scanJournal(bytes, 4)
    assert.deepEqual([other.frames.length, other.headerIntact, other.ending], [0, false, 'damaged'])
  })

  it('reads zeros after the last frame, as a power cut leaves them, as a torn tail', () => {
    const bytes = Buffer.concat([journalHeader(0), encodeFrame('[]', 0, 0), Buffer.alloc(500)])
    const scan = scanJournal(bytes, 0)
    assert.deepEqual([scan.frames.length, scan.ending], [1, 'torn'])
  })

  it('writes parameters of every kind so that they read back the same', () => {
    const scalar = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constant(null),
    )
    const parameter = fc.oneof(
      scalar,
      fc.jsonValue().map((value) => jsonText([value])),
    )
    fc.assert(
      fc.property(fc.array(fc.array(parameter)), fc.option(fc.nat()), (rows, next) => {
        const entry = [statement('SELECT "ä"', ...rows)]
        const text = encodeFrameContent([encodeEntry(entry)], next ?? undefined)
        const content = decodeFrameContent(text)
        assert.equal(content.next, next ?? undefined)
        assert.deepEqual(JSON.stringify(content.entries), JSON.stringify([entry]))
      }),
    )
  })
})
