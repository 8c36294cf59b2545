// Every refusal in every dialect, and that the gateway goes on after each of them.
import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import { type Answer, type Call, type Loose, sendRaw, startWorld, testKey, type World } from './world.ts'

interface Dialect {
  readonly name: string
  readonly path: string
  readonly body: object
  /** Message and code of an error in this dialect; fails when its shape is another. */
  read(body: Loose): { message: string; kind: string }
}

const messages = [{ role: 'user', content: 'Hi' }]
const openai = (body: Loose): { message: string; kind: string } => {
  assert.deepEqual(Object.keys(body), ['error'])
  for (const field of ['message', 'type']) assert.equal(typeof body.error[field], 'string')
  assert.ok('param' in body.error && 'code' in body.error)
  return { message: body.error.message, kind: body.error.type }
}
const dialects: readonly Dialect[] = [
  { name: 'openai-chat', path: '/v1/chat/completions', body: { model: 'demo/echo', messages }, read: openai },
  { name: 'openai-responses', path: '/v1/responses', body: { model: 'demo/echo', input: 'Hi' }, read: openai },
  {
    name: 'anthropic-messages',
    path: '/v1/messages',
    body: { model: 'demo/echo', max_tokens: 9, messages },
    read(body) {
      assert.equal(body.type, 'error')
      assert.equal(typeof body.error.message, 'string')
      return { message: body.error.message, kind: body.error.type }
    },
  },
  {
    name: 'gemini-generate',
    path: '/v1beta/models/demo/echo:generateContent',
    body: { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] },
    read(body) {
      assert.equal(typeof body.error.code, 'number')
      assert.equal(typeof body.error.message, 'string')
      return { message: body.error.message, kind: body.error.status }
    },
  },
]

describe('refusals', () => {
  let world: World

  before(async () => {
    world = await startWorld({ settings: { bodyLimitMb: 1 } }, { withDemo: true })
  })
  after(() => world?.stop())
  // Whatever was refused, the next ordinary request is served.
  afterEach(async () => {
    const answer = await world.send('/v1/chat/completions', { body: { model: 'demo/echo', messages } })
    assert.equal(answer.status, 200, answer.text)
    assert.deepEqual(
      world.lines.filter((line) => line.includes('request ')),
      [],
    )
  })

  function refused(answer: Answer, status: number, dialect: Dialect): { message: string; kind: string } {
    assert.equal(answer.status, status, answer.text)
    assert.match(answer.headers['content-type'] ?? '', /^application\/json/)
    assert.match(String(answer.headers['x-omniroute-request-id']), /^[0-9a-f-]{36}$/)
    return dialect.read(answer.json())
  }

  for (const dialect of dialects) {
    describe(`in ${dialect.name}`, () => {
      const post = (call: Call): Promise<Answer> => world.send(dialect.path, { method: 'POST', ...call })
      const inPath = dialect.name === 'gemini-generate'

      it('a body that is no JSON', async () => {
        const { message } = refused(await post({ body: '{"model": "demo/echo", "messages": [' }), 400, dialect)
        assert.match(message, /not valid JSON/)
      })

      it('no body at all', async () => {
        assert.match(refused(await post({}), 400, dialect).message, /no body/)
      })

      for (const body of ['[]', '"text"', 'null', '12']) {
        it(`${body} as a body`, async () => {
          assert.match(refused(await post({ body }), 400, dialect).message, /must be a JSON object/)
        })
      }

      if (!inPath) {
        it('a missing, empty, misplaced or doubled model', async () => {
          for (const model of ['', '"model":"",', '"model":7,', '"model":{"a":1},', '"model":"a","model":"b",']) {
            const { message } = refused(await post({ body: `{${model}"x":1}` }), 400, dialect)
            assert.match(message, /"model"/)
          }
        })

        it('a stream flag that is none', async () => {
          const { message } = refused(await post({ body: { ...dialect.body, stream: 'yes' } }), 400, dialect)
          assert.match(message, /"stream" must be true or false/)
        })
      }

      it('an unknown model, with the nearest name', async () => {
        const call = { body: { ...dialect.body, model: 'demo-echo' } }
        const answer = inPath ? await world.send('/v1beta/models/demo-echo:generateContent', call) : await post(call)
        const { message } = refused(answer, 404, dialect)
        assert.match(message, /no model or combo "demo-echo".*Did you mean "demo\/echo"/)
      })

      it('a missing key', async () => {
        const { message } = refused(await post({ body: dialect.body, anonymous: true }), 401, dialect)
        assert.match(message, /no API key/)
      })

      it('a wrong key, however it is presented', async () => {
        const presentations: Call[] = [
          { headers: { authorization: 'Bearer wrong' } },
          { headers: { authorization: `Bearer ${testKey}x` } },
          { headers: { authorization: `Basic ${testKey}` } },
          { headers: { 'x-api-key': 'wrong' } },
          { headers: { 'x-goog-api-key': 'wrong' } },
        ]
        for (const call of presentations) {
          const answer = await post({ ...call, body: dialect.body, anonymous: true })
          const { message } = refused(answer, 401, dialect)
          assert.doesNotMatch(message, /wrong|omr-test/)
        }
        const query = await world.send(`${dialect.path}?key=wrong`, { body: dialect.body, anonymous: true })
        refused(query, 401, dialect)
      })

      it('and takes the right key however it is presented', async () => {
        for (const headers of [
          { authorization: `bearer ${testKey}` },
          { 'x-api-key': testKey },
          { 'x-goog-api-key': testKey },
        ]) {
          const answer = await post({ headers, body: dialect.body, anonymous: true })
          assert.equal(answer.status, 200, answer.text)
        }
        const answer = await world.send(`${dialect.path}?key=${testKey}`, { body: dialect.body, anonymous: true })
        assert.equal(answer.status, 200, answer.text)
      })

      it('a body that is too large, whether it says so or not', async () => {
        const body = JSON.stringify({ ...dialect.body, filler: 'x'.repeat(3 * 1024 * 1024) })
        const announced = await post({ body, headers: { 'content-length': String(body.length) } })
        assert.match(refused(announced, 413, dialect).message, /larger than 1 MB/)
        const chunked = await post({ body, headers: { 'transfer-encoding': 'chunked' } })
        refused(chunked, 413, dialect)
        const packed = await post({ body: gzipSync(body), headers: { 'content-encoding': 'gzip' } })
        refused(packed, 413, dialect)
      })

      it('a packed body that is broken or of a strange kind; a sound one is unpacked', async () => {
        const sound = gzipSync(JSON.stringify(dialect.body))
        assert.equal((await post({ body: sound, headers: { 'content-encoding': 'gzip' } })).status, 200)
        const broken = await post({ body: sound.subarray(0, 20), headers: { 'content-encoding': 'gzip' } })
        assert.match(refused(broken, 400, dialect).message, /not valid gzip/)
        const strange = await post({ body: sound, headers: { 'content-encoding': 'compress' } })
        assert.match(refused(strange, 415, dialect).message, /"compress" is not supported/)
      })

      it('the wrong method, naming the right one', async () => {
        for (const method of ['PUT', 'DELETE', 'PATCH', 'GET']) {
          const answer = await world.send(dialect.path, { method })
          if (inPath && method === 'GET') refused(answer, 404, dialect)
          else {
            assert.match(refused(answer, 405, dialect).message, /takes POST/)
            assert.equal(answer.headers['allow'], 'POST')
          }
        }
      })

      it('requests of web pages and of strange hosts', async () => {
        const attacks: Record<string, string>[] = [
          { host: 'evil.example' },
          { host: `evil.example:${world.port}` },
          { host: '127.0.0.1.evil.example' },
          { host: `localhost.:${world.port}` },
          { origin: 'https://evil.example' },
          { origin: 'null' },
          { origin: `http://127.0.0.1:${world.port + 1}` },
          { origin: `http://localhost:${world.port}` },
          { 'sec-fetch-site': 'cross-site' },
          { 'sec-fetch-site': 'same-site' },
          { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
        ]
        for (const headers of attacks) {
          refused(await post({ body: dialect.body, headers }), 403, dialect)
        }
        const preflight = await world.send(dialect.path, {
          method: 'OPTIONS',
          anonymous: true,
          headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
        })
        assert.equal(preflight.status, 403)
        assert.equal(preflight.headers['access-control-allow-origin'], undefined)
      })

      it('and takes the names of this machine', async () => {
        for (const host of ['127.0.0.1', 'localhost', '[::1]', 'LOCALHOST']) {
          const answer = await post({ body: dialect.body, headers: { host: `${host}:${world.port}` } })
          assert.equal(answer.status, 200, answer.text)
        }
        const own = { origin: world.url, 'sec-fetch-site': 'same-origin' }
        assert.equal((await post({ body: dialect.body, headers: own })).status, 200)
      })

      it('a path that is no encoding', async () => {
        const answer = await world.send(inPath ? '/v1beta/models/%zz:generateContent' : `${dialect.path}/%zz`, {
          body: dialect.body,
        })
        assert.ok(answer.status === 400 || answer.status === 404, answer.text)
        dialect.read(answer.json())
      })
    })
  }

  it('an unknown path, in the words of OpenAI', async () => {
    for (const path of [
      '/v1/nothing',
      '/v2/chat/completions',
      '/v1/embeddings',
      '/assets/../../package.json',
      '/.env',
    ]) {
      const answer = await world.send(path, { method: 'POST' })
      assert.equal(answer.status, 404, path)
      assert.match(openai(answer.json()).message, /nothing at POST/)
    }
  })

  it('a head that is a bomb', async () => {
    const head = `POST /v1/messages HTTP/1.1\r\nhost: 127.0.0.1\r\nx-bomb: ${'b'.repeat(80 * 1024)}\r\n\r\n`
    assert.match(await sendRaw(world.port, head), /^HTTP\/1\.1 431 [\s\S]*larger than 64 KB/)
    const many = Array.from({ length: 9000 }, (_, index) => `x-${index}: y`).join('\r\n')
    const answer = await sendRaw(world.port, `GET /health HTTP/1.1\r\nhost: 127.0.0.1\r\n${many}\r\n\r\n`)
    assert.match(answer, /^HTTP\/1\.1 431 /)
  })

  const host = 'host: 127.0.0.1\r\n'
  const broken: Readonly<Record<string, string>> = {
    'no HTTP at all': '\u0016\u0003\u0001 hello\r\n\r\n',
    'a bad version': `GET / HTTP/9.9\r\n${host}\r\n`,
    'a bad header': `GET / HTTP/1.1\r\n${host}bad header\r\n\r\n`,
    'two lengths': `POST /v1/messages HTTP/1.1\r\n${host}content-length: 2\r\ncontent-length: 5\r\n\r\n{}`,
    'a length beside chunks': `POST /v1/messages HTTP/1.1\r\n${host}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
    'a bad length': `POST /v1/messages HTTP/1.1\r\n${host}content-length: many\r\n\r\n{}`,
  }
  for (const [what, bytes] of Object.entries(broken)) {
    it(`${what} in place of a request`, async () => {
      const answer = await sendRaw(world.port, bytes)
      assert.match(answer, /^HTTP\/1\.1 400 [\s\S]*\{"error":\{"message":/)
    })
  }

  it('a request without a Host header', async () => {
    const answer = await sendRaw(world.port, 'GET /v1/models HTTP/1.1\r\nconnection: close\r\n\r\n')
    assert.match(answer, /^HTTP\/1\.1 403 [\s\S]*answers only to 127\.0\.0\.1/)
  })

  it('a client that leaves in the middle of its request', async () => {
    const before = (await world.rpc('requests.page', {})).total
    const leave = new AbortController()
    const body = JSON.stringify({ model: 'demo/echo', messages })
    const sent = world.send('/v1/chat/completions', {
      body,
      headers: { 'content-length': String(body.length + 1) },
      signal: leave.signal,
    })
    setTimeout(() => leave.abort(), 50)
    await assert.rejects(sent)
    const [row] = await world.logged(before + 1)
    assert.deepEqual([row?.status, row?.code], [499, 'client_left'])
  })
})
