// Many windows, one gateway: who leads, who follows, what a follower can do, and that nothing is lost when the leader goes, in
// order or by SIGKILL. Each window is a process.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { treeOf } from '../tools/world.ts'
import { freePort } from '../vscode/free-port.ts'
import { chat, demo, newWindows, portOf, type Window, type Windows } from './window-process.ts'
import { type Loose, newFolder } from './world.ts'

describe('windows', function () {
  this.timeout(60_000)
  const servers: Server[] = []
  let windows: Windows

  beforeEach(async () => {
    windows = await newWindows()
  })
  afterEach(async () => {
    await windows.close()
    for (const server of servers.splice(0)) server.close()
  })

  const open = (port: number, config?: object, home?: string): Promise<Window> =>
    windows.open(port, { ...(config ? { config } : {}), ...(home === undefined ? {} : { home }) })

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
    const { role, endpoint, movedFrom, heldBy } = leader.state()
    assert.equal(heldBy, 'omniroute')
    assert.equal(role, 'leader')
    assert.equal(movedFrom, port)
    assert.ok(portOf(leader) > port, endpoint)
    assert.equal((await chat(portOf(leader), leader.key)).status, 200)
    const follower = await open(port)
    assert.deepEqual([follower.state().role, portOf(follower)], ['follower', portOf(leader)])
  })

  it('are one leader and the rest followers when they all start at once, whatever their ports are', async () => {
    const first = await open(0, demo)
    await first.ask('stop')
    await first.kill()
    const ports = [await freePort(), await freePort()]
    const all = await Promise.all([...ports, ...ports, ...ports].map((port) => open(port)))
    const leader = all.find((one) => one.state().role === 'leader')
    assert.ok(leader)
    for (const one of all) assert.equal(portOf(one), portOf(leader))
    assert.equal(all.filter((one) => one.state().role === 'leader').length, 1)
    assert.equal(all.filter((one) => one.said.some((message) => message.state?.role === 'leader')).length, 1)
  })

  it('give a program that never speaks the time that a leader needs to be born, and take the next port', async () => {
    const silent = createServer(() => undefined)
    servers.push(silent.listen(0, '127.0.0.1'))
    await once(silent, 'listening')
    const { port } = silent.address() as AddressInfo
    const leader = await open(port, demo)
    assert.deepEqual([leader.state().movedFrom, leader.state().heldBy], [port, 'program'])
    const follower = await open(port)
    assert.deepEqual([follower.state().role, portOf(follower)], ['follower', portOf(leader)])
    silent.closeAllConnections()
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
