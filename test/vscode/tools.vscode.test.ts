// Setting tools up as a person does it in a real window: the list, the diff, the question, the message with Undo; the launch command,
// and a file with a mistake in it.
import assert from 'node:assert/strict'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { freePort } from './free-port.ts'
import { openWorkbench } from './host/browser.ts'
import { type Host, startHost } from './host/server.ts'
import type { Workbench } from './host/workbench.ts'
import { root } from './manifest.ts'

const claude = '{\n  // mine\n  "theme": "dark"\n}\n'
const openCode = '{\n  "model": "openai/gpt-5", // mine\n}\n'

describe('tools in a real window', function () {
  this.timeout(180_000)
  let host: Host
  let window: Workbench
  let endpoint: string

  before(async () => {
    const port = await freePort()
    endpoint = `http://127.0.0.1:${port}`
    host = await startHost({ extensions: [root], settings: { 'omniroute.server.port': port } })
    await put('.claude/settings.json', claude)
    await put('.config/opencode/opencode.jsonc', openCode)
    window = await openWorkbench(host)
    await window.waitForStatusBar('OmniRoute', { timeout: 60_000 })
    await window.runCommand('OmniRoute: Add Account', { timeout: 60_000 })
    await window.pick('Demo')
    await window.answer('Name of the account', 'Demo')
    await window.waitForNotification(/Demo/)
    await window.clearNotifications()
  })

  after(() => host?.stop())

  async function put(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(host.home, path)), { recursive: true })
    await writeFile(join(host.home, path), text)
  }
  const text = (path: string): Promise<string> => readFile(join(host.home, path), 'utf8')

  it('a tool is set up: what would change is shown in a diff without the key, then applied, proved and undone', async () => {
    await window.runCommand('OmniRoute: Set Up Tool…')
    const list = await window.until('the list of tools', async () => {
      const input = await window.quickInput()
      return input?.title === 'Set Up Tool' ? input.items : undefined
    })
    assert.ok(list.includes('Claude Code') && list.includes('OpenCode'), list.join())
    await window.pick('Claude Code')
    await window.pick('Echo: says what it was sent')
    const diff = window.page.locator('.monaco-diff-editor')
    await window.until('the diff', async () => /ANTHROPIC_AUTH_TOKEN/.test((await diff.innerText()).replace(/\s/g, '')))
    await window.screenshot('tools-diff')
    const shown = (await diff.innerText()).replace(/[\s\u00b7]/g, '')
    assert.match(shown, /omr-••••/)
    assert.equal(await text('.claude/settings.json'), claude, 'nothing is written before the answer')
    await window.pick('Apply')
    const { text: told, buttons } = await window.waitForNotification(/Claude Code is set up/, { timeout: 30_000 })
    assert.match(told, /A request was answered by demo\/echo\..*\/status/)
    assert.deepEqual(buttons, ['Undo'])
    assert.equal(await diff.count(), 0, 'the diff is closed')
    const written = JSON.parse((await text('.claude/settings.json')).replace('// mine', ''))
    assert.equal(written.env.ANTHROPIC_BASE_URL, endpoint)
    assert.ok(!shown.includes(written.env.ANTHROPIC_AUTH_TOKEN), 'the key was not on the screen')
    await window.answerNotification(/Claude Code is set up/, 'Undo')
    await window.waitForNotification('Claude Code is as it was before.')
    assert.equal(await text('.claude/settings.json'), claude)
    await window.clearNotifications()
  })

  it('another is given our models and keeps its own default, which a command takes back', async () => {
    await window.runCommand('OmniRoute: Set Up Tool…')
    await window.pick('OpenCode')
    await window.pick('Add OmniRoute’s models')
    await window.until('the models', async () => /offer\?/.test((await window.quickInput())?.placeholder ?? ''))
    await window.page.keyboard.press('Enter')
    await window.pick('Apply')
    await window.waitForNotification(/OpenCode is set up.*auto/, { timeout: 30_000 })
    await window.clearNotifications()
    const written = await text('.config/opencode/opencode.jsonc')
    assert.match(written, /"model": "openai\/gpt-5", \/\/ mine/)
    assert.match(written, /"omniroute"/)
    await window.runCommand('OmniRoute: Undo Tool Setup…')
    await window.pick('OpenCode')
    await window.pick('Apply')
    await window.waitForNotification('OpenCode is as it was before.')
    assert.equal(await text('.config/opencode/opencode.jsonc'), openCode)
    await window.clearNotifications()
    await window.runCommand('OmniRoute: Undo Tool Setup…')
    await window.waitForNotification('there is nothing to undo')
    await window.clearNotifications()
  })

  it('nothing happens when the question is answered with no', async () => {
    await window.runCommand('OmniRoute: Set Up Tool…')
    await window.pick('Claude Code')
    await window.pick('Auto')
    await window.pick('Cancel')
    await window.until(
      'the diff to close',
      async () => (await window.page.locator('.monaco-diff-editor').count()) === 0,
    )
    assert.equal(await text('.claude/settings.json'), claude)
    assert.deepEqual(await window.notifications(), [])
  })

  it('a file with a mistake is left alone, and opened where the mistake is', async () => {
    const broken = '{\n  "theme": "dark",,\n}\n'
    await put('.claude/settings.json', broken)
    await window.runCommand('OmniRoute: Set Up Tool…')
    await window.pick('Claude Code')
    const { severity, text: told } = await window.waitForNotification(/Claude Code: .*settings\.json/)
    assert.equal(severity, 'error')
    assert.match(told, /line 2, column 19\. Nothing was changed\./)
    await window.answerNotification(/Claude Code: /, 'Open File')
    await window.waitForStatusBar('Ln 2, Col 19')
    assert.equal(await text('.claude/settings.json'), broken)
    await put('.claude/settings.json', claude)
    await window.clearNotifications()
  })

  it('the launch command is copied for the shell, with a word about the key in it', async () => {
    await window.runCommand('OmniRoute: Copy Launch Command…')
    await window.pick('Claude Code')
    await window.waitForNotification(/Your OmniRoute key is in it/)
    const line = await window.page.evaluate(() => navigator.clipboard.readText())
    assert.match(
      line,
      new RegExp(`^ANTHROPIC_BASE_URL=${endpoint} ANTHROPIC_AUTH_TOKEN=omr-[\\w-]{20,} .* claude --model \\S+$`),
    )
    await window.clearNotifications()
  })
})
