// Kills a process that restores without pause, 40 times with SIGKILL at a random instant: afterwards the one state or the other is
// there, whole, and every backup that has its name can be opened.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { cleanUp, newDirectory, open, wasmPath } from './workspace.ts'

const kills = 40
const source = fileURLToPath(new URL('./restore-writer.ts', import.meta.url))

/** The swaps it had told of when it was killed. */
function liveAndDie(writer: string, directory: string): Promise<{ said: string[]; signal: NodeJS.Signals | null }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [writer, directory, wasmPath], { stdio: ['ignore', 'pipe', 'inherit'] })
    let said = ''
    let doomed = false
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text
      if (doomed) return
      doomed = true
      setTimeout(() => child.kill('SIGKILL'), Math.random() * 150)
    })
    child.on('error', reject)
    child.on('close', (_, signal) => resolve({ said: said.split('\n').slice(0, -1), signal }))
  })
}

describe('restoring under kill -9', function () {
  this.timeout(300_000)
  afterEach(cleanUp)

  it(`leaves one whole state after each of ${kills} kills`, async () => {
    const writer = join(await newDirectory(), 'writer.cjs')
    await build({
      entryPoints: [source],
      outfile: writer,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      logLevel: 'error',
    })
    const directory = await newDirectory()
    let swaps = 0
    for (let kill = 0; kill < kills; kill++) {
      const { said, signal } = await liveAndDie(writer, directory)
      assert.equal(signal, 'SIGKILL')
      swaps += said.length - 1
      const store = await open(directory)
      assert.equal(store.notice, undefined)
      const { accounts, combos, models, routing } = store.configuration()
      const side = accounts[0]?.id.split('-')[0] ?? ''
      // What was told is there; the swap after it may be, too.
      assert.ok(['left', 'right'].includes(side))
      for (const list of [accounts, combos]) {
        assert.equal(list.length, 50)
        assert.ok(list.every(({ id }) => id.startsWith(`${side}-`)))
      }
      assert.equal(models.length, 50)
      assert.ok(models.every(({ id }) => id === side))
      assert.deepEqual(routing, { aliases: [{ pattern: 'side', target: side }] })
      for (const { id } of await store.backups.list()) {
        const backup = await store.backups.open(id)
        assert.equal(store.configurationOf(backup).accounts.length, 50, id)
        backup.database.close()
      }
      await store.close()
    }
    // How many fit into a life is the machine's affair; that some were under way when it ended is the test's.
    assert.ok(swaps >= 5, `only ${swaps} restores were done`)
  })
})
