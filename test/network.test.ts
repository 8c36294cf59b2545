// Ways to an account's servers: one pool a proxy, made anew when something changes, and downloads by the same rules.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Dispatcher } from 'undici'
import request from 'undici/lib/api/api-request.js'
import type { Account } from '../src/core/account.ts'
import type { Environment } from '../src/core/proxy.ts'
import { createDownloader } from '../src/engine/media-download.ts'
import { createNetwork, type ProxySettings } from '../src/network.ts'
import { provider } from '../src/providers/openai-compatible.ts'
import { type FakeProxy, startConnectProxy } from './fakes/proxies.ts'

const account = { id: 'a', baseUrl: 'http://upstream.invalid/v1' } as Account
const nothing: ProxySettings = { network: { proxy: '', perProvider: {} }, editor: {} }

describe('the network', () => {
  let upstream: Server
  let port: number
  /** Local ports of the connections that arrived, one for each request. */
  let arrivals: (number | undefined)[]
  let proxy: FakeProxy
  let settings: ProxySettings
  const ends: (() => unknown)[] = []

  before(async () => {
    upstream = createServer((incoming, response) => {
      arrivals.push(incoming.socket.remotePort)
      response.end('there')
    })
    upstream.listen(0, '127.0.0.1')
    await once(upstream, 'listening')
    port = (upstream.address() as AddressInfo).port
  })
  after(() => {
    upstream.close()
    upstream.closeAllConnections()
  })
  beforeEach(async () => {
    arrivals = []
    settings = nothing
    proxy = await startConnectProxy({ leadsTo: port })
    ends.push(() => proxy.stop())
  })
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end()
  })

  function start(environment: Environment = {}): ReturnType<typeof createNetwork> {
    const network = createNetwork({ settings: () => settings, environment })
    ends.push(() => network.close())
    return network
  }

  async function get(dispatcher: Pick<Dispatcher, 'dispatch'>): Promise<string> {
    const { body } = await request.call(dispatcher as Dispatcher, {
      origin: 'http://upstream.invalid',
      path: '/',
      method: 'GET',
    })
    const text = await body.text()
    // The connection is free again a turn after the answer was read.
    await new Promise((resolve) => setImmediate(resolve))
    return text
  }

  const address = () => `http://127.0.0.1:${proxy.port}`

  it('keeps a way and its connections while nothing changes', async () => {
    const network = start({ ALL_PROXY: address() })
    const first = network.dispatcherFor(account, provider)
    assert.deepEqual([first.via, first.host], ['global', `127.0.0.1:${proxy.port}`])
    await get(first.dispatcher)
    const second = network.dispatcherFor(account, provider)
    assert.equal(second, first)
    await get(second.dispatcher)
    const other = network.dispatcherFor({ ...account, id: 'b', proxy: address() }, provider)
    assert.equal(other.via, 'account')
    await get(other.dispatcher)
    assert.equal(new Set(arrivals).size, 1)
    assert.equal(proxy.targets.length, 1)
  })

  it('works everything out anew after a change, also for a call that holds the old way', async () => {
    const network = start({ ALL_PROXY: address() })
    const before = network.dispatcherFor(account, provider)
    await get(before.dispatcher)
    settings = { ...nothing, network: { proxy: 'direct', perProvider: {} } }
    assert.equal(network.dispatcherFor(account, provider).via, 'direct')
    settings = { ...nothing, network: { proxy: '', perProvider: { [provider.id]: 'socks5://x:1' } } }
    assert.deepEqual(network.dispatcherFor(account, provider).host, 'x:1')
    assert.equal(await get(before.dispatcher), 'there')
    assert.equal(new Set(arrivals).size, 2)
  })

  it('keeps no more pools than it may, and the others work all the same', async () => {
    const network = start()
    for (let name = 0; name < 40; name++) {
      const own = { ...account, proxy: `http://user-${name}:p@127.0.0.1:${proxy.port}` }
      assert.equal(await get(network.dispatcherFor(own, provider).dispatcher), 'there')
    }
    assert.equal(proxy.credentials.length, 40)
  })

  it('has no way for a proxy whose password is missing', () => {
    const { dispatcher } = start().dispatcherFor({ ...account, proxy: 'http://••••@127.0.0.1:1' }, provider)
    assert.throws(
      () => dispatcher.dispatch({ origin: 'http://upstream.invalid', path: '/', method: 'GET' }, {}),
      /user name and password are not on this machine/,
    )
  })

  it('sends downloads through the proxy of the account, to addresses that were judged here', async () => {
    const network = start()
    const downloader = createDownloader({
      userAgent: 'omniroute/test',
      allowLoopback: true,
      route: (own, url, lookup) => network.downloadFor(own, provider, url, lookup),
    })
    ends.push(() => downloader.close())
    const never = new AbortController().signal
    const own = { ...account, proxy: address() }
    const { bytes } = await downloader.get(`http://localhost:${port}/file`, never, own)
    assert.equal(bytes.toString(), 'there')
    assert.match(proxy.targets.join(), new RegExp(`^(127\\.0\\.0\\.1|\\[::1\\]):${port}$`))

    await proxy.stop()
    arrivals = []
    await assert.rejects(downloader.get(`http://localhost:${port}/file`, never, own), /The proxy 127\.0\.0\.1:\d+ /)
    await assert.rejects(downloader.get('http://10.0.0.1/file', never, own), /public internet/)
    assert.deepEqual(arrivals, [])
  })

  it('uses no connection of before a sleep again, and lets calls under way end', async () => {
    const network = start()
    const own = { ...account, baseUrl: `http://127.0.0.1:${port}/v1` }
    const { dispatcher, via } = network.dispatcherFor(own, provider)
    assert.equal(via, 'direct')
    const ask = async () => {
      const call = { origin: `http://127.0.0.1:${port}`, path: '/', method: 'GET' as const }
      const { body } = await request.call(dispatcher as Dispatcher, call)
      const text = await body.text()
      // The connection is free again a turn after the answer was read.
      await new Promise((resolve) => setImmediate(resolve))
      return text
    }
    await ask()
    await ask()
    assert.equal(new Set(arrivals).size, 1)
    const running = ask()
    network.renew()
    assert.equal(await running, 'there')
    assert.equal(await ask(), 'there')
    assert.equal(new Set(arrivals).size, 2)
    assert.notEqual(arrivals.at(-1), arrivals[0])
  })

  it('fails calls with the error that it is interrupted by', async () => {
    const network = start()
    const silent = createServer().listen(0, '127.0.0.1')
    await once(silent, 'listening')
    ends.push(() => silent.close())
    const { dispatcher } = network.dispatcherFor(account, provider)
    const origin = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
    const running = request.call(dispatcher as Dispatcher, { origin, path: '/', method: 'GET' })
    const asked = once(silent, 'request')
    await asked
    await Promise.all([assert.rejects(running, /it is over/), network.interrupt(new Error('it is over'))])
  })
})
