// A person's way through real windows: add an account, chat signed out, point a tool at the gateway, look at the dashboard, open
// a second window, close the first. Each step goes on from the one before.
import assert from 'node:assert/strict'
import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Locator } from 'playwright-core'
import { freePort } from './free-port.ts'
import { coloursIn, openWorkbench } from './host/browser.ts'
import { enableChat, pickModel, sendChat, waitForAnswer } from './host/chat.ts'
import { type Host, startHost } from './host/server.ts'
import { pause } from './host/waiting.ts'
import type { Workbench } from './host/workbench.ts'
import { root } from './manifest.ts'

/** Pictures for the documentation are taken only when asked for, so that a test run changes nothing. */
const keepPictures = process.env['OMNIROUTE_KEEP_PICTURES'] !== undefined

const echoName = 'Echo: says what it was sent'

describe('in real windows', function () {
  this.timeout(180_000)
  let host: Host
  let window: Workbench
  let endpoint: string

  before(async () => {
    const port = keepPictures ? 20_128 : await freePort()
    endpoint = `http://127.0.0.1:${port}`
    host = await startHost({ extensions: [root], settings: { 'omniroute.server.port': port } })
    window = await openWorkbench(host)
  })

  after(() => host?.stop())

  it('the status bar says that the gateway runs, and offers its actions', async () => {
    const item = await runningItem(window, 'OmniRoute: running')
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
    assert.deepEqual(buttons, ['Use in Copilot Chat', 'Set Up Tool', 'Copy Endpoint'])
    await window.clearNotifications()
  })

  it('Copilot Chat answers through our model with nobody signed in', async () => {
    await enableChat(window)
    await pickModel(window, echoName)
    await sendChat(window, 'Who is answering?')
    await waitForAnswer(window, 'You said: Who is answering?')
  })

  it('a tool gets answers with the endpoint and the key that the commands copy', async () => {
    await window.runCommand('OmniRoute: Copy Endpoint')
    await window.waitForNotification(/Copied/)
    assert.equal(await clipboard(window), `${endpoint}/v1`)
    await window.runCommand('OmniRoute: Copy Key')
    await window.waitForNotification(/key for your tools was copied/)
    const key = await clipboard(window)
    const ask = (model: string) => askOverHttp(endpoint, key, model)
    assert.match(await ask('demo/echo'), /You said: hello/)
    assert.match(await ask('auto'), /You said: hello/)
    assert.match(await ask('demo/lorem'), /gateway/)
    assert.match(await ask('nowhere/nothing'), /unknown_model|model_not_found/)
    await window.clearNotifications()
  })

  it('the dashboard shows the account and every request of before', async () => {
    await window.runCommand('OmniRoute: Open Dashboard')
    await window.runCommand('View: Toggle Primary Side Bar Visibility')
    const frame = await window.findWebviewFrame('#omniroute-l10n')
    await frame.getByText('Try it').first().waitFor({ timeout: 30_000 })
    await frame.getByText('Logs', { exact: true }).first().click()
    for (const model of ['demo/echo', 'demo/lorem', 'nowhere/nothing']) {
      await frame.getByText(model).first().waitFor({ timeout: 30_000 })
    }
    await picture(host, window, 'copilot-chat')
    await window.runCommand('View: Toggle Secondary Side Bar Visibility')
    await picture(host, window, 'dashboard')
  })

  it('the dashboard is where it was after a reload', async () => {
    // VS Code in a browser writes its state every five seconds, and not when it leaves.
    await pause(12_000)
    await window.reload()
    await runningItem(window, 'OmniRoute: running')
    const frame = await window.findWebviewFrame('#omniroute-l10n', { timeout: 60_000 })
    await frame.getByText('demo/lorem').first().waitFor({ timeout: 60_000 })
  })

  it('a command leads to the routing settings, from another page of the dashboard and from behind another editor', async () => {
    const shown = async () => {
      const frame = await window.findWebviewFrame('#omniroute-l10n', { timeout: 60_000 })
      await frame.getByRole('heading', { level: 1, name: 'Routing' }).waitFor({ timeout: 30_000 })
      return frame
    }
    await window.runCommand('OmniRoute: Open Routing Settings')
    const frame = await shown()
    await frame.getByText('Logs', { exact: true }).first().click()
    await frame.getByText('demo/lorem').first().waitFor({ timeout: 30_000 })
    await window.runCommand('OmniRoute: Explain Last Request')
    await window.until('the dashboard to be hidden', async () => !(await isOnScreen(window, '#omniroute-l10n')))
    await window.runCommand('OmniRoute: Open Routing Settings')
    await shown()
  })

  it('a command says so when no account rests', async () => {
    await window.runCommand('OmniRoute: Clear Cool-Downs')
    await window.waitForNotification('No account rests')
    await window.clearNotifications()
  })

  it('diagnostics hold no key of an account that was just added', async () => {
    const closedPort = await freePort()
    await window.runCommand('OmniRoute: Add Account')
    await window.until('the list of providers', async () => (await window.quickInput())?.title === 'Add Account')
    // The list is longer than its window; typing brings the row into it.
    await window.page.keyboard.insertText('OpenAI-compatible')
    await window.pick('OpenAI-compatible (Chat Completions)')
    await window.answer('Base URL', `http://127.0.0.1:${closedPort}/v1`)
    await window.answer('Key for', 'sk_planted0123456789')
    await window.answer('Name of the account', 'Nobody there')
    await window.answer('Prefix', 'nobody')
    const { severity } = await window.waitForNotification(/Nobody there was added, but its server refuses/)
    assert.equal(severity, 'warning')
    await window.runCommand('OmniRoute: Copy Diagnostics')
    await window.waitForNotification(/Diagnostics were copied/)
    const text = await clipboard(window)
    assert.match(text, /openai-compatible/)
    assert.doesNotMatch(text, /planted/)
    await window.clearNotifications()
  })

  it('a second window attaches to the gateway of the first and takes over when that one closes', async () => {
    const second = await openWorkbench(host)
    await runningItem(second, 'OmniRoute: running in another window')
    assert.deepEqual(await second.notifications(), [])
    await window.close()
    await runningItem(second, 'OmniRoute: running')
    const response = await fetch(`${endpoint}/health`)
    assert.equal(response.status, 200)
    await second.close()
  })
})

/** The status bar item, once a screen reader would say this of it. */
async function runningItem(window: Workbench, label: string): Promise<Locator> {
  const item = await window.waitForStatusBar('OmniRoute', { timeout: 60_000 })
  await window.until(label, async () => (await item.getAttribute('aria-label', { timeout: 5_000 })) === label, {
    timeout: 60_000,
  })
  return item
}

/** Whether any webview document on the screen holds the selector. */
async function isOnScreen(window: Workbench, selector: string): Promise<boolean> {
  const counts = await Promise.all(
    window.page.frames().map((frame) =>
      frame
        .locator(selector)
        .count()
        .catch(() => 0),
    ),
  )
  return counts.some((count) => count > 0)
}

function clipboard(window: Workbench): Promise<string> {
  return window.page.evaluate(() => navigator.clipboard.readText())
}

async function askOverHttp(endpoint: string, key: string, model: string): Promise<string> {
  const response = await fetch(`${endpoint}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, 'user-agent': 'my-tool/1.0' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hello' }] }),
  })
  return await response.text()
}

/** Takes a picture, which must not be blank. */
async function picture(host: Host, window: Workbench, name: string): Promise<void> {
  const { file, png } = await window.screenshot(name)
  assert.ok((await coloursIn(host, png)) > 50, `${file} is blank`)
  if (!keepPictures) return
  await mkdir(join(root, 'docs/images'), { recursive: true })
  await copyFile(file, join(root, 'docs/images', `${name}.png`))
}
