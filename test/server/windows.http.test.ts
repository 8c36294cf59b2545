// Many windows, one gateway: who leads, who follows, what a follower can do, and that nothing is lost when the leader goes, in
// order or by SIGKILL. Each window is a process.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { treeOf } from '../tools/world.ts'
import { type Loose, newFolder, send, testKey } from './world.ts'

interface Window {
  readonly child: ChildProcess
  readonly key: string
  /** Everything it has said, in order. */
  readonly said: Loose[]
  state(): Loose
  ask(method: string, params?: unknown): Promise<Loose>
  /** Waits until something it said from now on, or before, fits. */
  until(fits: (message: Loose) => boolean): Promise<Loose>
  kill(signal?: NodeJS.Signals): Promise<void>
}

const script = fileURLToPath(new URL('./window.ts', import.meta.url))
const demo = { keys: [{ name: 'test', key: testKey }], accounts: [{ id: 'demo', provider: 'demo' }] }

describe('windows', function () {
  this.timeout(30_000)
  const windows: Window[] = []
  const servers: Server[] = []
  let folder: string

  beforeEach(async () => {
    folder = await newFolder()
  })
  afterEach(async () => {
    await Promise.all(windows.splice(0).map((window) => window.kill()))
    for (const server of servers.splice(0)) server.close()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  })

  async function open(port: number, config?: object, home?: string): Promise<Window> {
    const more = { ...(config ? { config } : {}), ...(home === undefined ? {} : { home }) }
    const setting = JSON.stringify({ dataDirectory: folder, port, ...more })
    const child = spawn(process.execPath, ['--no-warnings', script, setting], { stdio: ['pipe', 'pipe', 'inherit'] })
    const orphan = (): boolean => child.kill('SIGKILL')
    process.once('exit', orphan)
    child.once('exit', () => process.off('exit', orphan))
    const said: Loose[] = []
    let count = 0
    createInterface({ input: child.stdout }).on('line', (line) => said.push(JSON.parse(line)))
    const until = async (fits: (message: Loose) => boolean): Promise<Loose> => {
      for (let round = 0; round < 1500; round++) {
        const found = said.find(fits)
        if (found) return found
        if (child.exitCode !== null)
          throw new Error(`the window ended with ${child.exitCode}: ${JSON.stringify(said.slice(-5))}`)
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
      throw new Error(`not said: ${JSON.stringify(said.slice(-10))}`)
    }
    const { key } = await until((message) => message.key !== undefined)
    const window: Window = {
      child,
      key,
      said,
      until,
      state: () => said.findLast((message) => message.state !== undefined).state,
      async ask(method, params = {}) {
        const id = ++count
        child.stdin?.write(`${JSON.stringify({ id, method, params })}\n`)
        const answer = await until((message) => message.id === id)
        if (answer.error !== undefined) throw new Error(answer.error)
        return answer.result
      },
      async kill(signal = 'SIGKILL') {
        if (child.exitCode !== null || child.signalCode !== null) return
        const exited = once(child, 'exit')
        child.kill(signal)
        await exited
      },
    }
    windows.push(window)
    return window
  }

  function portOf(window: Window): number {
    return Number(new URL(window.state().endpoint).port)
  }

  /** A port that was free a moment ago. */
  async function freePort(): Promise<number> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    server.close()
    await once(server, 'close')
    return port
  }

  function chat(port: number, key: string): Promise<{ status: number; text: string }> {
    const body = { model: 'demo/echo', messages: [{ role: 'user', content: 'Hi' }] }
    return send(`http://127.0.0.1:${port}/v1/chat/completions`, { body, headers: { authorization: `Bearer ${key}` } })
  }

  it('set tools up through the leader, and take back after it was killed what it had done', async () => {
    const home = await newFolder()
    await mkdir(join(home, '.claude'))
    await writeFile(join(home, '.claude/settings.json'), '{"theme":"dark"}')
    const before = await treeOf(home)
    const port = await freePort()
    const leader = await open(port, demo, home)
    const follower = await open(port, undefined, home)
    const input = { tool: 'claude-code', action: 'default', model: 'demo/echo', models: [] }
    const shown = await follower.ask('tools.preview', input)
    const stale = await follower.ask('tools.preview', { ...input, tool: 'codex' })
    assert.equal((await follower.ask('tools.apply', { id: shown.id })).kind, 'done')
    await leader.until((message) => message.event === 'tools.changed')
    await follower.until((message) => message.event === 'tools.changed')
    assert.equal((await follower.ask('tools.verify', { tool: 'claude-code' })).outcome, 'ok')

    await leader.kill()
    await follower.until((message) => message.state?.role === 'leader')
    assert.deepEqual(await follower.ask('tools.apply', { id: stale.id }), { kind: 'expired' })
    const { tools } = await follower.ask('tools.list')
    assert.equal(tools.find(({ id }: Loose) => id === 'claude-code').state, 'configured')
    const back = await follower.ask('tools.previewTakeBack', { tool: 'claude-code' })
    assert.equal((await follower.ask('tools.apply', { id: back.id })).kind, 'done')
    assert.deepEqual(await treeOf(home), before)
    await rm(home, { recursive: true })
  })

  it('share one gateway: the second follows, manages and chats through the first', async () => {
    const port = await freePort()
    const leader = await open(port, demo)
    const follower = await open(port)
    assert.deepEqual(leader.state(), { kind: 'running', role: 'leader', endpoint: `http://127.0.0.1:${port}` })
    assert.deepEqual(follower.state(), { kind: 'running', role: 'follower', endpoint: `http://127.0.0.1:${port}` })
    assert.equal(follower.key, leader.key)

    assert.deepEqual(await follower.ask('accounts.list'), await leader.ask('accounts.list'))
    await follower.ask('combos.put', { name: 'from-follower', strategy: 'ordered', members: ['demo/echo'] })
    assert.ok((await leader.ask('models.list')).some((model: Loose) => model.id === 'from-follower'))
    await follower.until((message) => message.event === 'combos.changed')
    await leader.until((message) => message.event === 'combos.changed')

    const parts = await follower.ask('chat', 'from-follower')
    assert.deepEqual([parts[0].type, parts.at(-1).type], ['start', 'finish'])
    await assert.rejects(follower.ask('chat', 'nobody/knows'), /no model or combo/)
    await assert.rejects(follower.ask('accounts.remove', { id: 'none' }), /no longer exists/)
    await follower.until((message) => message.event === 'requests.added')
  })

  it('find each other by the data folder, though their ports differ', async () => {
    const leader = await open(0, demo)
    const follower = await open(await freePort())
    assert.deepEqual([follower.state().role, portOf(follower)], ['follower', portOf(leader)])
  })

  it('lose nothing when the leader is killed: a follower leads within two seconds', async () => {
    const port = await freePort()
    const leader = await open(port, demo)
    const followers = [await open(port), await open(port)]
    await followers[0]?.ask('combos.put', { name: 'kept', strategy: 'ordered', members: ['demo/echo'] })
    const { key } = await leader.ask('keys.create', { name: 'kept' })
    assert.equal((await chat(port, key)).status, 200)
    await leader.ask('requests.page')
    await new Promise((resolve) => setTimeout(resolve, 400))

    const at = Date.now()
    await leader.kill()
    const led = await Promise.any(followers.map((one) => one.until((message) => message.state?.role === 'leader')))
    process.stdout.write(`      took over after ${led.at - at} ms\n`)
    assert.ok(led.at - at < 10_000)
    assert.equal((await chat(port, key)).status, 200)

    const next = followers.find((one) => one.state().role === 'leader')
    const other = followers.find((one) => one !== next)
    assert.ok(next && other)
    await other.until((message) => message.at > at && message.state?.role === 'follower')
    assert.equal(portOf(next), port)
    for (const one of [next, other]) {
      assert.ok((await one.ask('combos.list')).some((combo: Loose) => combo.name === 'kept'))
      assert.equal((await one.ask('chat', 'kept')).at(-1).type, 'finish')
    }
    assert.ok((await next.ask('requests.page')).total >= 2)
  })

  it('lose nothing when the leader is closed in order', async () => {
    const port = await freePort()
    const leader = await open(port, demo)
    const follower = await open(port)
    await leader.ask('combos.put', { name: 'kept', strategy: 'ordered', members: ['demo/echo'] })
    const at = Date.now()
    assert.equal(await leader.ask('stop'), 'stopped')
    const led = await follower.until((message) => message.state?.role === 'leader')
    process.stdout.write(`      took over after ${led.at - at} ms\n`)
    assert.ok(led.at - at < 10_000)
    assert.ok((await follower.ask('combos.list')).some((combo: Loose) => combo.name === 'kept'))
    assert.equal((await chat(port, leader.key)).status, 200)
    assert.deepEqual(
      follower.said.filter((message) => message.log !== undefined),
      [],
    )
  })

  it('go on one after the other, six times, and always with one of them in charge', async () => {
    const port = await freePort()
    let leader = await open(port, demo)
    for (let round = 0; round < 6; round++) {
      const follower = await open(port)
      assert.equal(follower.state().role, 'follower')
      await follower.ask('combos.put', { name: `round-${round}`, strategy: 'ordered', members: ['demo/echo'] })
      if (round % 2 === 0) await leader.kill()
      else await Promise.all([leader.ask('stop'), follower.until((message) => message.state?.role === 'leader')])
      await follower.until((message) => message.state?.role === 'leader')
      await leader.kill()
      leader = follower
    }
    assert.equal((await leader.ask('combos.list')).length, 6)
  })

  it('take the next port when a stranger holds theirs, and say so', async () => {
    const stranger = createServer((_, response) =>
      response.end('{"product":"omniroute","status":"ok","proof":"made up"}'),
    )
    servers.push(stranger.listen(0, '127.0.0.1'))
    await once(stranger, 'listening')
    const { port } = stranger.address() as AddressInfo
    const leader = await open(port, demo)
    const { role, endpoint, movedFrom } = leader.state()
    assert.equal(role, 'leader')
    assert.equal(movedFrom, port)
    assert.ok(portOf(leader) > port, endpoint)
    assert.equal((await chat(portOf(leader), leader.key)).status, 200)
    const follower = await open(port)
    assert.deepEqual([follower.state().role, portOf(follower)], ['follower', portOf(leader)])
  })

  it('wait for a leader that is stopped in mid-air, rather than open its data', async () => {
    const port = await freePort()
    const leader = await open(port, demo)
    leader.child.kill('SIGSTOP')
    const waiting = open(port)
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    leader.child.kill('SIGCONT')
    const follower = await waiting
    assert.deepEqual([follower.state().role, portOf(follower)], ['follower', port])
  })

  it('keep their keys, accounts and log over a restart', async () => {
    const first = await open(0, demo)
    const { key } = await first.ask('keys.create', { name: 'mine' })
    assert.equal((await chat(portOf(first), key)).status, 200)
    await first.ask('accounts.update', { id: 'demo', label: 'Renamed' })
    await first.ask('stop')
    await first.kill()
    const second = await open(0)
    assert.equal(second.key, first.key)
    assert.equal((await chat(portOf(second), key)).status, 200)
    assert.deepEqual(
      (await second.ask('accounts.list')).map((account: Loose) => account.label),
      ['Renamed'],
    )
    assert.equal((await second.ask('requests.page')).total, 2)
  })
})
