// Setting tools up as a person does it in a real window: the list, the diff, the question, the message with Undo; the launch command,
// the terminal, and a file with a mistake in it.
import assert from 'node:assert/strict'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { freePort } from './free-port.ts'
import { openWorkbench } from './host/browser.ts'
import { type Host, startHost } from './host/server.ts'
import type { Workbench } from './host/workbench.ts'
import { root } from './manifest.ts'

const claude = '{\n  // mine\n  "theme": "dark"\n}\n'
const openCode = '{\n  "model": "openai/gpt-5", // mine\n}\n'

/** Stands for Roo Code: the profiles of its exported API, kept in a file that the test reads. */
const roo = `
const { writeFileSync } = require('node:fs')
const { homedir } = require('node:os')
const profiles = { mine: {} }
let active = 'mine'
const keep = () => writeFileSync(homedir() + '/roo.json', JSON.stringify({ profiles, active }))
exports.activate = () => ({
  getProfiles: () => Object.keys(profiles),
  getActiveProfile: () => active,
  async upsertProfile(name, settings, activate) { profiles[name] = settings; if (activate) active = name; keep() },
  async deleteProfile(name) { delete profiles[name]; keep() },
  async setActiveProfile(name) { active = name; keep() },
})
`

async function rooExtension(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'roo-'))
  const manifest = {
    name: 'roo-cline',
    publisher: 'RooVeterinaryInc',
    version: '3.54.0',
    engines: { vscode: '^1.106.0' },
    main: './extension.js',
    activationEvents: ['onStartupFinished'],
  }
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest))
  await writeFile(join(folder, 'extension.js'), roo)
  return folder
}

describe('tools in a real window', function () {
  this.timeout(180_000)
  let host: Host
  let window: Workbench
  let endpoint: string
  let rooFolder: string

  before(async () => {
    const port = await freePort()
    endpoint = `http://127.0.0.1:${port}`
    rooFolder = await rooExtension()
    host = await startHost({ extensions: [root, rooFolder], settings: { 'omniroute.server.port': port } })
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

  after(async () => {
    await host?.stop()
    await rm(rooFolder, { recursive: true, force: true })
  })

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

  it('a tool that keeps profiles is set up through its extension, and gets back the one it used', async () => {
    await window.runCommand('OmniRoute: Set Up Tool…')
    await window.pick('Roo Code / Zoo Code')
    await window.pick('Use OmniRoute by default')
    await window.pick('Echo: says what it was sent')
    await window.pick('Apply')
    await window.waitForNotification(/Roo Code \/ Zoo Code is set up\. A request was answered by demo\/echo/)
    const { profiles, active } = JSON.parse(await text('roo.json'))
    assert.equal(active, 'OmniRoute')
    assert.equal(profiles.OmniRoute.openAiBaseUrl, `${endpoint}/v1`)
    assert.match(profiles.OmniRoute.openAiApiKey, /^omr-[\w-]{20,}$/)
    await window.answerNotification(/Roo Code/, 'Undo')
    await window.waitForNotification('Roo Code / Zoo Code is as it was before.')
    assert.deepEqual(JSON.parse(await text('roo.json')), { profiles: { mine: {} }, active: 'mine' })
    await window.clearNotifications()
  })

  it('the page of the dashboard does the same, and shows the diff in the editor', async () => {
    await window.runCommand('OmniRoute: Open Tools')
    const frame = await window.findWebviewFrame('#omniroute-l10n', { timeout: 60_000 })
    const card = frame.getByRole('article', { name: 'OpenCode', exact: true })
    await card.getByRole('button', { name: 'Make default: OpenCode' }).click({ timeout: 30_000 })
    await card.getByRole('button', { name: 'Show changes' }).click()
    await card.getByText('Replaces what you have now: model').waitFor({ timeout: 30_000 })
    await card.getByRole('button', { name: 'Show diff' }).click()
    const diff = window.page.locator('.monaco-diff-editor')
    await window.until('the diff', async () => /omniroute\/auto/.test(await diff.innerText()))
    await window.screenshot('tools-page')
    assert.equal(await text('.config/opencode/opencode.jsonc'), openCode)
    await card.getByRole('button', { name: 'Apply' }).click()
    await card.getByText('OpenCode is set up.').waitFor({ timeout: 30_000 })
    await card.getByText(/demo\/echo answered for auto in/).waitFor({ timeout: 30_000 })
    assert.match(await text('.config/opencode/opencode.jsonc'), /omniroute\/auto/)
    await card.getByRole('button', { name: 'Undo: OpenCode' }).click()
    await card.getByRole('button', { name: 'Apply' }).click()
    await card.getByText('OpenCode is as it was before.').waitFor({ timeout: 30_000 })
    assert.equal(await text('.config/opencode/opencode.jsonc'), openCode)
    await card.getByRole('button', { name: 'Launch command: OpenCode' }).click()
    await window.waitForNotification(/Your OmniRoute key is in it/)
    await window.clearNotifications()
    await window.runCommand('View: Close All Editors')
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

  it('a terminal has the environment, and a tool in it reaches the gateway', async () => {
    // What stands for Claude Code here asks the gateway as it does, with what the environment says.
    const script = `#!/bin/sh
curl -s "$ANTHROPIC_BASE_URL/v1/messages" -H "authorization: Bearer $ANTHROPIC_AUTH_TOKEN" -H 'content-type: application/json' \\
  -d "{\\"model\\":\\"$ANTHROPIC_MODEL\\",\\"max_tokens\\":100,\\"messages\\":[{\\"role\\":\\"user\\",\\"content\\":\\"hello\\"}]}" > "$HOME/answer.json"
`
    await put('claude', script)
    await chmod(join(host.home, 'claude'), 0o755)
    await window.runCommand('Create New Terminal (With Profile)')
    await window.pick('OmniRoute')
    const terminal = window.page.locator('.terminal-wrapper .xterm').first()
    await window.until('the terminal', () => terminal.isVisible(), { timeout: 30_000 })
    await terminal.click()
    await window.page.keyboard.type('~/claude\n')
    const answer = await window.until(
      'an answer',
      async () => (await text('answer.json').catch(() => '')) || undefined,
      {
        timeout: 30_000,
      },
    )
    assert.match(answer, /hello/)
    await window.screenshot('tools-terminal')
  })
})
