// Real windows of one host, each with an extension host of its own: one gateway, one writer of the data. The extension host that
// leads is killed with SIGKILL, again and again; what was acknowledged stays, what was under way fails in words, the next works.
import assert from 'node:assert/strict'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readLeader } from '../../src/server/leader-file.ts'
import { openStore } from '../../src/store/store.ts'
import { freePort } from './free-port.ts'
import { openWorkbench } from './host/browser.ts'
import { enableChat, newChat, pickModel, sendChat, waitForAnswer } from './host/chat.ts'
import { type Host, startHost } from './host/server.ts'
import { until } from './host/waiting.ts'
import type { Workbench } from './host/workbench.ts'
import { root } from './manifest.ts'
import { killLeader, labelOf, openStream, reachable } from './many-windows.ts'
import { type ScriptedUpstream, startScriptedUpstream } from './scripted-upstream.ts'

const model = 'scripted-talker'
const leads = 'OmniRoute: running'
const follows = 'OmniRoute: running in another window'
const log = { debug: nothing, info: nothing, warn: nothing, error: nothing }

describe('many real windows', function () {
  this.timeout(240_000)
  // Each goes on from the one before.
  this.bail(true)
  let upstream: ScriptedUpstream
  let host: Host
  let endpoint: string
  let folder: string
  let key: string
  let windows: Workbench[] = []
  /** The clients of requests that were answered, in order. */
  const answered: string[] = []

  before(async () => {
    upstream = await startScriptedUpstream([model])
    const port = await freePort()
    endpoint = `http://127.0.0.1:${port}`
    host = await startHost({
      extensions: [root],
      settings: { 'omniroute.server.port': port },
      environment: { OPENAI_API_KEY: 'sk-planted-0123456789abcdef', OPENAI_BASE_URL: upstream.baseUrl },
    })
    folder = join(host.userFolder, 'globalStorage', 'omniroute.omniroute')
    windows = [await openWorkbench(host)]
  })

  after(async () => {
    await host?.stop()
    await upstream?.close()
  })

  async function waitForLabel(window: Workbench, label: string): Promise<void> {
    await window.until(label, async () => (await labelOf(window)) === label)
  }

  /** Role, endpoint, accounts and the models that VS Code has of us, as the window itself tells them. */
  async function diagnosticsOf(window: Workbench): Promise<string> {
    await window.runCommand('OmniRoute: Copy Diagnostics')
    await window.waitForNotification(/Diagnostics were copied/)
    const text = await window.page.evaluate(() => navigator.clipboard.readText())
    await window.clearNotifications()
    return text
  }

  async function ask(client: string): Promise<void> {
    const response = await fetch(`${endpoint}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, 'user-agent': client },
      body: JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'hello' }] }),
    })
    const text = await response.text()
    assert.equal(response.status, 200, text)
    assert.match(text, /\[DONE\]/)
    answered.push(client)
  }

  /** Accounts and clients of the log, read from a copy of what is on the disk. */
  async function onDisk(): Promise<{ accounts: string[]; clients: string[] }> {
    const copy = await mkdtemp(join(tmpdir(), 'many-windows-'))
    try {
      await cp(folder, copy, { recursive: true })
      const store = await openStore({ directory: copy, wasmPath: join(root, 'dist/sql-wasm.wasm'), log })
      const { rows } = store.requests.page({ limit: 500 })
      const labels = store.accounts.list().map(({ label }) => label)
      await store.close()
      return { accounts: labels, clients: rows.map(({ client }) => client) }
    } finally {
      await rm(copy, { recursive: true, force: true })
    }
  }

  /** Rows of the log are written a moment after their answers. */
  async function waitForRows(): Promise<void> {
    await until('the rows on the disk', async () => {
      const { clients } = await onDisk()
      return answered.every((client) => clients.includes(client))
    })
  }

  it('two windows share one gateway, which both can use', async () => {
    const [first] = windows
    assert.ok(first)
    await waitForLabel(first, leads)
    await first.runCommand('OmniRoute: Get Started')
    await first.until('what was found', async () => {
      const input = await first.quickInput()
      return input?.title === 'Get Started' && input.items.includes('OpenAI')
    })
    await first.page.keyboard.press('Enter')
    await first.waitForNotification(/^Ready: /)
    await first.clearNotifications()
    await first.runCommand('OmniRoute: Copy Key')
    await first.waitForNotification(/key for your tools was copied/)
    key = await first.page.evaluate(() => navigator.clipboard.readText())
    await first.clearNotifications()
    await ask('tool-of-the-first')

    const second = await openWorkbench(host)
    windows.push(second)
    await waitForLabel(second, follows)
    assert.deepEqual(await second.notifications(), [])
    await second.runCommand('OmniRoute: Add Account')
    await second.pick('Demo')
    await second.answer('Name of the account', 'By the follower')
    await second.waitForNotification(/By the follower/)
    await second.clearNotifications()
    const told = [await diagnosticsOf(first), await diagnosticsOf(second)]
    assert.match(told[0] ?? '', new RegExp(`running as leader at ${endpoint}`))
    assert.match(told[1] ?? '', new RegExp(`running as follower at ${endpoint}`))
    const counts = told.map((text) => /models registered: (\d+)/.exec(text)?.[1])
    assert.ok(Number(counts[0]) > 1)
    assert.equal(counts[1], counts[0])

    await enableChat(first)
    for (const window of [first, second]) {
      upstream.answer = (chat) => ({ text: chat.tools === undefined ? 'A title' : 'The vendor speaks.' })
      await pickModel(window, model)
      await sendChat(window, 'Who speaks?')
      await waitForAnswer(window, 'The vendor speaks.')
    }
    await waitForRows()
  })

  it('the leader is killed while answers stream: they fail, a follower leads, and the killed window comes back', async () => {
    const [first, second] = windows
    assert.ok(first && second)
    upstream.answer = (chat) => (chat.tools === undefined ? { text: 'A title' } : { endless: 'counting' })
    await sendChat(second, 'Count for ever')
    await waitForAnswer(second, /counting counting/)
    upstream.answer = () => ({ endless: 'streaming' })
    const stream = await openStream(endpoint, key, model)
    await stream.firstBytes

    const { pid, ms } = await killLeader(host, folder, endpoint)
    process.stdout.write(`      a follower answered ${ms} ms after the leader was killed\n`)
    const end = await stream.end
    assert.ok(!end.includes('[DONE]') && !/"finish_reason":"/.test(end), `it looks complete: ${end.slice(-200)}`)
    await waitForLabel(second, leads)
    assert.notEqual((await readLeader(folder))?.pid, pid)
    await waitForAnswer(
      second,
      /\[shutting_down\] The window that runs the gateway was closed\. .*send the request again/,
    )

    upstream.answer = (chat) => ({ text: chat.tools === undefined ? 'A title' : 'The vendor speaks again.' })
    await ask('tool-after-the-kill')
    await newChat(second)
    await sendChat(second, 'Who speaks now?')
    await waitForAnswer(second, 'The vendor speaks again.')

    // VS Code in a browser can't bring a dead extension host back; it asks for this.
    await first.reload()
    await waitForLabel(first, follows)
    await newChat(first)
    await sendChat(first, 'And here?')
    await waitForAnswer(first, 'The vendor speaks again.')
    assert.match(await diagnosticsOf(second), /Accounts \(2\):/)
    await waitForRows()
  })

  it('a stop in one window stops them all, and a start in another starts them all', async () => {
    const [first, second] = windows
    assert.ok(first && second)
    await first.runCommand('OmniRoute: Stop Server')
    for (const window of windows) await waitForLabel(window, 'OmniRoute: stopped')
    assert.ok(!(await reachable(endpoint)))
    await first.runCommand('OmniRoute: Start Server')
    await waitForLabel(first, leads)
    await waitForLabel(second, follows)
    await ask('tool-after-the-start')
  })

  it('five windows lose their leaders one after the other until one is left, and nothing else', async () => {
    while (windows.length < 5) windows.push(await openWorkbench(host))
    const labels = async (): Promise<string[]> => await Promise.all(windows.map(labelOf))
    const settled = async (): Promise<void> => {
      await until('one leader, and the rest behind it', async () => {
        const all = await labels()
        return (
          all.filter((label) => label === leads).length === 1 &&
          all.every((label) => label === leads || label === follows)
        )
      })
    }
    await settled()
    while (windows.length > 1) {
      const round = `tool-before-kill-${windows.length}`
      await ask(round)
      await waitForRows()
      const leader = windows[(await labels()).indexOf(leads)]
      assert.ok(leader)
      const { ms } = await killLeader(host, folder, endpoint)
      process.stdout.write(`      a follower of ${windows.length - 1} answered ${ms} ms after the leader was killed\n`)
      // Its window must not bring it back.
      await leader.close()
      windows = windows.filter((window) => window !== leader)
      await ask(`tool-after-kill-${windows.length}`)
      await settled()
    }
    const [last] = windows
    assert.ok(last)
    assert.match(await diagnosticsOf(last), /running as leader/)
    await waitForRows()
    const { accounts, clients } = await onDisk()
    assert.ok(accounts.includes('By the follower') && accounts.length === 2, accounts.join())
    for (const client of answered) assert.equal(clients.filter((each) => each === client).length, 1, client)
    await last.close()
    await until('the port to be given back', async () => !(await reachable(endpoint)))
  })
})

function nothing(): void {
  // What a copy has to say concerns nobody.
}
