// The wished port belongs to somebody else: the window says so once, with what can be done, runs at the next port meanwhile, and
// gets its own back when it is free again.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { freePort } from './free-port.ts'
import { openWorkbench } from './host/browser.ts'
import { type Host, startHost } from './host/server.ts'
import type { Workbench } from './host/workbench.ts'
import { root } from './manifest.ts'
import { labelOf, reachable } from './many-windows.ts'

const told = /is used by/

describe('a port that is taken', function () {
  this.timeout(180_000)
  // Each goes on from the one before.
  this.bail(true)
  let host: Host
  let window: Workbench
  let port: number
  let stranger: Server

  async function occupy(answer: string): Promise<void> {
    stranger = createServer((_, response) => response.end(answer)).listen(port, '127.0.0.1')
    await once(stranger, 'listening')
  }

  async function giveBack(): Promise<void> {
    stranger.closeAllConnections()
    stranger.close()
    await once(stranger, 'close')
  }

  before(async () => {
    port = await freePort()
    await occupy('I am another program')
    host = await startHost({ extensions: [root], settings: { 'omniroute.server.port': port } })
    window = await openWorkbench(host)
  })

  after(async () => {
    await host?.stop()
    if (stranger?.listening) await giveBack()
  })

  async function waitForLabel(label: RegExp): Promise<string> {
    return await window.until(String(label), async () => label.exec(await labelOf(window))?.[0])
  }

  it('is told with the port it runs at instead, and what can be done', async () => {
    const label = await waitForLabel(/^OmniRoute: at port \d+$/)
    const taken = Number(/\d+$/.exec(label)?.[0])
    assert.ok(taken > port && taken <= port + 10, label)
    const { severity, text, buttons } = await window.waitForNotification(told)
    assert.equal(severity, 'warning')
    assert.match(
      text,
      new RegExp(`^Port ${port} is used by another program, so OmniRoute runs at http://127.0.0.1:${taken}\\.`),
    )
    assert.deepEqual(buttons, ['Copy Endpoint', 'Change Port', 'Try Again'])
    assert.ok(await reachable(`http://127.0.0.1:${taken}`))
    await window.screenshot('port-taken')
  })

  it('leads to the setting', async () => {
    await window.answerNotification(told, 'Change Port')
    const setting = window.page.locator('.settings-editor .setting-item-contents').filter({ hasText: 'Port' }).first()
    await window.until('the setting', () => setting.isVisible())
    // Settings stand before the window and keep its keys.
    await window.until('the settings to close', async () => {
      if (!(await setting.isVisible())) return true
      await window.page.keyboard.press('Escape')
      return undefined
    })
  })

  it('is not told again for the same place', async () => {
    await window.reload()
    await waitForLabel(/^OmniRoute: at port \d+$/)
    // The notification would have come with the label.
    await window.runCommand('OmniRoute: Copy Endpoint')
    await window.waitForNotification(/Copied/)
    assert.deepEqual(
      (await window.notifications()).filter(({ text }) => told.test(text)),
      [],
    )
    await window.clearNotifications()
  })

  it('is had again, once it is free', async () => {
    await giveBack()
    await window.runCommand('OmniRoute: Restart Server')
    await waitForLabel(/^OmniRoute: running$/)
    assert.ok(await reachable(`http://127.0.0.1:${port}`))
  })

  it('held by an OmniRoute with other data is told as that, and tried again at once', async () => {
    await window.runCommand('OmniRoute: Stop Server')
    await waitForLabel(/^OmniRoute: stopped$/)
    await occupy(JSON.stringify({ product: 'omniroute', status: 'ok', version: '0.1.0', proof: 'of another token' }))
    await window.runCommand('OmniRoute: Start Server')
    await waitForLabel(/^OmniRoute: at port \d+$/)
    const { text } = await window.waitForNotification(told)
    assert.match(text, new RegExp(`^Port ${port} is used by an OmniRoute with other data`))
    await giveBack()
    await window.answerNotification(told, 'Try Again')
    await waitForLabel(/^OmniRoute: running$/)
    assert.ok(await reachable(`http://127.0.0.1:${port}`))
    assert.deepEqual(
      (await window.notifications()).filter(({ text }) => told.test(text)),
      [],
    )
  })
})
