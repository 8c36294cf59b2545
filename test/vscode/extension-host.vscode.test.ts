// Runs the suite in suite/ inside the extension host of a real VS Code. Each of its tests is a test here.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { Test } from 'mocha'
import { freePort } from './free-port.ts'
import { runInHost, type SuiteResult } from './host/run-in-host.ts'
import { root } from './manifest.ts'

describe('in the extension host', function () {
  this.timeout(5 * 60_000)
  const lines: string[] = []
  let result: SuiteResult | undefined

  // Mocha takes tests that a `before` hook adds, so what ran over there can be reported one by one.
  before(async function () {
    result = await runInHost({
      suite: join(root, 'test/vscode/suite/index.ts'),
      host: { extensions: [root], settings: { 'omniroute.server.port': await freePort() } },
      timeout: 4 * 60_000,
      print: (line) => lines.push(line),
    })
    for (const line of lines) {
      const passed = /^\s+✔ (.*) \(\d+ ms\)$/.exec(line)?.[1]
      if (passed !== undefined) this.test?.parent?.addTest(new Test(passed, () => undefined))
    }
    for (const { title, message } of result.failures) {
      this.test?.parent?.addTest(new Test(title, () => assert.fail(message)))
    }
  })

  it('the suite runs, with nothing skipped', () => {
    const measured = lines.filter((line) => /^ {4}\S/.test(line) && /\d ms|reads:/.test(line) && !line.includes('✔'))
    process.stdout.write(`${measured.join('\n')}\n`)
    assert.ok(result !== undefined && result.passed > 20, lines.join('\n'))
    assert.equal(result.pending, 0)
  })
})
