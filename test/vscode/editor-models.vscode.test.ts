// Models of another extension as an upstream in a real VS Code: found by Get Started, asked by any tool over HTTP, stopped with the
// tool, and never our own.
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.ts'
import { openWorkbench } from './host/browser.ts'
import { buildProbe } from './host/bundle.ts'
import { type Host, startHost } from './host/server.ts'
import { until } from './host/waiting.ts'
import type { Workbench } from './host/workbench.ts'
import { root } from './manifest.ts'

describe('models of other extensions', function () {
  this.timeout(180_000)
  let folder: string
  let host: Host
  let window: Workbench
  let endpoint: string
  let key: string

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'neighbour-'))
    const neighbour = await buildProbe(join(folder, 'probe'))
    const port = await freePort()
    endpoint = `http://127.0.0.1:${port}`
    host = await startHost({ extensions: [root, neighbour], settings: { 'omniroute.server.port': port } })
    window = await openWorkbench(host)
    await window.waitForStatusBar('OmniRoute', { timeout: 60_000 })
  })
  after(async () => {
    await host?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const send = (body: object, signal?: AbortSignal): Promise<Response> =>
    fetch(`${endpoint}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify(body),
      ...(signal === undefined ? {} : { signal }),
    })

  const listed = async (): Promise<string[]> => {
    const response = await fetch(`${endpoint}/v1/models`, { headers: { authorization: `Bearer ${key}` } })
    const { data } = (await response.json()) as { data: { id: string }[] }
    return data.map(({ id }) => id)
  }

  it('are found by Get Started, and added only when they are chosen', async () => {
    await window.runCommand('OmniRoute: Get Started')
    await window.pick('VS Code language models')
    await window.page.keyboard.press('Enter')
    await window.waitForNotification(/Ready: .*VS Code language models/)
    await window.clearNotifications()
    await window.runCommand('OmniRoute: Copy Key')
    await window.waitForNotification(/key for your tools was copied/)
    key = await window.page.evaluate(() => navigator.clipboard.readText())
    await window.clearNotifications()
    const models = await listed()
    assert.ok(models.includes('vscode/probe/first') && models.includes('vscode/probe/second'), models.join())
    assert.ok(!models.some((id) => id.startsWith('vscode/omniroute/')), 'our own models would go round in circles')
  })

  it('answer a tool, whole and streamed', async () => {
    const messages = [{ role: 'user', content: 'Say [[hello]]' }]
    const whole = (await (await send({ model: 'vscode/probe/first', messages })).json()) as {
      choices: { message: { content: string } }[]
    }
    assert.equal(whole.choices[0]?.message.content, 'Probe First was asked: [[hello]]')
    const streamed = await (await send({ model: 'vscode/probe/second', messages, stream: true })).text()
    assert.match(streamed, /Probe Second[\s\S]*was asked[\s\S]*\[DONE\]/)
  })

  it('are stopped when the tool leaves', async () => {
    const leave = new AbortController()
    const messages = [{ role: 'user', content: '[[endless]]' }]
    const response = await send({ model: 'vscode/probe/first', messages, stream: true }, leave.signal)
    const reader = response.body?.getReader()
    await reader?.read()
    leave.abort()
    await reader?.closed.catch(() => undefined)
    await until('the neighbour was told', async () =>
      (await readFile(join(host.home, 'probe.txt'), 'utf8')).includes('cancelled'),
    )
  })

  it('are still there after a reload, without being asked for again', async () => {
    await window.reload()
    await window.waitForStatusBar('OmniRoute', { timeout: 60_000 })
    await until(
      'the gateway answers again',
      async () =>
        (await listed().catch((): string[] => [])).includes('vscode/probe/first') &&
        (await send({ model: 'vscode/probe/first', messages: [{ role: 'user', content: '[[again]]' }] })).status ===
          200,
      { timeout: 60_000 },
    )
  })
})
