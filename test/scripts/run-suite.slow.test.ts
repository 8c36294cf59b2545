// How `npm test` counts: nothing that went wrong may look like a success.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

interface Suite {
  readonly name: string
  readonly limit: number
  readonly files?: readonly string[]
  readonly commands?: readonly (readonly string[])[]
}
interface Result {
  readonly passed: number
  readonly failed: number
  readonly failures: readonly string[]
  readonly output: string
}

const script = pathToFileURL(path.resolve(import.meta.dirname, '../../scripts/test/run-suite.mjs')).href

describe('runSuite', function () {
  this.timeout(30_000)
  const folder = mkdtempSync(path.join(tmpdir(), 'omniroute-suite-'))
  let runSuite: (suite: Suite, environment: Record<string, string>) => Promise<Result>

  before(async () => {
    runSuite = (await import(script)).runSuite
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  it('counts what passed and what failed, and shows the failure', async () => {
    const { passed, failed, failures, output } = await mocha(
      "it('a', () => {}); it('b', () => { throw new Error('because\\nof this') })",
    )
    assert.deepEqual({ passed, failed, failures }, { passed: 1, failed: 1, failures: ['b: because'] })
    assert.match(output, /of this/)
  })

  it('counts a skipped test as failed', async () => {
    const { passed, failed, failures, output } = await mocha("it('a', () => {}); it.skip('left out', () => {})")
    assert.deepEqual({ passed, failed, failures }, { passed: 1, failed: 1, failures: ['left out: skipped'] })
    assert.match(output, /skipped, which counts as failed: left out/)
  })

  it('shows what was wrong with the first try of a test that fails twice in different ways', async () => {
    const source = "let tries = 0; it('a', () => { throw new Error('reason ' + ++tries) }).retries(1)"
    const { failures, output } = await mocha(source)
    assert.deepEqual(failures, ['a: reason 2'])
    assert.match(output, /tried again: a\nError: reason 1/)
  })

  it('counts a file that does not load as failed', async () => {
    const { passed, failed } = await mocha("throw new Error('at load')")
    assert.deepEqual({ passed, failed }, { passed: 0, failed: 1 })
  })

  it('counts a process that dies in the middle as failed', async () => {
    const { failed, output } = await mocha("it('a', () => {}); it('b', () => process.exit(0))")
    assert.equal(failed, 1)
    assert.match(output, /No test ran/)
  })

  it('ends a run that hangs, with what it has started, and counts it as failed', async () => {
    const source = `
      const { spawn } = require('node:child_process')
      it('a', (done) => {
        const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
        require('node:fs').writeFileSync(process.env.PID_FILE, String(child.pid))
        void done
      }).timeout(0)`
    const pidFile = path.join(folder, 'pid')
    const { failed, output } = await mocha(source, { limit: 4_000, environment: { PID_FILE: pidFile } })
    assert.equal(failed, 1)
    assert.match(output, /Stopped after/)
    const pid = Number(readFileSync(pidFile, 'utf8'))
    await gone(pid)
  })

  it('fails a suite without tests', async () => {
    assert.equal((await runSuite({ name: 'empty', limit: 1_000, files: [] }, {})).failed, 1)
    assert.equal((await mocha('')).failed, 1)
  })

  it('takes each command as one test', async () => {
    const commands = [
      ['good', '-e', ''],
      ['bad', '-e', "console.log('what it said'); process.exit(2)"],
    ]
    const { passed, failed, failures, output } = await runSuite({ name: 'commands', limit: 10_000, commands }, {})
    assert.deepEqual({ passed, failed, failures }, { passed: 1, failed: 1, failures: ['bad: ended with 2'] })
    assert.match(output, /bad failed:\nwhat it said/)
  })

  async function mocha(source: string, { limit = 20_000, environment = {} } = {}): Promise<Result> {
    const file = path.join(folder, 'example.test.cjs')
    writeFileSync(file, source)
    return runSuite({ name: 'example', limit, files: [file] }, environment)
  }
})

/** Waits until the process is no more; the test's own time-out is the bound. */
async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0)
    } catch {
      return
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
