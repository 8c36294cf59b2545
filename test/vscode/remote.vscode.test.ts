// A window whose extensions run on another machine than its screen, which is what VS Code in a browser is: the gateway runs where
// the extensions run, VS Code offers to forward other programs' ports but not ours, and addresses for a browser are asked for.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { readLeader } from '../../src/server/leader-file.ts'
import { freePort } from './free-port.ts'
import { openWorkbench } from './host/browser.ts'
import { type Host, startHost } from './host/server.ts'
import type { Workbench } from './host/workbench.ts'
import { root } from './manifest.ts'
import { labelOf } from './many-windows.ts'

/** The port that is set, which the manifest tells VS Code about; where it is taken here, one of the next ten is used. */
const firstPort = 20_128

describe('a remote window', function () {
  this.timeout(180_000)
  let host: Host
  let window: Workbench
  const others: Server[] = []

  before(async () => {
    host = await startHost({
      extensions: [root],
      settings: { 'omniroute.server.port': firstPort, 'remote.autoForwardPorts': true },
    })
    window = await openWorkbench(host)
    await window.until('the gateway to run', async () => /running|at port/.test(await labelOf(window)))
  })

  after(async () => {
    await host?.stop()
    for (const other of others) other.close()
  })

  async function ourPort(): Promise<number> {
    const leader = await readLeader(join(host.userFolder, 'globalStorage', 'omniroute.omniroute'))
    assert.ok(leader)
    return leader.port
  }

  async function clipboard(): Promise<string> {
    return await window.page.evaluate(() => navigator.clipboard.readText())
  }

  it('knows that it is one, and has the extension on the machine of its files', async () => {
    await window.runCommand('OmniRoute: Copy Diagnostics')
    await window.waitForNotification(/Diagnostics were copied/)
    const text = await clipboard()
    assert.match(text, /remote: (?!none)\S+/)
    assert.match(text, /\(\S+, browser\)/)
    assert.match(text, new RegExp(`running as leader at http://127\\.0\\.0\\.1:${await ourPort()}`))
    await window.clearNotifications()
  })

  it('forwards the port of another program, and leaves ours alone', async () => {
    // A port that is bound anew is looked at anew.
    await window.runCommand('OmniRoute: Restart Server')
    const ours = await ourPort()
    assert.ok(ours >= firstPort && ours <= firstPort + 10)
    await window.until('the gateway to run again', async () => /running|at port/.test(await labelOf(window)))
    const other = createServer((_, response) => response.end('hello')).listen(await freePort(), '127.0.0.1')
    others.push(other)
    await once(other, 'listening')
    const address = other.address()
    const port = typeof address === 'object' && address ? address.port : 0
    await window.runCommand('Ports: Focus on Ports View')
    const forwarded = async (): Promise<string[]> =>
      await window.page
        .locator('.panel .monaco-list-row')
        .filter({ hasText: /\d{4,5}/ })
        .allInnerTexts()
    await window.until('the other port to be forwarded', async () =>
      (await forwarded()).some((row) => row.includes(String(port))),
    )
    await window.screenshot('remote-ports')
    const mention = (text: string): boolean => new RegExp(`\\b${ours}\\b`).test(text)
    assert.deepEqual((await forwarded()).filter(mention), [])
    assert.deepEqual(
      (await window.notifications()).filter(({ text }) => mention(text)),
      [],
    )
    await window.clearNotifications()
  })

  it('copies the address that holds on the machine of its terminals', async () => {
    await window.runCommand('OmniRoute: Copy Endpoint')
    const { text } = await window.waitForNotification(/Copied/)
    assert.match(text, /for tools on the machine that this window is connected to/)
    assert.equal(await clipboard(), `http://127.0.0.1:${await ourPort()}/v1`)
    await window.clearNotifications()
  })

  it('says so where no browser reaches the dashboard, and opens it in the editor', async () => {
    await window.runCommand('OmniRoute: Open Dashboard in Browser')
    await window.answerNotification(/does not reach/, 'Open Dashboard')
    await window.findWebviewFrame('#omniroute-l10n')
  })
})
