// A folder that nobody trusts, with settings of its own for us: the gateway runs as its user has set it, and the folder changes nothing.
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.ts'
import { openWorkbench } from './host/browser.ts'
import { type Host, startHost } from './host/server.ts'
import type { Workbench } from './host/workbench.ts'
import { contributedSettings, root } from './manifest.ts'

describe('a folder that is not trusted', function () {
  this.timeout(180_000)
  let folder: string
  let host: Host
  let window: Workbench
  let port: number
  let theirs: number

  before(async () => {
    port = await freePort()
    theirs = await freePort()
    folder = await mkdtemp(join(tmpdir(), 'omniroute-untrusted-'))
    await mkdir(join(folder, '.vscode'))
    // Every setting that there is, at something other than its default.
    const wanted = Object.entries(contributedSettings()).map(([name, { default: fallback }]) => {
      if (name === 'omniroute.server.port') return [name, theirs]
      return [name, typeof fallback === 'boolean' ? !fallback : typeof fallback === 'number' ? fallback + 1 : ['none']]
    })
    await writeFile(join(folder, '.vscode/settings.json'), JSON.stringify(Object.fromEntries(wanted)))
    host = await startHost({
      extensions: [root],
      workspace: folder,
      settings: {
        'omniroute.server.port': port,
        'security.workspace.trust.enabled': true,
        'security.workspace.trust.startupPrompt': 'never',
      },
    })
    window = await openWorkbench(host)
  })

  after(async () => {
    await host?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  it('is shown as such, and the gateway runs all the same, where its user has put it', async () => {
    await window.waitForStatusBar('Restricted Mode')
    const item = await window.waitForStatusBar('OmniRoute')
    await window.until('the gateway', async () => (await item.getAttribute('aria-label')) === 'OmniRoute: running')
    assert.equal((await fetch(`http://127.0.0.1:${port}/health`)).status, 200)
    await assert.rejects(fetch(`http://127.0.0.1:${theirs}/health`))
  })

  it('changes no setting of ours: an account is added, and the endpoint is the one that its user has set', async () => {
    await window.runCommand('OmniRoute: Add Account')
    await window.pick('Demo')
    await window.answer('Name of the account', 'Try it')
    await window.waitForNotification(/Try it/)
    await window.clearNotifications()
    await window.runCommand('OmniRoute: Copy Endpoint')
    await window.waitForNotification(new RegExp(`Copied http://127\\.0\\.0\\.1:${port}/v1`))
    const copied = await window.page.evaluate(() => navigator.clipboard.readText())
    assert.equal(copied, `http://127.0.0.1:${port}/v1`)
    await assert.rejects(fetch(`http://127.0.0.1:${theirs}/health`))
    await window.screenshot('restricted-mode')
  })
})
