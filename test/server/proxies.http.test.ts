// Proxies in a running gateway: calls, model lists and key checks go through the one that applies, a dead one is never gone around, and
// its password is nowhere to be seen.
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GatewayError } from '../../src/core/errors.ts'
import { defaultSettings } from '../../src/gateway.ts'
import { type FakeProxy, startConnectProxy, startSocksProxy } from '../fakes/proxies.ts'
import { type Fake, startFake } from '../fakes/start.ts'
import { startWorld, type World } from './world.ts'

const password = 'pass-word-4711'

describe('proxies of a gateway', function () {
  this.timeout(60_000)
  let fake: Fake
  let proxy: FakeProxy
  let dead: string
  const ends: (() => Promise<unknown>)[] = []

  before(async () => {
    fake = await startFake()
  })
  after(() => fake?.stop())
  beforeEach(async () => {
    await fake.control({ reset: true, forget: true })
    proxy = await startConnectProxy()
    ends.push(() => proxy.stop())
    const gone = await startConnectProxy()
    dead = `127.0.0.1:${gone.port}`
    await gone.stop()
  })
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end()
  })

  type Options = Parameters<typeof startWorld>[1]

  /** An upstream whose name leads nowhere: only a proxy reaches it. */
  async function worldWith(
    account: object = {},
    routing: Readonly<Record<string, unknown>> = {},
    options: Options = {},
  ): Promise<World> {
    const accounts = [
      {
        id: 'far',
        provider: 'openai-compatible',
        prefix: 'far',
        baseUrl: `http://upstream.invalid:${fake.port}/v1`,
        apiKey: 'upstream-key',
        models: ['text'],
        ...account,
      },
    ]
    const world = await startWorld({ accounts, routing }, { environment: {}, ...options })
    ends.push(() => world.stop())
    return world
  }

  async function chat(world: World): Promise<string> {
    const body = { model: 'far/text', messages: [{ role: 'user', content: 'Hi' }] }
    const answer = await world.send('/v1/chat/completions', { body })
    return answer.status === 200 ? 'answered' : `${answer.status} ${answer.json().error.message}`
  }

  async function routeOf(world: World): Promise<string> {
    const [account] = await world.rpc('accounts.list', {})
    return account?.route ? `${account.route.via} ${account.route.host}` : 'direct'
  }

  const throughProxy = () => `http://127.0.0.1:${proxy.port}`

  it('carry calls, model lists and key checks of an account', async () => {
    const world = await worldWith({ proxy: throughProxy() })
    assert.equal(await chat(world), 'answered')
    assert.equal((await world.rpc('accounts.test', { id: 'far' })).outcome, 'ok')
    assert.ok((await world.rpc('accounts.refreshModels', { id: 'far' })).models > 0)
    assert.ok(proxy.targets.length > 0)
    assert.deepEqual([...new Set(proxy.targets)], [`upstream.invalid:${fake.port}`])
    assert.equal(await routeOf(world), `account 127.0.0.1:${proxy.port}`)
  })

  it('carry the check of an account that is about to be added, with its user name and password', async () => {
    const socks = await startSocksProxy({ wants: `me:${password}` })
    ends.push(() => socks.stop())
    const world = await worldWith()
    const input = {
      provider: 'openai-compatible',
      baseUrl: `http://upstream.invalid:${fake.port}/v1`,
      proxy: `socks5://me:${password}@127.0.0.1:${socks.port}`,
    }
    assert.equal((await world.rpc('accounts.check', input)).outcome, 'ok')
    const { account, check } = await world.rpc('accounts.add', input)
    assert.equal(check.outcome, 'ok')
    assert.equal(account.proxy, `socks5://••••@127.0.0.1:${socks.port}`)
    assert.deepEqual([...new Set(socks.targets)], [`upstream.invalid:${fake.port}`])
    assert.deepEqual([...new Set(socks.credentials)], [`me:${password}`])
    assert.deepEqual(proxy.targets, [])
  })

  const levels: readonly (readonly [
    where: string,
    via: string,
    routing: (url: string) => Readonly<Record<string, unknown>>,
    options?: (url: string) => Options,
  ])[] = [
    ['its provider', 'provider', (url) => ({ network: { perProvider: { 'openai-compatible': url } } })],
    ['the settings page', 'global', (url) => ({ network: { proxy: url } })],
    ['the environment', 'global', () => ({}), (url) => ({ environment: { HTTP_PROXY: url } })],
    [
      'the editor',
      'global',
      () => ({}),
      (url) => ({ settings: { ...defaultSettings, port: 0, editorProxy: { proxy: url } } }),
    ],
  ]
  for (const [where, via, routing, options] of levels) {
    it(`apply when ${where} names them`, async () => {
      const world = await worldWith({}, routing(throughProxy()), options?.(throughProxy()))
      assert.equal(await chat(world), 'answered')
      assert.deepEqual([...new Set(proxy.targets)], [`upstream.invalid:${fake.port}`])
      assert.equal(await routeOf(world), `${via} 127.0.0.1:${proxy.port}`)
    })
  }

  it('leave servers on this machine alone', async () => {
    const world = await worldWith({ baseUrl: `${fake.url}/v1` }, { network: { proxy: `http://${dead}` } })
    assert.equal(await chat(world), 'answered')
    assert.equal(await routeOf(world), 'direct')
  })

  it('fail closed: nothing goes directly, not even where that would work', async () => {
    const world = await worldWith({ baseUrl: `${fake.url}/v1`, proxy: `http://${dead}` })
    const said = `The proxy ${dead} refuses connections; is it running?`
    const answer = await chat(world)
    assert.ok(answer.startsWith(`502 ${said}`), answer)
    const check = await world.rpc('accounts.test', { id: 'far' })
    assert.deepEqual([check.outcome, check.message], ['failed', said])
    await assert.rejects(world.rpc('accounts.refreshModels', { id: 'far' }), (thrown) => {
      assert.ok(thrown instanceof GatewayError)
      assert.deepEqual([thrown.code, thrown.message], ['upstream_unreachable', said])
      return true
    })
    assert.deepEqual(await fake.log(), [])
  })

  it('fail closed where what is written is no proxy', async () => {
    const world = await worldWith({}, {}, { environment: { ALL_PROXY: 'socks4://127.0.0.1:1' } })
    assert.match(await chat(world), /^502 The proxy that is set here can not be used/)
    assert.equal(await routeOf(world), 'global ?')
  })

  it('follow their settings at once', async () => {
    const world = await worldWith({}, { network: { proxy: `http://${dead}` } })
    assert.match(await chat(world), new RegExp(`^502 The proxy ${dead}`))
    await world.rpc('settings.put', { network: { proxy: throughProxy(), perProvider: {} } })
    assert.equal(await chat(world), 'answered')
    await world.rpc('accounts.update', { id: 'far', proxy: `http://${dead}` })
    assert.match(await chat(world), new RegExp(`^502 The proxy ${dead}`))
    await world.rpc('accounts.update', { id: 'far', proxy: '' })
    assert.equal(await chat(world), 'answered')
    await world.gateway.applySettings({ ...defaultSettings, port: 0, editorProxy: { proxy: throughProxy() } })
    await world.rpc('settings.put', { network: { proxy: '', perProvider: {} } })
    assert.equal(await chat(world), 'answered')
    await world.gateway.applySettings({ ...defaultSettings, port: 0, editorProxy: { proxy: `http://${dead}` } })
    assert.match(await chat(world), new RegExp(`^502 The proxy ${dead}`))
  })

  it('keep a password out of answers, logs, exports and the data folder', async () => {
    const proxyOfMine = await startConnectProxy({ wants: `me:${password}` })
    ends.push(() => proxyOfMine.stop())
    const address = `127.0.0.1:${proxyOfMine.port}`
    const world = await worldWith({ proxy: `http://me:${password}@${address}` })
    assert.equal(await chat(world), 'answered')

    // What comes back as it was shown keeps the password.
    await world.rpc('accounts.update', { id: 'far', proxy: `http://••••@${address}`, label: 'Renamed' })
    assert.equal(await chat(world), 'answered')

    // It is never sent on to another address.
    await assert.rejects(
      world.rpc('accounts.update', { id: 'far', proxy: `http://••••@${dead}` }),
      /password of the proxy again/,
    )

    await proxyOfMine.stop()
    const failed = await chat(world)
    const seen = [
      failed,
      ...world.lines,
      JSON.stringify(await world.rpc('accounts.list', {})),
      (await world.rpc('bundle.export', {})).text,
      (await world.rpc('gateway.diagnostics', {})).text,
      JSON.stringify(await world.logged(1)),
    ]
    await world.gateway.stop()
    for (const file of await readdir(world.dataDirectory, { recursive: true, withFileTypes: true })) {
      if (file.isFile()) seen.push((await readFile(join(file.parentPath, file.name))).toString('latin1'))
    }
    assert.match(failed, new RegExp(`^502 The proxy ${address}`))
    for (const text of seen) assert.doesNotMatch(text, new RegExp(password))
  })

  for (const network of [
    { proxy: `http://me:${password}@proxy.example:1`, perProvider: {} },
    { proxy: '', perProvider: { groq: `http://me:${password}@proxy.example:1` } },
  ]) {
    it(`refuse a password in the settings: ${JSON.stringify(network).slice(0, 14)}`, async () => {
      const world = await worldWith()
      await assert.rejects(world.rpc('settings.put', { network }), /for an account only/)
    })
  }
})
