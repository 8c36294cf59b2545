// Model servers on this machine: found when they answer like one, left alone otherwise, and never waited for long.
import assert from 'node:assert/strict'
import { createServer, type RequestListener, type Server } from 'node:http'
import { candidatesOf, localServers } from '../../../src/vscode/start/local-servers.ts'

const ollama = (baseUrl: string) => ({ id: 'ollama', tier: 'local' as const, baseUrl })

async function serve(listener: RequestListener, work: (baseUrl: string, host: string) => Promise<void>): Promise<void> {
  const server: Server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const host = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  try {
    await work(`http://${host}/v1`, host)
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}

const models: RequestListener = (request, response) => {
  assert.equal(request.url, '/v1/models')
  assert.equal(request.headers.authorization, undefined)
  response.end(JSON.stringify({ object: 'list', data: [{ id: 'a' }, { id: 'b' }] }))
}

describe('model servers on this machine', () => {
  it('are found with the number of their models', () =>
    serve(models, async (baseUrl, host) => {
      assert.deepEqual(await localServers({}, [ollama(baseUrl)], []), [
        { provider: 'ollama', address: host, models: 2, input: { provider: 'ollama' } },
      ])
    }))

  it('are found where their own variable says, and added with that address', () =>
    serve(models, async (baseUrl, host) => {
      const found = await localServers({ OLLAMA_HOST: host }, [ollama('http://127.0.0.1:11434/v1')], [])
      assert.deepEqual(found, [
        { provider: 'ollama', address: host, models: 2, input: { provider: 'ollama', baseUrl } },
      ])
    }))

  it('are not offered twice', () =>
    serve(models, async (baseUrl) => {
      assert.deepEqual(await localServers({}, [ollama(baseUrl)], [{ provider: 'ollama' }]), [])
      assert.deepEqual(await localServers({}, [ollama(baseUrl)], [{ provider: 'ollama', baseUrl }]), [])
      const elsewhere = [{ provider: 'ollama', baseUrl: 'http://192.168.1.5:11434/v1' }]
      assert.equal((await localServers({}, [ollama(baseUrl)], elsewhere)).length, 1)
    }))

  for (const [what, listener] of [
    ['refuses', (_request, response) => response.writeHead(401).end('{"data":[]}')],
    ['says something else', (_request, response) => response.end('<html>hello</html>')],
    ['has another shape', (_request, response) => response.end('{"models":[]}')],
    ['breaks off', (request) => request.socket.destroy()],
    ['never answers', () => undefined],
    ['never ends', (_request, response) => void response.write('{"data":[')],
  ] as [string, RequestListener][]) {
    it(`are none where somebody ${what}`, () =>
      serve(listener, async (baseUrl) => {
        assert.deepEqual(await localServers({}, [ollama(baseUrl)], []), [])
      }))
  }

  it('are looked for on loopback only', () => {
    const hosts = (value: string) =>
      candidatesOf({ OLLAMA_HOST: value }, [ollama('http://127.0.0.1:11434/v1')]).map(({ baseUrl }) => baseUrl)
    assert.deepEqual(hosts('192.168.1.5:11434'), ['http://127.0.0.1:11434/v1'])
    assert.deepEqual(hosts('http://evil.example'), ['http://127.0.0.1:11434/v1'])
    assert.deepEqual(hosts('0.0.0.0'), ['http://127.0.0.1:11434/v1'])
    assert.deepEqual(hosts('0.0.0.0:4000'), ['http://127.0.0.1:4000/v1'])
    assert.deepEqual(hosts(':4000'), ['http://127.0.0.1:4000/v1'])
    assert.deepEqual(hosts('localhost'), ['http://localhost:11434/v1'])
    assert.deepEqual(hosts('?'), ['http://127.0.0.1:11434/v1'])
    const others = [
      { id: 'far', tier: 'local' as const, baseUrl: 'http://10.0.0.1/v1' },
      { id: 'groq', tier: 'api-key' as const, baseUrl: 'http://127.0.0.1/v1' },
    ]
    assert.deepEqual(candidatesOf({}, others), [])
  })
})
