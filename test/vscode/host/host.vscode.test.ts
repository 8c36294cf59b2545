// Proves the test host itself, with the probe extension: what it drives is a real VS Code, and what fails is reported.

import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createVSIX } from '@vscode/vsce'
import { coloursIn, openWorkbench } from './browser.ts'
import { buildProbe } from './bundle.ts'
import { cancelAnswer, enableChat, newChat, pickModel, sendChat, waitForAnswer } from './chat.ts'
import { runInHost, type SuiteResult } from './run-in-host.ts'
import { type Host, startHost } from './server.ts'
import { until } from './waiting.ts'
import type { Workbench } from './workbench.ts'

const suites = join(dirname(fileURLToPath(import.meta.url)), 'probe', 'suites')

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('the VS Code test host', function () {
  this.timeout(300_000)
  let folder: string
  let probe: string

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'probe-'))
    probe = await buildProbe(join(folder, 'probe'))
  })
  after(() => rm(folder, { recursive: true, force: true }))

  describe('with a suite inside the extension host', () => {
    const run = (name: string): Promise<SuiteResult> =>
      runInHost({
        suite: join(suites, `${name}.ts`),
        host: { extensions: [probe] },
        parameters: { PROBE_WORD: 'heliotrope' },
        timeout: 120_000,
        print: () => undefined,
      })

    it('counts and prints the tests that pass', async () => {
      const result = await run('passing')
      assert.deepEqual(result.failures, [])
      assert.equal(result.passed, 4)
      assert.match(result.lines.join('\n'), /VS Code 1\.\d+\.\d+ on Node \d+/)
      assert.equal(result.lines.at(-1), '4 passed, 0 failed')
    })

    it('tells failed tests, with their reasons, from passed ones', async () => {
      const result = await run('failing')
      assert.deepEqual([result.passed, result.failed], [1, 2])
      assert.deepEqual(
        result.failures.map(({ title }) => title),
        ['a suite with faults fails on an assertion', 'a suite with faults never ends'],
      )
      assert.match(result.failures[0]?.message ?? '', /what should be/)
      assert.match(result.failures[1]?.message ?? '', /Timeout of 300ms/)
    })

    it('reports an extension host that dies in the middle as a failure of the test that ran', async () => {
      const result = await run('dying')
      assert.equal(result.failed, 1)
      assert.equal(result.failures[0]?.title, 'a suite that dies kills its extension host')
      assert.match(result.failures[0]?.message ?? '', /extension host went away/)
    })
  })

  it('installs a packaged extension as a user has it', async () => {
    const vsix = join(folder, 'probe.vsix')
    await createVSIX({
      cwd: probe,
      packagePath: vsix,
      dependencies: false,
      allowMissingRepository: true,
      skipLicense: true,
    })
    const host = await startHost({ extensions: [vsix] })
    try {
      const window = await openWorkbench(host)
      await window.waitForStatusBar('Probe ready')
      assert.doesNotMatch(await window.page.title(), /Extension Development Host/)
    } finally {
      await host.stop()
    }
  })

  describe('with a window', () => {
    let host: Host
    let window: Workbench
    const noted = async (): Promise<string[]> =>
      (await readFile(join(host.home, 'probe.txt'), 'utf8')).trim().split('\n')
    const hosts = async (): Promise<number[]> =>
      (await noted()).filter((line) => line.startsWith('host ')).map((line) => Number(line.slice(5)))

    before(async () => {
      host = await startHost({ extensions: [probe] })
      window = await openWorkbench(host)
      await window.waitForStatusBar('Probe ready')
    })
    after(() => host?.stop())

    it('runs a command from the palette and reads the notification it shows', async () => {
      await window.runCommand('Probe: Say Hello')
      const notice = await window.waitForNotification('Hello from process')
      assert.equal(notice.severity, 'info')
      assert.deepEqual(notice.buttons, ['Thanks'])
      await window.answerNotification('Hello from process', 'Thanks')
      await window.until('the notification to go', async () => (await window.notifications()).length === 0)
    })

    it('answers quick picks and input boxes', async () => {
      await window.runCommand('Probe: Ask for a Word')
      await window.pick('loud')
      await window.answer('Which word', 'heliotrope')
      await window.waitForStatusBar('HELIOTROPE!')
    })

    it('reaches into a webview', async () => {
      await window.runCommand('Probe: Open Panel')
      const frame = await window.findWebviewFrame('#ping')
      await window.press('the ping button', frame.locator('#ping'))
      await window.until('the extension to answer the webview', async () =>
        (await frame.innerText('#answer')).startsWith('ping answered'),
      )
    })

    it('takes a picture that shows something', async () => {
      const { png } = await window.screenshot('host-probe')
      assert.ok((await coloursIn(host, png)) > 100)
    })

    it('lets Copilot Chat answer through the chosen model with nobody signed in', async () => {
      await enableChat(window)
      await sendChat(window, 'Please repeat [[the first word]].')
      assert.match(await waitForAnswer(window, '[[the first word]]'), /^Probe First was asked/)
      await newChat(window)
      await pickModel(window, 'Probe Second')
      await sendChat(window, 'Please repeat [[the second word]].')
      assert.match(await waitForAnswer(window, '[[the second word]]'), /^Probe Second was asked/)
      await window.screenshot('host-chat')
    })

    it('cancels an answer that would never end', async () => {
      await sendChat(window, 'Go on [[endless]]')
      await waitForAnswer(window, 'until you stop me')
      await cancelAnswer(window)
      await window.until('the model to learn of it', async () => (await noted()).includes('cancelled'))
    })

    it('keeps secrets over a reload', async () => {
      await window.runCommand('Probe: Remember a Secret')
      await window.waitForStatusBar('Secret kept')
      const [before] = await hosts()
      await window.reload()
      await window.waitForStatusBar('Probe ready')
      await window.runCommand('Probe: Recall the Secret')
      await window.waitForStatusBar('Secret heliotrope')
      assert.notEqual((await hosts()).at(-1), before)
    })

    it('gives a second window its own extension host, which ends when the window is closed', async () => {
      const first = (await hosts()).at(-1) ?? 0
      const second = await openWorkbench(host)
      await second.waitForStatusBar('Probe ready')
      const other = (await hosts()).at(-1) ?? 0
      assert.notEqual(other, first)
      assert.ok(isAlive(first) && isAlive(other))
      await second.close()
      await until('the extension host of the closed window to end', () => !isAlive(other))
      assert.ok(isAlive(first))
    })

    it('says what was on the screen when a wait is in vain', async () => {
      await assert.rejects(window.waitForStatusBar('no such words', { timeout: 500 }), (error: Error) => {
        assert.match(error.message, /Waited 0.5 s for no such words in the status bar/)
        assert.match(error.message, /Picture: .*failure-.*\.png/)
        assert.match(error.message, /Screen: .*Explorer/)
        assert.match(error.message, /--- VS Code server/)
        return true
      })
    })

    it('leaves no process behind', async () => {
      const [extensionHost] = (await hosts()).slice(-1)
      await host.stop()
      assert.ok(!isAlive(host.pid))
      await until('the extension hosts to end', async () => !isAlive(extensionHost ?? 0))
    })
  })
})
