// The caches over real sockets: a slow reader, a client that hangs up, a whole body with its length, a stream that is shared live.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import { type Caches, createCaches } from '../../../src/engine/cache/caches.ts'
import type { Run } from '../../../src/engine/cache/coalesce.ts'
import { HttpSink } from '../../../src/server/sink.ts'
import { cacheRequest, cacheSettings, ManualClock } from './support.ts'

const pieceSize = 64 * 1024
const pieceCount = 128

/** A stream of 8 MB, more than sockets hold; it honours back-pressure and goes on after its first piece when it may. */
function streaming(state: { calls: number; aborted: number }, mayGoOn: Promise<void>): Run<string> {
  return async (sink, signal) => {
    state.calls++
    signal.addEventListener('abort', () => state.aborted++)
    sink.head(200, { 'content-type': 'text/event-stream' })
    sink.write(': open\n\n')
    await mayGoOn
    for (let index = 0; index < pieceCount && !signal.aborted; index++) {
      const text = `data: {"choices":[{"delta":{"content":"${String(index).padEnd(pieceSize, '.')}"}}]}\n\n`
      if (sink.write(Buffer.from(text))) continue
      await new Promise<void>((resolve) => {
        sink.onDrain(resolve)
        signal.addEventListener('abort', resolve)
      })
    }
    if (signal.aborted) return 'left'
    sink.end('data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\n')
    return 'served'
  }
}

function gate(): { readonly opened: Promise<void>; readonly goOn: () => void } {
  let goOn = (): void => undefined
  const opened = new Promise<void>((resolve) => {
    goOn = resolve
  })
  return { opened, goOn: () => goOn() }
}

describe('the caches over sockets', () => {
  let server: http.Server
  let caches: Caches<string, string>
  let run: Run<string>
  let settings = cacheSettings()

  before(async () => {
    const quiet = (): void => undefined
    caches = createCaches<string, string>({
      clock: new ManualClock(),
      settings: () => settings,
      embed: async () => undefined,
      log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
      noteOf: (result) => (result === 'served' ? result : undefined),
    })
    server = http.createServer(async (request, response) => {
      const sink = new HttpSink(response)
      const described = cacheRequest({ path: request.url })
      await caches.around(request.headers, () => described, sink, sink, run)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })

  after(() => {
    server.closeAllConnections()
    server.close()
  })

  function open(path: string): Promise<http.IncomingMessage> {
    const address = server.address()
    assert.ok(typeof address === 'object' && address)
    return new Promise((resolve, reject) => {
      http.get({ port: address.port, host: '127.0.0.1', path, agent: false }, resolve).on('error', reject)
    })
  }

  async function read(response: http.IncomingMessage): Promise<Buffer> {
    const chunks: Buffer[] = []
    for await (const chunk of response) chunks.push(chunk)
    return Buffer.concat(chunks)
  }

  it('replay a whole body with its length', async () => {
    settings = cacheSettings({ exact: true })
    const body = '{"choices":[{"message":{"content":"Grüße"},"finish_reason":"stop"}]}'
    run = async (sink) => {
      sink.head(200, { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) })
      sink.end(body)
      return 'served'
    }
    const first = await open('/whole')
    assert.equal((await read(first)).toString(), body)
    const second = await open('/whole')
    assert.equal((await read(second)).toString(), body)
    assert.equal(second.headers['content-length'], String(Buffer.byteLength(body)))
    assert.equal(second.headers['x-omniroute-cache'], 'hit')
  })

  it('share a stream with who comes late, and replay it to a slow reader', async () => {
    settings = cacheSettings({ exact: true, coalesce: true, maxMegabytes: 128 })
    const state = { calls: 0, aborted: 0 }
    const { opened, goOn } = gate()
    run = streaming(state, opened)
    const slow = await open('/stream')
    const late = await open('/stream')
    goOn()
    // The first does not read at all until the second has everything.
    const lateBytes = await read(late)
    const slowBytes = await read(slow)
    assert.equal(late.headers['x-omniroute-cache'], 'shared')
    assert.equal(state.calls, 1)
    assert.ok(lateBytes.length > pieceSize * pieceCount)
    assert.ok(slowBytes.equals(lateBytes))
    const again = await open('/stream')
    assert.equal(again.headers['x-omniroute-cache'], 'hit')
    assert.ok((await read(again)).equals(lateBytes))
  })

  it('go on when the first hangs up, and end the call when the last does', async () => {
    settings = cacheSettings({ coalesce: true })
    const state = { calls: 0, aborted: 0 }
    const { opened, goOn } = gate()
    run = streaming(state, opened)
    const first = await open('/leaving')
    const second = await open('/leaving')
    first.destroy()
    goOn()
    const bytes = await read(second)
    assert.ok(bytes.length > pieceSize * pieceCount)
    assert.deepEqual(state, { calls: 1, aborted: 0 })

    // The gate is still open, but nobody reads: the call waits for the socket.
    const only = await open('/leaving')
    only.destroy()
    for (let count = 0; count < 200 && caches.statistics().running > 0; count++) {
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    assert.equal(caches.statistics().running, 0)
    assert.deepEqual(state, { calls: 2, aborted: 1 })
  })
})
