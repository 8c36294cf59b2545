// The fakes checked on the wire itself: what the SDKs forgive (framing, breaks, order) has to be exact here.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { createParser } from 'eventsource-parser'
import { textEvents } from './answer.ts'
import { type Fake, startFake } from './start.ts'

interface Call {
  readonly path: string
  readonly body: object
  readonly headers?: Record<string, string>
  readonly signal?: AbortSignal
}

const question = { messages: [{ role: 'user', content: 'Wie geht’s? 🙂' }] }

describe('fake upstreams', () => {
  let fake: Fake

  before(async () => {
    fake = await startFake()
  })
  after(() => fake?.stop())
  afterEach(() => fake.control({ reset: true, forget: true, keys: {} }))

  function post({ path, body, ...rest }: Call): Promise<Response> {
    return fetch(fake.url + path, { method: 'POST', body: JSON.stringify(body), ...rest })
  }

  function chat(model: string, more: object = {}): Promise<Response> {
    return post({ path: '/v1/chat/completions', body: { model, ...question, stream: true, ...more } })
  }

  function events(text: string): { event?: string | undefined; data: string }[] {
    const found: { event?: string | undefined; data: string }[] = []
    const parser = createParser({ onEvent: (event) => found.push({ event: event.event, data: event.data }) })
    parser.feed(text)
    return found
  }

  it('sends chat chunks in order and usage only when asked', async () => {
    const plain = events(await (await chat('text~events=3')).text()).map((event) => event.data)
    assert.equal(plain.at(-1), '[DONE]')
    const chunks = plain.slice(0, -1).map((data) => JSON.parse(data))
    assert.equal(chunks.map((chunk) => chunk.choices[0].delta.content ?? '').join(''), textEvents(3).join(''))
    assert.deepEqual(chunks.at(-1).choices[0], { index: 0, delta: {}, logprobs: null, finish_reason: 'stop' })
    assert.ok(chunks.every((chunk) => !('usage' in chunk)))

    const withUsage = events(await (await chat('text', { stream_options: { include_usage: true } })).text())
    const last = JSON.parse(withUsage.at(-2)?.data ?? '')
    assert.deepEqual(last.choices, [])
    assert.equal(last.usage.completion_tokens, 4)
  })

  it('numbers the events of Responses without gaps and names each of them', async () => {
    const body = { model: 'reasoning', input: 'Hello', stream: true }
    const found = events(await (await post({ path: '/v1/responses', body })).text())
    const data = found.map((event) => JSON.parse(event.data))
    assert.deepEqual(
      data.map((event) => event.sequence_number),
      [...data.keys()],
    )
    assert.deepEqual(
      found.map((event) => event.event),
      data.map((event) => event.type),
    )
    assert.equal(data.at(-1).type, 'response.completed')
    assert.deepEqual(
      data.at(-1).response.output.map((item: { type: string }) => item.type),
      ['reasoning', 'message'],
    )
  })

  it('opens and closes each Anthropic block once, in order', async () => {
    const tools = [{ name: 'look', input_schema: { type: 'object', properties: { at: { type: 'string' } } } }]
    const body = { model: 'tools-parallel~reasoning=1~text=Hm', ...question, tools, max_tokens: 9, stream: true }
    const found = events(await (await post({ path: '/v1/messages', body })).text()).map((event) =>
      JSON.parse(event.data),
    )
    const blocks = found.flatMap((event) =>
      event.type === 'content_block_start'
        ? [event.content_block.type]
        : event.type === 'content_block_stop'
          ? ['/']
          : [],
    )
    assert.deepEqual(blocks, ['thinking', '/', 'text', '/', 'tool_use', '/', 'tool_use', '/'])
    const json = found.filter((event) => event.index === 2).map((event) => event.delta?.partial_json ?? '')
    assert.deepEqual(JSON.parse(json.join('')), { at: 'fake' })
    assert.equal(found.at(-2).delta.stop_reason, 'tool_use')
    assert.equal(found.at(-1).type, 'message_stop')
  })

  it('streams Gemini as events with alt=sse and as a JSON array without', async () => {
    const body = { contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] }
    const path = '/v1beta/models/vendor/echo:streamGenerateContent'
    const sse = events(await (await post({ path: `${path}?alt=sse`, body })).text()).map((e) => JSON.parse(e.data))
    const array = JSON.parse(await (await post({ path, body })).text())
    for (const chunks of [sse, array]) {
      assert.equal(
        chunks.map((chunk: ReturnType<typeof JSON.parse>) => chunk.candidates[0].content.parts[0].text).join(''),
        'Hello',
      )
      assert.equal(chunks.at(-1).candidates[0].finishReason, 'STOP')
    }
  })

  it('frames a stream as the script says without changing its data', async () => {
    const plain = events(await (await chat('text')).text())
    for (const model of ['crlf', 'cr', 'comments', 'bom', 'tight', 'byte-by-byte']) {
      const text = Buffer.from(await (await chat(model)).arrayBuffer()).toString('utf8')
      const read = events(text).map((event) => event.data.replaceAll(/"(id|model|created)":("[^"]*"|\d+)/g, ''))
      assert.deepEqual(
        read,
        plain.map((event) => event.data.replaceAll(/"(id|model|created)":("[^"]*"|\d+)/g, '')),
        model,
      )
    }
    assert.match(await (await chat('crlf')).text(), /^data: [^\r\n]+\r\n\r\n/)
    assert.match(await (await chat('comments')).text(), /^: keep-alive\n\n/)
    assert.equal(Buffer.from(await (await chat('bom')).arrayBuffer())[0], 0xef)
  })

  it('breaks a stream in the middle, and after its end when told so', async () => {
    const middle = await chat('break-mid-stream')
    await assert.rejects(middle.text())
    const complete = await chat('break-after-terminal')
    const decoder = new TextDecoder()
    let received = ''
    await assert.rejects(async () => {
      for await (const chunk of complete.body ?? []) received += decoder.decode(chunk, { stream: true })
    })
    assert.match(received, /\[DONE\]\n\n$/)
    await assert.rejects(chat('break-before-headers'))
    const [first, second] = await fake.logWhen((log) => log.length === 3 && log.every((one) => one.end !== 'open'))
    assert.equal(first?.end, 'broken')
    assert.ok((second?.sentBytes ?? 0) > (first?.sentBytes ?? 0))
  })

  it('leaves out what the script leaves out', async () => {
    const done = await (await chat('missing-done')).text()
    assert.ok(done.includes('"finish_reason":"stop"') && !done.includes('[DONE]'))
    const terminal = await (await chat('missing-terminal')).text()
    assert.ok(!terminal.includes('"finish_reason":"stop"') && terminal.includes('alpha'))
    assert.equal(await (await chat('empty')).text(), '')
    const truncated = await (await chat('truncated-json', { stream: false })).text()
    assert.throws(() => JSON.parse(truncated))
  })

  it('answers a status with the error of each dialect', async () => {
    const limited = await chat('status-429~retryAfter=7')
    assert.equal(limited.status, 429)
    assert.equal(limited.headers.get('retry-after'), '7')
    assert.equal(JSON.parse(await limited.text()).error.code, 'rate_limit_exceeded')

    const anthropic = { model: 'status-529', ...question, max_tokens: 5 }
    const overloaded = await post({ path: '/v1/messages', body: anthropic })
    assert.equal(overloaded.status, 529)
    assert.equal(JSON.parse(await overloaded.text()).error.type, 'overloaded_error')

    const gemini = { contents: [{ parts: [{ text: 'x' }] }] }
    const missing = await post({ path: '/v1beta/models/nobody:generateContent', body: gemini })
    assert.equal(missing.status, 404)
    assert.equal(JSON.parse(await missing.text()).error.status, 'NOT_FOUND')

    const hidden = await chat('error-in-200')
    assert.equal(hidden.status, 200)
    assert.ok(JSON.parse(await hidden.text()).error.message)
    const page = await chat('html-502')
    assert.equal(page.status, 502)
    assert.match(await page.text(), /<html>/)
  })

  it('hides an error event before or after content', async () => {
    const first = events(await (await chat('error-event')).text())
    assert.equal(first.filter((event) => event.data.includes('alpha')).length, 0)
    assert.ok(JSON.parse(first.at(-1)?.data ?? '').error)
    const later = await (await chat('error-mid-stream')).text()
    assert.ok(later.includes('alpha') && later.includes('"error"') && !later.includes('[DONE]'))
  })

  it('checks the key of a wire when it was given one', async () => {
    await fake.control({ keys: { 'anthropic-messages': 'right' } })
    const call = { path: '/v1/messages', body: { model: 'echo', ...question, max_tokens: 5 } }
    assert.equal((await post({ ...call, headers: { 'x-api-key': 'wrong' } })).status, 401)
    assert.equal((await post({ ...call, headers: { 'x-api-key': 'right' } })).status, 200)
  })

  it('follows scripts set for a model one after the other', async () => {
    await fake.control({ model: 'gpt', scripts: ['status-500', { status: 429, retryAfter: '1' }, 'text'] })
    const statuses: number[] = []
    for (let round = 0; round < 4; round += 1) statuses.push((await chat('gpt')).status)
    assert.deepEqual(statuses, [500, 429, 200, 200])
  })

  it('remembers what it received, byte by byte, and how the client left', async () => {
    const leaving = new AbortController()
    const endless = { model: 'endless', ...question, stream: true }
    const response = await post({ path: '/v1/chat/completions', body: endless, signal: leaving.signal })
    await response.body?.getReader().read()
    leaving.abort()
    const [left] = await fake.logWhen((log) => log[0]?.end === 'left')
    assert.equal(Buffer.from(left?.body ?? '', 'base64').toString('utf8'), JSON.stringify(endless))
    assert.ok((left?.sentBytes ?? 0) > 0)
    assert.equal(left?.model, 'endless')
    assert.equal(left?.wire, 'openai-chat')
  })

  it('writes no further than a slow reader lets it', async () => {
    const body = JSON.stringify({ model: 'huge-body~megabytes=64', ...question, stream: true })
    const socket = connect(fake.port, '127.0.0.1')
    await once(socket, 'connect')
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    )
    await once(socket, 'data')
    socket.pause()
    const open = await fake.logWhen((log) => (log[0]?.sentBytes ?? 0) > 0)
    assert.equal(open[0]?.end, 'open')
    await sleep(300)
    const [record] = await fake.log({ bodies: false })
    assert.equal(record?.end, 'open')
    assert.ok((record?.sentBytes ?? 0) < 32 * 1024 * 1024, `sent ${record?.sentBytes}`)
    socket.destroy()
    await fake.logWhen((log) => log[0]?.end === 'left')
  })

  it('sends megabytes as many events or as one', async () => {
    const many = events(await (await chat('huge-body~megabytes=1')).text())
    const one = events(await (await chat('huge-event~megabytes=1')).text())
    const longest = (list: typeof many): number => Math.max(...list.map((event) => event.data.length))
    assert.ok(many.length > 16 && longest(many) < 70_000)
    assert.ok(one.length < 6 && longest(one) > 1024 * 1024)
  })

  it('counts tokens in each dialect', async () => {
    const anthropic = await post({ path: '/v1/messages/count_tokens', body: { model: 'echo', ...question } })
    assert.ok(JSON.parse(await anthropic.text()).input_tokens > 0)
    const gemini = { contents: [{ role: 'user', parts: [{ text: 'x' }] }] }
    const counted = await post({ path: '/v1/models/vendor/echo:countTokens', body: gemini })
    assert.ok(JSON.parse(await counted.text()).totalTokens > 0)
  })

  it('hangs where it is told to until the client leaves', async () => {
    const hanging = ['hang-before-headers', 'hang-after-headers', 'hang-mid-stream']
    for (const model of hanging) {
      const leaving = new AbortController()
      const body = { model, ...question, stream: true }
      const asking = post({ path: '/v1/chat/completions', body, signal: leaving.signal }).then((answer) =>
        answer.text(),
      )
      const known = (sent: number): boolean => (model === 'hang-mid-stream' ? sent > 0 : sent === 0)
      await fake.logWhen((log) => log.some((one) => one.model === model && known(one.sentBytes)))
      leaving.abort()
      await assert.rejects(asking)
      await fake.logWhen((log) => log.some((one) => one.model === model && one.end === 'left'))
    }
    const statuses = (await fake.log()).map((one) => one.status)
    assert.deepEqual(statuses, [undefined, 200, 200])
  })

  it('serves the model list in the dialect that was asked', async () => {
    const openai = JSON.parse(await (await fetch(`${fake.url}/v1/models`)).text())
    assert.equal(openai.object, 'list')
    const anthropic = await fetch(`${fake.url}/v1/models`, { headers: { 'anthropic-version': '2023-06-01' } })
    assert.equal(JSON.parse(await anthropic.text()).data[0].type, 'model')
    const gemini = JSON.parse(await (await fetch(`${fake.url}/v1beta/models`)).text())
    assert.equal(gemini.models[0].name, 'models/echo')
  })

  it('does not outlive the program that started it', async () => {
    const start = JSON.stringify(new URL('./start.ts', import.meta.url).href)
    const code = `import { startFake } from ${start}; const { url } = await startFake(); process.stdout.write(url, () => process.exit())`
    const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', '--input-type=module', '-e', code])
    assert.match(stdout, /^http:/)
    for (let round = 0; round < 100 && (await answers(stdout)); round += 1) await sleep(20)
    assert.equal(await answers(stdout), false)
  })
})

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).status > 0
  } catch {
    return false
  }
}
