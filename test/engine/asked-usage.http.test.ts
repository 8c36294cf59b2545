// Streams that pass through untouched have a known usage though their client didn't ask for it, and the client gets byte for byte what it
// would have got: from a server that adds what OpenAI documents, in any cut, over real sockets.
import assert from 'node:assert/strict'
import { Agent } from 'undici'
import type { RequestRecord } from '../../src/core/trace.ts'
import type { Target } from '../../src/engine/catalogue.ts'
import { runRequest } from '../../src/engine/run.ts'
import { provider as openai } from '../../src/providers/openai.ts'
import { wireFormats } from '../../src/wire/registry.generated.ts'
import { type Fake, startFake } from '../fakes/start.ts'
import { runningEngine } from './running-engine.ts'
import { account } from './world.ts'

const wire = wireFormats['openai-chat']

describe('usage of a stream that passes through', () => {
  let fake: Fake
  const agent = new Agent()

  before(async () => {
    fake = await startFake({ fallback: 'text' })
  })
  after(async () => {
    await agent.close()
    await fake.stop()
  })
  beforeEach(() => fake.control({ reset: true, forget: true }))

  function targetAt(model: string, more: { readonly baseUrl?: string; readonly isUnknown?: boolean } = {}): Target {
    const quirks = more.isUnknown ? {} : (openai.quirks ?? {})
    const own = account('one', {
      provider: 'openai',
      prefix: 'openai',
      ...(more.baseUrl ? { baseUrl: more.baseUrl } : {}),
    })
    return {
      account: own,
      provider: { ...openai, quirks, baseUrl: `${fake.url}/v1` },
      model: { id: model, limits: {}, capabilities: {} },
      publicId: `openai/${model}`,
    }
  }

  interface Ran {
    readonly received: string
    readonly sent: string
    readonly asked: string
    readonly record: RequestRecord
  }

  async function run(body: string, target: Target): Promise<Ran> {
    let record: RequestRecord | undefined
    const ports = runningEngine({
      targets: [target],
      clock: { now: Date.now, after: (ms, callback) => clearLater(setTimeout(callback, ms)) },
      dispatcher: () => agent,
      record: (made) => {
        record = made
      },
    })
    const chunks: Buffer[] = []
    const parsed = JSON.parse(body) as { readonly model: string; readonly stream?: boolean }
    await runRequest(
      ports,
      {
        id: 'r',
        wire,
        isReply: true,
        hasKeepAlive: true,
        canonical: () => wire.readRequest(JSON.parse(body)),
        isMixed: () => false,
        debug: false,
        model: parsed.model,
        // As of a large body: whether it is a stream was not read.
        stream: body.length > 8_000 ? undefined : parsed.stream === true,
        wantsStream: () => parsed.stream === true,
        bytes: Buffer.from(body),
        bodyFor: () => Buffer.from(body),
        upstreamPath: () => '/chat/completions',
        upstreamQuery: '',
        headers: {},
        origin: {},
        client: 'test',
        receivedAt: Date.now(),
      },
      {
        closed: false,
        head: () => undefined,
        write: (chunk) => chunks.push(typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : chunk) > 0,
        onDrain: () => undefined,
        end: (chunk) => void (chunk === undefined || chunks.push(Buffer.from(chunk))),
      },
      new AbortController().signal,
    )
    const [exchange] = await fake.logWhen((log) => log.length === 1 && log[0]?.end === 'complete')
    assert.ok(record && exchange)
    return {
      received: Buffer.concat(chunks).toString('utf8'),
      sent: Buffer.from(exchange.sent, 'base64').toString('utf8'),
      asked: Buffer.from(exchange.body, 'base64').toString('utf8'),
      record,
    }
  }

  const bodyOf = (model: string, more: object = {}): string =>
    JSON.stringify({
      model,
      messages: [{ role: 'user', content: 'Hi "usage":{ ,"usage":null' }],
      stream: true,
      ...more,
    })
  /** What the vendor would have sent without being asked for usage. */
  async function plain(model: string, body: string): Promise<string> {
    await fake.control({ forget: true })
    const response = await fetch(`${fake.url}/v1/chat/completions`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    })
    const text = await response.text()
    await fake.control({ forget: true })
    assert.equal(response.status, 200, `${model}: ${text}`)
    return text
  }
  /** Two exchanges differ in what the vendor numbers. */
  const unnumbered = (text: string): string => text.replaceAll(/chatcmpl-fake\d+|"created":\d+|call_\d+x/g, '#')

  const models = [
    'text',
    'tool',
    'reasoning',
    'byte-by-byte',
    'crlf',
    'cr',
    'tight',
    'length',
    'missing-done',
    'text~events=300',
  ]
  for (const model of models) {
    it(`is known, and nothing of it reaches the client (${model})`, async () => {
      const tools = [{ type: 'function', function: { name: 'look', parameters: { type: 'object' } } }]
      const body = bodyOf(model, model === 'tool' ? { tools } : {})
      const expected = await plain(model, body)
      assert.ok(!expected.includes('"usage"'), 'the fake tells usage unasked')
      const { received, sent, asked, record } = await run(body, targetAt(model))
      assert.equal(asked, body.replace('{', '{"stream_options":{"include_usage":true},'))
      assert.ok(sent.includes('"usage":{') && sent.includes(',"usage":null'))
      assert.equal(unnumbered(received), unnumbered(expected))
      assert.ok((record.usage.input ?? 0) > 0 && (record.usage.output ?? 0) > 0, JSON.stringify(record.usage))
    })
  }

  it('is asked for in a large body, too', async () => {
    const body = bodyOf('text', { metadata: { note: 'x'.repeat(50_000) } })
    const { received, asked, record } = await run(body, targetAt('text'))
    assert.ok(asked.startsWith('{"stream_options"'))
    assert.ok(!received.includes('"usage"'))
    assert.ok((record.usage.input ?? 0) > 0)
  })

  const untouched: readonly (readonly [string, object, Parameters<typeof targetAt>[1]?])[] = [
    ['the client asks itself', { stream_options: { include_usage: true } }],
    ['the client says that it wants none', { stream_options: { include_usage: false } }],
    ['it is no stream', { stream: false }],
    ['nobody knows what the server adds', {}, { isUnknown: true }],
    ['the account has an address of its own', {}, { baseUrl: '' }],
  ]
  for (const [why, more, place] of untouched) {
    it(`is left to the client where ${why}`, async () => {
      const body = bodyOf('text', more)
      const target = targetAt('text', place?.baseUrl === '' ? { baseUrl: `${fake.url}/v1` } : place)
      const { received, sent, asked } = await run(body, target)
      assert.equal(asked, body)
      assert.equal(received.replaceAll('"openai/text"', '"text"'), sent)
    })
  }

  it('takes out nothing that another event says', async () => {
    await fake.control({
      model: 'said',
      scripts: [{ text: ',"usage":null "usage":{"a":1} {"choices":[],"usage":{}}', events: 3 }],
    })
    const body = bodyOf('said')
    const expected = await plain('said', body)
    const { received } = await run(body, targetAt('said'))
    assert.equal(unnumbered(received), unnumbered(expected))
  })
})

function clearLater(timer: NodeJS.Timeout): () => void {
  timer.unref()
  return () => clearTimeout(timer)
}
