// A person's way through real windows: add an account, look at the dashboard, chat signed out, open a second window.
import assert from 'node:assert/strict'
import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Locator } from 'playwright-core'
import { freePort } from './free-port.ts'
import { coloursIn, openWorkbench } from './host/browser.ts'
import { enableChat, pickModel, sendChat, waitForAnswer } from './host/chat.ts'
import { type Host, startHost } from './host/server.ts'
import type { Workbench } from './host/workbench.ts'
import { root } from './manifest.ts'

const echoName = 'Echo: says what it was sent'

describe('in a real window', function () {
  this.timeout(180_000)
  let host: Host
  let window: Workbench
  let port: number

  before(async () => {
    port = await freePort()
    host = await startHost({ extensions: [root], settings: { 'omniroute.server.port': port } })
    window = await openWorkbench(host)
  })

  after(() => host?.stop())

  it('the status bar says that the gateway runs, and offers its actions', async () => {
    const item = await window.waitForStatusBar('OmniRoute', { timeout: 60_000 })
    await window.until('the gateway to run', async () => (await labelOf(item)) === 'OmniRoute: running')
    await item.click()
    const actions = await window.until('the actions', async () => {
      const input = await window.quickInput()
      return input?.title === 'OmniRoute' ? input.items : undefined
    })
    assert.ok(actions.includes('Open Dashboard') && actions.includes('Add Account'), actions.join())
    await window.page.keyboard.press('Escape')
  })

  it('an account is added by command, with its name as the only question', async () => {
    await window.runCommand('OmniRoute: Add Account')
    await window.pick('Demo')
    await window.answer('Name of the account', 'Try it')
    const { text, buttons } = await window.waitForNotification(/Try it/)
    assert.match(text, /ready|saved/)
    assert.deepEqual(buttons, ['Use in Copilot Chat', 'Copy Endpoint'])
    await window.clearNotifications()
  })

  it('Copilot Chat answers through our model with nobody signed in', async () => {
    await enableChat(window)
    await pickModel(window, echoName)
    await sendChat(window, 'Who is answering?')
    const answer = await waitForAnswer(window, 'You said:')
    assert.match(answer, /Who is answering\?/)
    const { file, png } = await window.screenshot('copilot-chat')
    assert.ok((await coloursIn(host, png)) > 50)
    await keepPicture(file, 'copilot-chat.png')
  })

  it('the dashboard opens in the editor with the account and, among the logs, that chat', async () => {
    await window.runCommand('OmniRoute: Open Dashboard')
    const frame = await window.findWebviewFrame('#omniroute-l10n')
    await frame.getByText('Try it').first().waitFor({ timeout: 30_000 })
    await frame.getByText('Logs').first().click()
    await frame.getByText('demo/echo').first().waitFor({ timeout: 30_000 })
    await window.runCommand('View: Close Chat')
    const { file, png } = await window.screenshot('dashboard')
    assert.ok((await coloursIn(host, png)) > 50)
    await keepPicture(file, 'dashboard.png')
  })

  it('a second window attaches to the gateway of the first', async () => {
    const second = await openWorkbench(host)
    const item = await second.waitForStatusBar('OmniRoute', { timeout: 60_000 })
    await second.until('the second window to be attached', async () => {
      return (await labelOf(item)) === 'OmniRoute: running in another window'
    })
    assert.deepEqual(await second.notifications(), [])
    await second.close()
  })
})

/** What a screen reader says of a status bar item. */
function labelOf(item: Locator): Promise<string | null> {
  return item.getAttribute('aria-label', { timeout: 5_000 })
}

/** Pictures for the documentation are taken only when asked for, so that a test run changes nothing. */
async function keepPicture(file: string, name: string): Promise<void> {
  if (process.env['OMNIROUTE_KEEP_PICTURES'] === undefined) return
  await mkdir(join(root, 'docs/images'), { recursive: true })
  await copyFile(file, join(root, 'docs/images', name))
}
