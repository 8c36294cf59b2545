// Connections through proxies, byte by byte: what is asked of them, what comes after, and in which words they fail.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type LookupFunction } from 'node:net'
import request from 'undici/lib/api/api-request.js'
import Agent from 'undici/lib/dispatcher/agent.js'
import { GatewayError } from '../src/core/errors.ts'
import { readProxy } from '../src/core/proxy.ts'
import { connectThrough, type TunnelOptions } from '../src/tunnel.ts'
import { type FakeProxy, type FakeProxyOptions, startConnectProxy, startSocksProxy } from './fakes/proxies.ts'

const kinds = [
  { scheme: 'http', start: startConnectProxy },
  { scheme: 'socks5', start: startSocksProxy },
] as const

describe('tunnels', () => {
  let upstream: Server
  let port: number
  const ends: (() => Promise<unknown>)[] = []

  before(async () => {
    upstream = createServer((incoming, response) =>
      response.end(`${incoming.method} ${incoming.url} ${incoming.headers.host}`),
    )
    upstream.listen(0, '127.0.0.1')
    await once(upstream, 'listening')
    port = (upstream.address() as AddressInfo).port
  })
  after(() => {
    upstream.close()
    upstream.closeAllConnections()
  })
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end()
  })

  async function start(kind: (typeof kinds)[number], options: FakeProxyOptions = {}): Promise<FakeProxy> {
    const proxy = await kind.start(options)
    ends.push(() => proxy.stop())
    return proxy
  }

  async function get(proxyText: string, origin: string, options: TunnelOptions = {}): Promise<string> {
    const proxy = readProxy(proxyText)
    assert.ok(proxy)
    const agent = new Agent({ connect: connectThrough(proxy, options) })
    ends.push(() => agent.destroy())
    const { body } = await request.call(agent, { origin, path: '/path', method: 'GET' })
    return await body.text()
  }

  async function failureOf(work: Promise<unknown>): Promise<string> {
    try {
      await work
    } catch (error) {
      assert.ok(error instanceof GatewayError, String(error))
      assert.equal(error.code, 'upstream_unreachable')
      return error.message
    }
    throw new Error('it did not fail')
  }

  for (const kind of kinds) {
    describe(`over ${kind.scheme}`, () => {
      it('lead to a host whose name only the proxy knows', async () => {
        const proxy = await start(kind)
        const text = await get(`${kind.scheme}://127.0.0.1:${proxy.port}`, `http://upstream.invalid:${port}`)
        assert.equal(text, `GET /path upstream.invalid:${port}`)
        assert.deepEqual(proxy.targets, [`upstream.invalid:${port}`])
        assert.deepEqual(proxy.credentials, [])
      })

      it('give the user name and password that the proxy wants', async () => {
        const proxy = await start(kind, { wants: 'me@work:pä:ss' })
        const secret = `${encodeURIComponent('me@work')}:${encodeURIComponent('pä:ss')}`
        await get(`${kind.scheme}://${secret}@127.0.0.1:${proxy.port}`, `http://upstream.invalid:${port}`)
        assert.deepEqual(proxy.credentials, ['me@work:pä:ss'])
      })

      it('fail with the name of the proxy, and never with its password', async () => {
        const proxy = await start(kind, { wants: 'right:password' })
        const at = `127.0.0.1:${proxy.port}`
        for (const secret of ['', 'wrong:pass-word@']) {
          const message = await failureOf(get(`${kind.scheme}://${secret}${at}`, `http://upstream.invalid:${port}`))
          assert.match(message, new RegExp(`^The proxy ${at} (wants|refuses) .*user name and password`))
          assert.doesNotMatch(message, /pass-word|wrong/)
        }
        assert.deepEqual(proxy.targets, [])
      })

      it('fail where the proxy refuses', async () => {
        const proxy = await start(kind, { refuses: true })
        const message = await failureOf(
          get(`${kind.scheme}://127.0.0.1:${proxy.port}`, `http://upstream.invalid:${port}`),
        )
        assert.match(
          message,
          /^The proxy 127\.0\.0\.1:\d+ did not connect to upstream\.invalid.*(status 403|rules forbid)/,
        )
      })

      it('fail where nobody listens', async () => {
        const proxy = await start(kind)
        await proxy.stop()
        const message = await failureOf(get(`${kind.scheme}://127.0.0.1:${proxy.port}`, `http://127.0.0.1:${port}`))
        assert.equal(message, `The proxy 127.0.0.1:${proxy.port} refuses connections; is it running?`)
      })

      for (const [what, answer] of [
        ['closes at once', ''],
        ['speaks something else', '220 mail.example ESMTP ready\r\n\r\n'],
      ] as const) {
        it(`fail where the proxy ${what}`, async () => {
          const server = createTcpServer((socket) => socket.on('error', () => undefined).end(answer))
          server.listen(0, '127.0.0.1')
          await once(server, 'listening')
          ends.push(async () => server.close())
          const at = `127.0.0.1:${(server.address() as AddressInfo).port}`
          assert.match(
            await failureOf(get(`${kind.scheme}://${at}`, `http://127.0.0.1:${port}`)),
            new RegExp(`^The proxy ${at} `),
          )
        })
      }

      it('fail where the proxy says nothing for too long', async () => {
        const server = createTcpServer((socket) => void ends.push(async () => socket.destroy()))
        server.listen(0, '127.0.0.1')
        await once(server, 'listening')
        ends.push(async () => server.close())
        const at = `127.0.0.1:${(server.address() as AddressInfo).port}`
        const message = await failureOf(get(`${kind.scheme}://${at}`, `http://127.0.0.1:${port}`, { timeout: 30 }))
        assert.equal(message, `The proxy ${at} could not be reached in time.`)
      })

      it('go to the very address that was judged, where names are judged here', async () => {
        const proxy = await start(kind, { leadsTo: port })
        const lookup: LookupFunction = (_, __, callback) => callback(null, '192.0.2.7', 4)
        const text = await get(`${kind.scheme}://127.0.0.1:${proxy.port}`, `http://files.example:81`, { lookup })
        assert.equal(text, 'GET /path files.example:81')
        assert.deepEqual(proxy.targets, ['192.0.2.7:81'])
      })

      it('ask for IPv6 addresses', async () => {
        const proxy = await start(kind, { leadsTo: port })
        await get(`${kind.scheme}://127.0.0.1:${proxy.port}`, 'http://[2001:db8::1:2]:82')
        const asHex = '20010db8000000000000000000010002'
        assert.deepEqual(proxy.targets, [kind.scheme === 'http' ? '[2001:db8::1:2]:82' : `${asHex}:82`])
      })
    })
  }
})
