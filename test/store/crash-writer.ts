// The victim of crash.slow.test.ts: writes without pause, compacting all the time, and says on standard output which writes were
// acknowledged. Takes the folder, the path of the database engine and a name for this life. Runs bundled, as the product does.
import { writeSync } from 'node:fs'
import { unknownUsage } from '../../src/core/usage.ts'
import { openStore, type Store } from '../../src/store/store.ts'

const [directory = '', wasmPath = '', life = ''] = process.argv.slice(2)
const log = { debug: ignore, info: ignore, warn: ignore, error: ignore }

function ignore(): undefined {
  return undefined
}

/** Bounded, in case nobody comes to kill it. */
async function keepWriting(store: Store, writer: number): Promise<void> {
  for (let turn = 0; turn < 3000; turn++) {
    const id = `${life}-${writer}-${turn}`
    await store.combos.put({ id, name: id, strategy: 'ordered', members: [{ model: 'groq/llama' }], enabled: true })
    writeSync(1, `put ${id}\n`)
    if (turn % 3 === 2) {
      const earlier = `${life}-${writer}-${turn - 1}`
      await store.combos.remove(earlier)
      writeSync(1, `removed ${earlier}\n`)
    }
    const model = 'groq/llama'
    const outcome = { stream: false, status: 200, usage: unknownUsage, totalMs: 1, trace: [], warnings: [] }
    const cost = { usd: 0.25, source: 'user' } as const
    store.requests.add({ id, at: Date.now(), client: 'test', wire: 'openai-chat', modelAsked: model, cost, ...outcome })
    store.state.put('quota', { turn, again: turn })
    if (turn % 5 === 0) {
      // Reading has the rows written, so that kills fall between rows as well.
      store.requests.page({ limit: 1 })
      await store.settings.put(`turn.${writer}`, turn)
      writeSync(1, `set ${writer} ${turn}\n`)
    }
  }
}

async function main(): Promise<void> {
  const compaction = { minimumBytes: 100, ratio: 0, delayMs: 0 }
  const store = await openStore({ directory, wasmPath, log, compaction })
  store.requests.setCap(1_000_000)
  for (const writer of [0, 1, 2]) await store.settings.put(`turn.${writer}`, 0)
  writeSync(1, store.notice === undefined ? 'ready\n' : `notice ${store.notice}\n`)
  // Several writers, so that frames hold more than one write.
  await Promise.all([0, 1, 2].map((writer) => keepWriting(store, writer)))
}

void main()
