// Kills a writing process 200 times with SIGKILL, each time at a random instant, and opens what it left: every write that was
// acknowledged is there again, every acknowledged removal has stayed, the roll-ups say what the rows say, and nothing counts as
// damaged.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Store } from '../../src/store/store.ts'
import { cleanUp, fileNames, newDirectory, open, wasmPath } from './workspace.ts'

const writerSource = fileURLToPath(new URL('./crash-writer.ts', import.meta.url))
const kills = 200
const lanes = 2

interface Life {
  readonly words: readonly string[]
  readonly signal: NodeJS.Signals | null
}

/** Bundled once, since most of a short life would otherwise go into loading it. */
async function bundledWriter(): Promise<string> {
  const outfile = join(await newDirectory(), 'writer.cjs')
  await build({
    entryPoints: [writerSource],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
  })
  return outfile
}

/** Runs one writer until it is killed: every fourth while it is just beginning, the others after an acknowledgement. */
function liveAndDie(writer: string, directory: string, name: string): Promise<Life> {
  const sign = Math.random() < 0.25 ? 'ready' : 'put'
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [writer, directory, wasmPath, name], { stdio: ['ignore', 'pipe', 'inherit'] })
    let said = ''
    let doomed = false
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text
      if (doomed || !said.includes(sign)) return
      doomed = true
      setTimeout(() => child.kill('SIGKILL'), Math.random() * 50)
    })
    child.on('error', reject)
    // What follows the last line break was cut off in the pipe.
    child.on('close', (_, signal) => resolve({ words: said.split('\n').slice(0, -1), signal }))
  })
}

/** Acknowledged and not removed since, and acknowledged as removed. The writes under way at the kill may be either. */
function expectations(words: readonly string[]): { present: Set<string>; absent: Set<string> } {
  const absent = new Set(words.filter((word) => word.startsWith('removed ')).map((word) => word.slice(8)))
  const present = new Set(words.filter((word) => word.startsWith('put ')).map((word) => word.slice(4)))
  for (const id of absent) present.delete(id)
  return { present, absent }
}

/** The writer removes write n - 1 right after acknowledging write n, for every third n: that removal may have been under way. */
function mayBeGone(id: string, words: readonly string[]): boolean {
  const [life, lane, turn] = id.split('-')
  return Number(turn) % 3 === 1 && words.includes(`put ${life}-${lane}-${Number(turn) + 1}`)
}

function check(store: Store, words: readonly string[], known: Set<string>): void {
  assert.equal(store.notice, undefined)
  const found = new Set(store.combos.list().map(({ id }) => id))
  const { present, absent } = expectations(words)
  for (const id of present) assert.ok(found.has(id) || mayBeGone(id, words), `the acknowledged write ${id} is lost`)
  for (const id of absent) assert.ok(!found.has(id), `the removed ${id} came back`)
  for (const id of known) assert.ok(found.has(id), `${id} was there after an earlier crash and is lost`)
  for (const id of found) known.add(id)
  checkSettings(store, words)
  checkRollups(store)
}

/** A later value may have been under way. */
function checkSettings(store: Store, words: readonly string[]): void {
  for (const word of words) {
    const [, writer, turn] = /^set (\d) (\d+)$/.exec(word) ?? []
    if (writer === undefined) continue
    const stored = store.settings.get(`turn.${writer}`)
    assert.ok(typeof stored === 'number' && stored >= Number(turn), `${word}, but stored is ${stored}`)
  }
}

/** Nobody was told that these are safe, but what is there is whole and fits together. */
function checkRollups(store: Store): void {
  store.requests.setCap(1_000_000)
  const { total } = store.requests.page({ limit: 1 })
  const [sums] = store.rollups.query({ from: 0, by: [] })
  assert.deepEqual([sums?.requests ?? 0, sums?.usd ?? 0], [total, total * 0.25])
  const quota = store.state.get('quota') as { turn: number; again: number } | undefined
  assert.equal(quota?.turn, quota?.again)
}

describe('store under kill -9', function () {
  this.timeout(600_000)
  afterEach(cleanUp)

  it(`finds every acknowledged write after each of ${kills} kills`, async () => {
    const writer = await bundledWriter()
    let acknowledged = 0
    let rows = 0
    let generations = 0
    let duringCompaction = 0
    const lane = async (number: number): Promise<void> => {
      const directory = await newDirectory()
      const known = new Set<string>()
      for (let kill = 0; kill < kills / lanes; kill++) {
        const { words, signal } = await liveAndDie(writer, directory, `${number}.${kill}`)
        assert.equal(signal, 'SIGKILL', `the writer ended by itself: ${words.at(-1)}`)
        assert.equal(words[0], 'ready')
        acknowledged += words.length - 1
        const names = await fileNames(directory)
        const newest = (kind: string): number =>
          Math.max(0, ...names.filter((name) => name.endsWith(kind)).map((name) => Number(/\d+/.exec(name)?.[0])))
        if (names.some((name) => name.endsWith('.new')) || newest('.journal') > newest('.sqlite')) duringCompaction += 1
        const store = await open(directory)
        check(store, words, known)
        rows = Math.max(rows, store.requests.page({ limit: 1 }).total)
        await store.close()
        generations = Math.max(generations, newest('.journal'))
      }
    }
    await Promise.all(Array.from({ length: lanes }, (_, number) => lane(number)))
    assert.ok(rows > kills, `only ${rows} rows of the request log survived`)
    assert.ok(acknowledged > kills, `only ${acknowledged} writes were acknowledged`)
    assert.ok(
      duringCompaction > 10,
      `only ${duringCompaction} kills fell into a compaction (${generations} generations)`,
    )
  })
})
