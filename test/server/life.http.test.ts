// The life of a gateway: a configuration applied at each start, an orderly stop, a port or folder that can't be had.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type GatewayConfig, startGatewayProcess } from '../fakes/gateway.ts'
import { type Fake, startFake } from '../fakes/start.ts'
import { freePort } from '../vscode/free-port.ts'
import { dialects } from './dialects.ts'
import { eventsOf, memorySecrets, newFolder, send, startWorld, testKey, type World } from './world.ts'

const messages = [{ role: 'user', content: 'Hi' }]

describe('the life of a gateway', () => {
  let fake: Fake
  let folder: string
  const worlds: World[] = []

  before(async () => {
    fake = await startFake()
  })
  after(() => fake?.stop())
  beforeEach(async () => {
    folder = await newFolder()
    await fake.control({ reset: true, forget: true })
  })
  afterEach(async () => {
    for (const world of worlds.splice(0)) await world.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const secrets = memorySecrets()
  async function start(config: GatewayConfig, more: Parameters<typeof startWorld>[1] = {}): Promise<World> {
    const world = await startWorld(config, { dataDirectory: folder, secrets, ...more })
    worlds.push(world)
    return world
  }

  const account = (id: string, more: object = {}) => ({
    id,
    provider: 'openai-compatible',
    prefix: id,
    baseUrl: `${fake.url}/v1`,
    apiKey: `key-of-${id}`,
    models: ['text'],
    ...more,
  })

  function chat(world: World, model: string, more: object = {}): ReturnType<World['send']> {
    return world.send('/v1/chat/completions', { body: { model, messages, ...more } })
  }

  it('applies the same configuration twice with the same result', async () => {
    const config = {
      accounts: [account('a'), account('b')],
      combos: [{ name: 'both', strategy: 'ordered' as const, members: ['a/text', 'b/text'] }],
    }
    const views: unknown[] = []
    for (let round = 0; round < 3; round++) {
      const world = await start(config)
      views.push([
        await world.rpc('accounts.list', {}),
        await world.rpc('combos.list', {}),
        await world.rpc('keys.list', {}),
      ])
      assert.equal((await chat(world, 'both')).status, 200)
      await world.stop()
    }
    assert.deepEqual(views[1], views[0])
    assert.deepEqual(views[2], views[0])
  })

  it('lets go what is no longer in the file, and keeps what was added by hand', async () => {
    const first = await start({
      keys: [
        { name: 'old', key: 'omr-old-key-000000000001' },
        { name: 'test', key: testKey },
      ],
      accounts: [account('a'), account('b')],
      combos: [{ name: 'gone', strategy: 'ordered', members: ['a/text'] }],
    })
    await first.rpc('accounts.add', { provider: 'demo', label: 'By hand' })
    await first.rpc('combos.put', { name: 'by-hand', strategy: 'ordered', members: ['b/text'] })
    await first.stop()

    const second = await start({ accounts: [account('b', { apiKey: 'another-key-0002', label: 'New' })] })
    assert.deepEqual((await second.rpc('accounts.list', {})).map(({ label }) => label).sort(), ['By hand', 'New'])
    assert.deepEqual(
      (await second.rpc('combos.list', {})).map(({ name }) => name),
      ['by-hand'],
    )
    assert.deepEqual((await second.rpc('keys.list', {})).map(({ name }) => name).sort(), ['Default', 'test'])
    const old = await second.send('/v1/models', {
      anonymous: true,
      headers: { 'x-api-key': 'omr-old-key-000000000001' },
    })
    assert.equal(old.status, 401)
    assert.equal((await chat(second, 'a/text')).status, 404)
    assert.equal((await chat(second, 'b/text')).status, 200)
    const [seen] = await fake.log()
    assert.ok(seen?.headers.some(([, value]) => value === 'Bearer another-key-0002'))
    assert.equal(await secrets.get('account:a'), undefined)
  })

  const wrong: readonly [string, () => GatewayConfig, RegExp][] = [
    [
      'an unknown provider',
      () => ({ accounts: [account('a'), account('b', { provider: 'nobody' })] }),
      /^accounts\[1\]\.provider: there is no provider "nobody"/,
    ],
    [
      'a missing address',
      () => ({ accounts: [{ id: 'a', provider: 'openai-compatible', prefix: 'a' }] }),
      /^accounts\[0\]\.baseUrl: /,
    ],
    [
      'a missing secret',
      () => ({ accounts: [{ id: 'a', provider: 'groq', prefix: 'a' }] }),
      /^accounts\[0\]\.apiKey: /,
    ],
    [
      'a combo that contains itself',
      () => ({
        accounts: [account('new')],
        combos: [
          { name: 'x', strategy: 'ordered', members: ['y'] },
          { name: 'y', strategy: 'ordered', members: ['x'] },
        ],
      }),
      /^combos\[0\]\.members: The combo would contain itself: x → y → x/,
    ],
  ]
  for (const [what, config, message] of wrong) {
    it(`does not start with ${what}, says where it stands, and changes nothing`, async () => {
      await (await start({ accounts: [account('kept')] })).stop()
      await assert.rejects(start(config()), (error: Error) => {
        assert.match(error.message, message)
        return true
      })
      const world = await start({ accounts: [account('kept')] })
      assert.deepEqual(
        (await world.rpc('accounts.list', {})).map(({ id }) => id),
        ['kept'],
      )
      assert.deepEqual(await world.rpc('combos.list', {}), [])
    })
  }

  it('says so when its data folder can not be one', async () => {
    await writeFile(join(folder, 'file'), '')
    await assert.rejects(start({}, { dataDirectory: join(folder, 'file') }), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'storage_failed')
      assert.match(error.message, /data folder .* can not be used/)
      return true
    })
  })

  it('fails, when it is told to, at a port that is taken, by a stranger or by itself', async () => {
    const stranger = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1')
    await once(stranger, 'listening')
    const { port } = stranger.address() as AddressInfo
    const settings = { port, bodyLimitMb: 1, logRows: 10 }
    await assert.rejects(start({}, { settings, whenTaken: 'fail' }), /is used by another program/)
    stranger.close()
    const world = await start({})
    await assert.rejects(start({}, { whenTaken: 'fail' }), /already runs with this data/)
    assert.equal((await world.send('/v1/models')).status, 200)
  })

  it('does not open data that a gateway with other secrets holds, as windows in two browsers would', async () => {
    const world = await start({ accounts: [account('a')] })
    const another = { secrets: memorySecrets(), settings: { port: await freePort(), bodyLimitMb: 1, logRows: 10 } }
    for (const whenTaken of ['join', 'fail'] as const) {
      await assert.rejects(start({}, { ...another, whenTaken }), (error: Error & { code?: string }) => {
        assert.equal(error.code, 'data_in_use')
        assert.match(error.message, new RegExp(`at port ${world.port} \\(process ${process.pid}\\)`))
        return true
      })
    }
    assert.equal((await chat(world, 'a/text')).status, 200)
    await world.stop()
    assert.equal((await start({}, another)).gateway.state.kind, 'running')
  })

  it('lets an answer in flight end and takes on nothing new while it stops', async () => {
    const world = await start({ accounts: [account('a')] })
    const slow = chat(world, 'a/text~events=6~pauseMs=60', { stream: true })
    await fake.logWhen(([seen]) => seen !== undefined && seen.frames > 0)
    const stopping = world.gateway.stop()
    const late = await world.send('/v1/messages', { body: { model: 'a/text', max_tokens: 9, messages } })
    assert.equal(late.status, 503)
    assert.equal(late.json().type, 'error')
    const health = await send(`${world.url}/health`)
    assert.deepEqual([health.status, health.json().status], [503, 'stopping'])
    assert.equal(eventsOf((await slow).text).at(-1)?.data, '[DONE]')
    await stopping
    await assert.rejects(send(`${world.url}/health`))
    assert.equal(world.gateway.state.kind, 'stopped')
    const again = await start({ accounts: [account('a')] })
    const [row] = await again.logged(1)
    assert.deepEqual([row?.status, row?.modelAsked], [200, 'a/text~events=6~pauseMs=60'])
  })

  it('ends answers that would go on, each with an error of its wire, and stops', async () => {
    const world = await start({
      accounts: dialects.map(({ provider, version, wire }) => ({
        ...account(wire, { provider, baseUrl: `${fake.url}/${version}` }),
        models: ['endless', 'hang-before-headers'],
      })),
    })
    const streams = dialects.map((dialect) => {
      const model = `${dialect.wire}/endless`
      return world.send(dialect.path(model, true), { body: dialect.body(model, true) })
    })
    const waiting = dialects.map((dialect) => {
      const model = `${dialect.wire}/hang-before-headers`
      return world.send(dialect.path(model, false), { body: dialect.body(model, false) })
    })
    await fake.logWhen((seen) => seen.length === 8 && seen.filter(({ frames }) => frames > 2).length === 4)
    await Promise.all([world.gateway.stop(), world.gateway.stop()])
    for (const [index, dialect] of dialects.entries()) {
      const events = eventsOf((await streams[index])?.text ?? '')
      assert.match(events.map((event) => dialect.failure(event)).join(''), /stopped in mid-answer/, dialect.wire)
      assert.ok(!events.some((event) => dialect.ends(event) && event.data !== '[DONE]'), dialect.wire)
      const refusal = await waiting[index]
      assert.equal(refusal?.status, 503, dialect.wire)
      assert.match(refusal?.text ?? '', /stopped in mid-answer/)
    }
    await fake.logWhen((seen) => seen.every(({ end }) => end === 'left'))
    const again = await start({ accounts: [account('a')] })
    assert.deepEqual(
      (await again.logged(8)).map(({ code }) => code),
      Array(8).fill('shutting_down'),
    )
  })

  it('moves to another port when the setting changes, with everything it has', async () => {
    const world = await start({ accounts: [account('a')] })
    const port = await freePort()
    await world.gateway.applySettings({ port, bodyLimitMb: 1, logRows: 10 })
    assert.deepEqual(world.gateway.state, { kind: 'running', role: 'leader', endpoint: `http://127.0.0.1:${port}` })
    await assert.rejects(world.send('/health'))
    const headers = { authorization: `Bearer ${testKey}` }
    const answer = await send(`http://127.0.0.1:${port}/v1/chat/completions`, {
      headers,
      body: { model: 'a/text', messages },
    })
    assert.equal(answer.status, 200, answer.text)
    const large = JSON.stringify({ model: 'a/text', x: 'y'.repeat(1_500_000) })
    assert.equal((await send(`http://127.0.0.1:${port}/v1/chat/completions`, { headers, body: large })).status, 413)
  })

  it('leads at the last port only when the setting changes again before it has moved', async () => {
    const world = await start({ accounts: [account('a')] })
    const ports = [await freePort(), await freePort()]
    await Promise.all(ports.map((port) => world.gateway.applySettings({ port, bodyLimitMb: 1, logRows: 10 })))
    const [first, last] = ports.map((port) => `http://127.0.0.1:${port}`)
    assert.deepEqual(world.gateway.state, { kind: 'running', role: 'leader', endpoint: last })
    assert.equal((await send(`${last}/health`)).status, 200)
    await assert.rejects(send(`${first}/health`))
  })

  it('takes on no settings that can not be had, and says that it stands still', async () => {
    const world = await start({ accounts: [account('a')] }, { whenTaken: 'fail' })
    const stranger = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1')
    await once(stranger, 'listening')
    const { port } = stranger.address() as AddressInfo
    await assert.rejects(world.gateway.applySettings({ port, bodyLimitMb: 1, logRows: 10 }), /used by another program/)
    assert.equal(world.gateway.state.kind, 'stopped')
    stranger.close()
  })

  it('answers on both addresses of this machine', async () => {
    const world = await start({ accounts: [account('a')] })
    for (const host of ['127.0.0.1', '[::1]']) {
      const answer = await send(`http://${host}:${world.port}/health`)
      assert.deepEqual([answer.status, answer.json().product], [200, 'omniroute'])
    }
  })

  it('ends the program at SIGTERM with code 0, everything kept', async () => {
    const config = { keys: [{ name: 'test', key: testKey }], accounts: [account('a')] }
    const call = (url: string) =>
      send(`${url}/v1/chat/completions`, {
        headers: { authorization: `Bearer ${testKey}` },
        body: { model: 'a/text', messages },
      })
    const first = await startGatewayProcess(config, { dataDirectory: folder })
    assert.equal((await call(first.url)).status, 200)
    await first.stop()
    assert.doesNotMatch(first.output(), / (?:warn|error) /)
    const second = await startGatewayProcess(config, { dataDirectory: folder })
    try {
      assert.equal((await call(second.url)).status, 200)
      // The admin key is the same, so the first run's secrets and rows are there.
      const token = /admin key (\S+)\)/.exec(second.output())?.[1]
      assert.equal(/admin key (\S+)\)/.exec(first.output())?.[1], token)
      const body = { id: 1, method: 'requests.page', params: {} }
      const page = await send(`${second.url}/admin/rpc`, { headers: { authorization: `Bearer ${token}` }, body })
      assert.equal(page.json().result.total, 2)
    } finally {
      await second.stop()
    }
  })
})
