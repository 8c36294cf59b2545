// Windows whose versions differ, a leader that freezes and wakes, and a stop by the user: one of them is in charge or none, and
// whoever has to wait is told so within bounds.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { secretIds } from '../../src/core/secrets.ts'
import { readLeader } from '../../src/server/leader-file.ts'
import { proveIdentity } from '../../src/server/routes/health.ts'
import { schemaSteps } from '../../src/store/migrations.ts'
import { openSecretFile } from '../../src/store/secret-file.ts'
import { openStore } from '../../src/store/store.ts'
import { type Fake, startFake } from '../fakes/start.ts'
import { freePort } from '../vscode/free-port.ts'
import { chat, demo, newWindows, portOf, type Window, type Windows } from './window-process.ts'
import { assetDirectory, eventsOf, type Loose, send, testKey } from './world.ts'

const log = { debug: nothing, info: nothing, warn: nothing, error: nothing }
const leads = (message: Loose): boolean => message.state?.role === 'leader'
const follows = (message: Loose): boolean => message.state?.role === 'follower'
const combo = (name: string) => ({ name, strategy: 'ordered', members: ['demo/echo'] })

describe('windows that change', function () {
  this.timeout(120_000)
  let windows: Windows
  const servers: Server[] = []

  beforeEach(async () => {
    windows = await newWindows()
  })
  afterEach(async () => {
    await windows.close()
    for (const server of servers.splice(0)) {
      server.closeAllConnections()
      server.close()
    }
  })

  async function names(window: Window): Promise<string[]> {
    return (await window.ask('combos.list')).map(({ name }: Loose) => name)
  }

  describe('of different versions', () => {
    let fake: Fake
    before(async () => {
      fake = await startFake()
    })
    after(() => fake?.stop())

    const withUpstream = () => {
      const account = { id: 'a', provider: 'openai-compatible', prefix: 'a', baseUrl: `${fake.url}/v1`, apiKey: 'key' }
      return { ...demo, accounts: [...demo.accounts, { ...account, models: ['text', 'endless'] }] }
    }

    it('hand over to the newest, once its answers have ended, and the others follow', async () => {
      const port = await freePort()
      const old = await windows.open(port, { config: withUpstream(), version: '1.0.0' })
      const middle = await windows.open(port, { version: '1.0.0' })
      await old.ask('combos.put', combo('kept'))
      const slow = send(`http://127.0.0.1:${port}/v1/chat/completions`, {
        body: { model: 'a/text~events=20~pauseMs=100', stream: true, messages: [{ role: 'user', content: 'Hi' }] },
        headers: { authorization: `Bearer ${testKey}` },
      })
      await fake.logWhen(([seen]) => seen !== undefined && seen.frames > 0)

      const newer = await windows.open(port, { version: '1.1.0' })
      assert.equal(newer.state().role, 'follower')
      await newer.ask('combos.put', combo('from-newer'))
      assert.equal(eventsOf((await slow).text).at(-1)?.data, '[DONE]')
      await newer.until(leads)
      for (const one of [old, middle]) {
        const since = one.said.findIndex((message) => message.state?.kind === 'reconnecting')
        assert.ok(since >= 0)
        await one.until((message) => follows(message) && one.said.indexOf(message) > since)
        assert.equal(portOf(one), port)
      }
      for (const one of [old, middle, newer]) assert.deepEqual((await names(one)).sort(), ['from-newer', 'kept'])
      assert.equal((await newer.ask('gateway.status')).version, '1.1.0')
      assert.equal((await chat(port, newer.key)).status, 200)
    })

    it('give the next leader what one on its way out does not take on', async () => {
      const port = await freePort()
      const leader = await windows.open(port, { config: withUpstream() })
      const follower = await windows.open(port)
      await fake.control({ forget: true })
      const endless = send(`http://127.0.0.1:${port}/v1/chat/completions`, {
        body: { model: 'a/endless', stream: true, messages: [{ role: 'user', content: 'Hi' }] },
        headers: { authorization: `Bearer ${testKey}` },
      })
      await fake.logWhen(([seen]) => seen !== undefined && seen.frames > 2)
      // It goes on for a second before it is cut, and nothing new is taken on meanwhile.
      const stopping = leader.ask('stop')
      const put: string[] = []
      while (!follower.said.some(leads)) {
        put.push(`during-${put.length}`)
        await follower.ask('combos.put', combo(put.at(-1) ?? ''))
      }
      assert.equal(await stopping, 'stopped')
      assert.match((await endless).text, /stopped in mid-answer/)
      assert.deepEqual((await names(follower)).sort(), put.sort())
      assert.equal((await follower.ask('chat', 'during-0')).at(-1).type, 'finish')
    })

    it('follow a leader that is newer', async () => {
      const port = await freePort()
      const leader = await windows.open(port, { config: demo, version: '2.0.0' })
      const older = await windows.open(port, { version: '1.9.0' })
      assert.equal(older.state().role, 'follower')
      await older.ask('combos.put', combo('kept'))
      assert.deepEqual(await names(leader), ['kept'])
      assert.equal(leader.said.filter(leads).length, 1)
      assert.equal((await leader.ask('gateway.status')).version, '2.0.0')
    })

    it('say so where they do not fit together, and lead once the newer one is gone', async () => {
      const first = await windows.open(0, { config: demo })
      await first.ask('combos.put', combo('kept'))
      await first.ask('stop')
      await first.kill()
      const adminToken =
        (await (await openSecretFile({ directory: windows.folder, log })).get(secretIds.adminToken)) ?? ''
      const server = createServer((request, response) => {
        const url = new URL(request.url ?? '', 'http://127.0.0.1')
        if (url.pathname === '/admin/events') {
          response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': open\n\n')
          return
        }
        const proof = proveIdentity(adminToken, url.searchParams.get('nonce') ?? '')
        response.end(JSON.stringify({ product: 'omniroute', status: 'ok', version: '9.0.0', contract: 99, proof }))
      }).listen(0, '127.0.0.1')
      servers.push(server)
      await once(server, 'listening')
      const address = server.address()
      const port = typeof address === 'object' && address ? address.port : 0

      const window = await windows.open(port, { version: '1.0.0' })
      assert.deepEqual(window.state(), { kind: 'outdated', endpoint: `http://127.0.0.1:${port}`, version: '9.0.0' })
      await assert.rejects(window.ask('combos.list'), /runs OmniRoute 1\.0\.0, .* 9\.0\.0/)
      await assert.rejects(window.ask('chat', 'demo/echo'), /9\.0\.0/)
      server.closeAllConnections()
      server.close()
      await window.until(leads)
      assert.deepEqual(await names(window), ['kept'])
    })

    it('leave the data of a newer version as it is, and serve what can be read of it', async () => {
      const first = await windows.open(0, { config: demo })
      await first.ask('combos.put', combo('kept'))
      await first.ask('stop')
      await first.kill()
      const store = await openStore({
        directory: windows.folder,
        wasmPath: join(assetDirectory, 'sql-wasm.wasm'),
        log,
        schema: [...schemaSteps, ['CREATE TABLE future (id TEXT)']],
      })
      await store.close()
      const before = await digests(windows.folder)
      const older = await windows.open(await freePort())
      assert.match((await older.ask('gateway.status')).storageNotice, /newer version of OmniRoute/)
      assert.deepEqual(await names(older), ['kept'])
      await assert.rejects(older.ask('combos.put', combo('lost')), /newer version of OmniRoute/)
      assert.equal((await chat(portOf(older), testKey)).status, 200)
      await older.ask('stop')
      assert.deepEqual(await digests(windows.folder), before)
    })
  })

  it('wait for a leader that freezes, tell so within bounds, never write beside it, and go on when it wakes', async () => {
    const port = await freePort()
    const leader = await windows.open(port, { config: demo })
    const follower = await windows.open(port)
    await follower.ask('combos.put', combo('before'))
    leader.child.kill('SIGSTOP')
    const frozenAt = Date.now()
    await assert.rejects(follower.ask('combos.put', combo('in-between')), /does not answer/)
    process.stdout.write(`      told after ${Date.now() - frozenAt} ms\n`)
    await follower.until((message) => message.state?.because === 'silent')
    // From here on everything is refused at once.
    await assert.rejects(follower.ask('chat', 'demo/echo'), /does not answer/)
    const late = await windows.open(port)
    assert.deepEqual(late.state(), { kind: 'reconnecting', because: 'silent' })
    assert.equal((await readLeader(windows.folder))?.pid, leader.child.pid)

    leader.child.kill('SIGCONT')
    const since = follower.said.length
    await follower.until((message) => follows(message) && follower.said.indexOf(message) >= since)
    await late.until(follows)
    await leader.until(({ log }) => /back after \d+ s of sleep/.test(log))
    assert.deepEqual(
      [leader, follower, late].map((one) => one.said.some(leads)),
      [true, false, false],
    )
    await late.ask('combos.put', combo('after'))
    // What was told to have failed may have been done after all, as with any connection that breaks.
    const kept = (await names(leader)).filter((name) => name !== 'in-between')
    assert.deepEqual(kept.sort(), ['after', 'before'])
    assert.equal((await follower.ask('chat', 'after')).at(-1).type, 'finish')
    const [killedAt] = [Date.now(), await leader.kill()]
    const led = await Promise.any([follower, late].map((one) => one.until(leads)))
    process.stdout.write(`      took over after ${led.at - killedAt} ms\n`)
  })

  for (const by of ['leader', 'follower'] as const) {
    it(`all stop when the user stops the gateway in the ${by}, and the next one to start leads`, async () => {
      const port = await freePort()
      const leader = await windows.open(port, { config: demo })
      const followers = [await windows.open(port), await windows.open(port)]
      const [first] = followers
      assert.ok(first)
      await (by === 'leader' ? leader : first).ask('stop everywhere')
      for (const one of [leader, ...followers]) {
        await one.until((message) => message.state?.kind === 'stopped')
        assert.deepEqual(one.state(), { kind: 'stopped', byUser: true })
      }
      await assert.rejects(chat(port, leader.key))
      assert.equal(await readLeader(windows.folder), undefined)
      assert.ok(!followers.some((one) => one.said.some(leads)))
      const next = await windows.open(port)
      assert.equal(next.state().role, 'leader')
    })
  }
})

/** Name and content of every file of the database. */
async function digests(folder: string): Promise<string[]> {
  const files = (await readdir(folder)).filter((name) => name.startsWith('omniroute-') && !name.includes('secrets'))
  assert.ok(files.length > 0)
  return await Promise.all(
    files.sort().map(
      async (name) =>
        `${name} ${createHash('sha256')
          .update(await readFile(join(folder, name)))
          .digest('hex')}`,
    ),
  )
}

function nothing(): void {
  // The windows say what there is to say.
}
