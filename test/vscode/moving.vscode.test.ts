// Moving and restoring by real dialogs: everything into an encrypted file, an account lost, the file brought back with its key; then
// a backup, an account lost again, and the restore that shows beforehand what it would do.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from './free-port.ts'
import { openWorkbench } from './host/browser.ts'
import { type Host, startHost } from './host/server.ts'
import { pause } from './host/waiting.ts'
import type { Workbench } from './host/workbench.ts'
import { root } from './manifest.ts'
import { type ScriptedUpstream, startScriptedUpstream } from './scripted-upstream.ts'

const key = 'sk-planted-0123456789abcdef'
const passphrase = 'seven tall giraffes in the rain'

describe('moving and restoring, by their dialogs', function () {
  this.timeout(180_000)
  let upstream: ScriptedUpstream
  let host: Host
  let window: Workbench
  let file: string
  let endpoint: string

  before(async () => {
    upstream = await startScriptedUpstream(['moved-model'])
    const port = await freePort()
    endpoint = `http://127.0.0.1:${port}`
    host = await startHost({ extensions: [root], settings: { 'omniroute.server.port': port } })
    file = join(host.home, 'moved.json')
    window = await openWorkbench(host)
    await window.waitForStatusBar('OmniRoute')
    await addServer()
  })

  after(async () => {
    await host?.stop()
    await upstream?.close()
  })

  it('a file with keys is written where its dialog says, and shows none of them', async () => {
    await window.runCommand('OmniRoute: Export…')
    await window.pick('With keys')
    await window.answer('Passphrase for the keys', passphrase)
    await window.answer('The same passphrase again', passphrase)
    await answerFileDialog('Export', file)
    await window.waitForNotification(/Exported\. Accounts: 1, combos: 0, keys of accounts: 1\./)
    const text = await readFile(file, 'utf8')
    assert.ok(text.includes('Spare'))
    assert.ok(!text.includes(key) && !text.includes('planted'))
    await window.clearNotifications()
  })

  it('an account that was lost comes back from the file with its key, once the passphrase is right', async () => {
    await removeSpare()
    await window.runCommand('OmniRoute: Import…')
    await answerFileDialog('Import', file)
    await window.answer('Passphrase of the file', 'a wrong one')
    await window.until(
      'the passphrase to be refused',
      async () =>
        /passphrase/i.test((await window.quickInput())?.message ?? '') &&
        !/Leave it empty/.test((await window.quickInput())?.message ?? ''),
    )
    await window.answer('', passphrase)
    const offered = await window.until('what the file has', async () => {
      const open = await window.quickInput()
      return open?.placeholder.startsWith('New items') ? open.items : undefined
    })
    assert.ok(
      offered.some((item) => item.includes('Spare')),
      offered.join(),
    )
    await window.page.keyboard.press('Enter')
    await window.waitForNotification(/Imported \d+ items/)
    await window.clearNotifications()
    await window.runCommand('OmniRoute: Test Account')
    await window.pick('Spare')
    await window.waitForNotification(/Spare is ready/)
    await window.clearNotifications()
  })

  it('the same file a second time has nothing new', async () => {
    await window.runCommand('OmniRoute: Import…')
    await answerFileDialog('Import', file)
    await window.answer('Passphrase of the file', passphrase)
    await window.waitForNotification('Everything in this file is here already')
    await window.clearNotifications()
  })

  it('a file that is none of ours is refused in words', async () => {
    await window.runCommand('OmniRoute: Import…')
    await answerFileDialog('Import', join(host.userFolder, 'settings.json'))
    const { severity, text } = await window.waitForNotification(/export|OmniRoute/i)
    assert.equal(severity, 'error')
    assert.match(text, /\.$/)
    await window.clearNotifications()
  })

  it('a restore shows what it would do, does nothing when it is declined, and all of it when it is not', async () => {
    await window.runCommand('OmniRoute: Create Backup')
    await window.waitForNotification('A backup was created')
    await window.clearNotifications()
    await removeSpare()
    const chooseNewestByHand = async () => {
      await window.runCommand('OmniRoute: Restore Backup')
      const rows = window.page.locator('.quick-input-widget .monaco-list-row')
      await window.press('the backup made by hand', rows.filter({ hasText: 'by hand' }).first())
      return await window.until('the preview', () => window.dialog())
    }
    const preview = await chooseNewestByHand()
    assert.match(preview, /Restore the backup of .+\? Keys of accounts stay as they are\./)
    assert.match(preview, /Added: account Spare/)
    await window.screenshot('restore-preview')
    await window.answerDialog(/Restore the backup/, 'Cancel')
    await window.until('the dialog to close', async () => (await window.dialog()) === undefined)
    await chooseNewestByHand()
    await window.answerDialog(/Restore the backup/, 'Restore')
    await window.waitForNotification(/Restored; \d+ items changed/)
  })

  it('what was restored is in use again at once, and what nobody has a key for is told of', async () => {
    await window.clearNotifications()
    upstream.answer = () => ({ status: 403, message: 'This key is not valid.' })
    await window.runCommand('OmniRoute: Copy Key')
    await window.waitForNotification(/key for your tools was copied/)
    const gatewayKey = await window.page.evaluate(() => navigator.clipboard.readText())
    const response = await fetch(`${endpoint}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${gatewayKey}` },
      body: JSON.stringify({ model: 'spare/moved-model', messages: [{ role: 'user', content: 'hello' }] }),
    })
    assert.equal(response.status, 403)
    const { severity, buttons } = await window.waitForNotification(/The key of Spare is refused by its provider/)
    assert.deepEqual([severity, buttons], ['warning', ['Edit Account']])
    await window.screenshot('key-refused')
    await window.answerNotification(/The key of Spare is refused/, 'Edit Account')
    const title = await window.until('the account to be edited', async () => (await window.quickInput())?.title)
    assert.match(title, /Spare|Edit Account/)
    await window.page.keyboard.press('Escape')
  })

  async function addServer(): Promise<void> {
    await window.runCommand('OmniRoute: Add Account')
    await window.until('the list of providers', async () => (await window.quickInput())?.title === 'Add Account')
    await window.page.keyboard.insertText('OpenAI-compatible')
    await window.pick('OpenAI-compatible (Chat Completions)')
    await window.answer('Base URL', upstream.baseUrl)
    await window.answer('Key for', key)
    await window.answer('Name of the account', 'Spare')
    await window.answer('Prefix', 'spare')
    await window.waitForNotification(/Spare is ready/)
    await window.clearNotifications()
  }

  async function removeSpare(): Promise<void> {
    await window.runCommand('OmniRoute: Remove Account')
    await window.pick('Spare')
    await window.answerDialog('Remove Spare?', 'Remove')
    await window.until('the dialog to close', async () => (await window.dialog()) === undefined)
  }

  /** The editor's own file dialog is a quick input with a path in it, which it fills in itself after a moment. */
  async function answerFileDialog(title: string, path: string): Promise<void> {
    const input = window.page.locator('.quick-input-widget input.input')
    const isOpen = async () => {
      const open = await window.quickInput()
      return open?.title.includes(title) && open.value.startsWith('/') ? open : undefined
    }
    await window.until(`the file dialog ${title}`, isOpen)
    await window.until('the path to stay in the dialog', async () => {
      if ((await isOpen())?.value !== path) await input.fill(path, { timeout: 2_000 })
      await pause(500)
      return (await isOpen())?.value === path
    })
    // Once: what comes next is a quick input, too.
    await input.press('Enter')
    await window.until('the file dialog to close', async () => (await isOpen()) === undefined)
  }
})
