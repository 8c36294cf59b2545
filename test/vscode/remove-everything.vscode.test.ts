// "Remove Everything" in two windows of a real VS Code: one question with the whole list, nothing when it is declined, and all of it when
// it is not: the tool's file as it was, no gateway in any window, no data, no key.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from './free-port.ts'
import { openWorkbench } from './host/browser.ts'
import { type Host, startHost } from './host/server.ts'
import type { Workbench } from './host/workbench.ts'
import { root } from './manifest.ts'
import { type SetUpCodex, setUpCodex } from './set-up-codex.ts'

describe('removing everything', function () {
  this.timeout(180_000)
  let host: Host
  let first: Workbench
  let second: Workbench
  let endpoint: string
  let data: string
  let codex: SetUpCodex

  before(async () => {
    const port = await freePort()
    endpoint = `http://127.0.0.1:${port}`
    host = await startHost({ extensions: [root], settings: { 'omniroute.server.port': port } })
    data = join(host.userFolder, 'globalStorage/omniroute.omniroute')
    first = await openWorkbench(host)
    await first.waitForStatusBar('OmniRoute')
    await first.runCommand('OmniRoute: Add Account')
    await first.pick('Demo')
    await first.answer('Name of the account', 'Try it')
    await first.waitForNotification(/Try it/)
    await first.clearNotifications()
    codex = await setUpCodex(host)
    second = await openWorkbench(host)
    await second.waitForStatusBar('OmniRoute')
  })

  after(() => host?.stop())

  it('lists what will go, and does nothing when it is declined', async () => {
    await second.runCommand('OmniRoute: Remove Everything…')
    const question = await second.until('the question', () => second.dialog())
    for (const part of [codex.config, 'accounts (1)', data, 'stopped in all windows', 'can not be undone']) {
      assert.ok(question.includes(part), `${part} is not in: ${question}`)
    }
    await second.screenshot('remove-everything')
    await second.answerDialog(/Remove everything/, 'Cancel')
    await second.until('the dialog to close', async () => (await second.dialog()) === undefined)
    assert.equal((await fetch(`${endpoint}/health`)).status, 200)
    assert.match(await readFile(codex.config, 'utf8'), /omniroute/)
  })

  it('takes all of it away, from the window that only follows, and no other window brings it back', async () => {
    await second.runCommand('OmniRoute: Remove Everything…')
    await second.answerDialog(/Remove everything/, 'Remove Everything')
    const { buttons } = await second.waitForNotification('Everything was removed')
    assert.deepEqual(buttons, ['Uninstall'])
    assert.equal(await readFile(codex.config, 'utf8'), codex.ownConfig)
    assert.equal(existsSync(data), false)
    await assert.rejects(fetch(`${endpoint}/health`))
    for (const window of [first, second]) await window.waitForStatusBar('OmniRoute: stopped')
    assert.equal(existsSync(data), false)
  })

  it('begins anew with nothing when it is started again', async () => {
    await second.clearNotifications()
    await second.runCommand('OmniRoute: Start Server')
    await second.until('the gateway', async () => (await fetch(`${endpoint}/health`)).ok)
    await second.runCommand('OmniRoute: Switch Accounts')
    await second.waitForNotification(/There is no account yet/)
  })
})
