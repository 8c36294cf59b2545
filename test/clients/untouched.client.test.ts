// What the gateway lets through between client and upstream of the same wire: every byte of both bodies but the model's name,
// and none of the client's credentials.
import assert from 'node:assert/strict'
import type { ExchangeRecord } from '../fakes/exchange.ts'
import { startThroughGateway, type ThroughGateway, upstreamKeys } from './through-gateway.ts'

/** JSON as no serialiser writes it: spaces, escapes, long numbers, unknown fields, a nested "model". */
function oddBody(model: string, content: string, stream: boolean): string {
  return (
    `{\n "zeta": {"model":"decoy/echo"} , "model" : "${model}","stream":${stream},\t"temperature": 1.0, ` +
    `"seed":12345678901234567890, "max_tokens":100, "note":"\\u00fc\\/\\ud83d\\ude42 \\"model\\":\\"x\\"", ${content}}`
  )
}

const chat = '"messages":[{"role":"user","content":"Gr\\u00fc\\u00df dich, 世界"}]'
const input = '"input":"Gr\\u00fc\\u00df dich, 世界"'
const contents = '"contents":[{"role":"user","parts":[{"text":"Gr\\u00fc\\u00df dich, 世界"}]}]'

describe('bytes through the gateway', () => {
  let through: ThroughGateway

  before(async () => {
    through = await startThroughGateway()
  })
  after(() => through?.stop())
  afterEach(() => through.fake.control({ forget: true }))

  interface Passed {
    readonly received: Buffer
    readonly contentType: string | null
    readonly record: ExchangeRecord
  }

  async function pass(path: string, body: string, header: readonly [string, string]): Promise<Passed> {
    const headers = { 'content-type': 'application/json', [header[0]]: header[1] }
    const response = await fetch(through.gateway.url + path, { method: 'POST', headers, body })
    const received = Buffer.from(await response.arrayBuffer())
    assert.equal(response.status, 200, received.toString('utf8'))
    const [record] = await through.fake.logWhen((log) => log.length === 1 && log[0]?.end === 'complete')
    assert.ok(record)
    return { received, contentType: response.headers.get('content-type'), record }
  }

  const wires = [
    {
      name: 'OpenAI Chat',
      prefix: 'oc',
      path: '/v1/chat/completions',
      content: chat,
      key: upstreamKeys['openai-chat'],
    },
    { name: 'Responses', prefix: 'or', path: '/v1/responses', content: input, key: upstreamKeys['openai-responses'] },
    { name: 'Anthropic', prefix: 'am', path: '/v1/messages', content: chat, key: upstreamKeys['anthropic-messages'] },
  ] as const

  for (const { name, prefix, path, content, key } of wires)
    for (const stream of [false, true])
      it(`are ${name}'s own, ${stream ? 'as a stream' : 'as one reply'}`, async () => {
        const model = `${prefix}/echo`
        const body = oddBody(model, content, stream)
        const secret = through.gateway.key
        const header =
          prefix === 'am' ? (['x-api-key', secret] as const) : (['authorization', `Bearer ${secret}`] as const)
        const { received, contentType, record } = await pass(path, body, header)
        const sentBody = Buffer.from(record.body, 'base64').toString('utf8')
        assert.equal(sentBody, body.replace(`"${model}"`, '"echo"'))
        const sent = Buffer.from(record.sent, 'base64').toString('utf8')
        assert.equal(received.toString('utf8').replaceAll(`"${model}"`, '"echo"'), sent)
        assert.match(contentType ?? '', stream ? /^text\/event-stream/ : /^application\/json/)
        const headers = JSON.stringify(record.headers)
        assert.ok(headers.includes(key) && !headers.includes(secret))
      })

  for (const method of ['generateContent', 'streamGenerateContent?alt=sse', 'streamGenerateContent'])
    it(`are Gemini's own, by ${method}`, async () => {
      const body = `{ "zeta" : 1.0, ${contents} }`
      const path = `/v1beta/models/gg/vendor/echo:${method}`
      const { received, record } = await pass(path, body, ['x-goog-api-key', through.gateway.key])
      assert.equal(Buffer.from(record.body, 'base64').toString('utf8'), body)
      const text = received.toString('utf8').replaceAll('"gg/vendor/echo"', '"vendor/echo"')
      const sent = Buffer.from(record.sent, 'base64').toString('utf8')
      if (method === 'streamGenerateContent') assert.deepEqual(JSON.parse(text), arrayOf(sent))
      else assert.equal(text, sent)
      assert.match(record.url, /^\/v1beta\/models\/vendor(\/|%2F)echo:/)
      const headers = JSON.stringify(record.headers) + record.url
      assert.ok(headers.includes(upstreamKeys['gemini-generate']) && !headers.includes(through.gateway.key))
    })

  it('keep what clients of Anthropic and OpenAI say in headers', async () => {
    const secret = through.gateway.key
    const ask = (path: string, body: object, headers: Record<string, string>): Promise<Response> =>
      fetch(through.gateway.url + path, { method: 'POST', body: JSON.stringify(body), headers })
    const messages = [{ role: 'user', content: 'x' }]
    const anthropic = { 'x-api-key': secret, 'anthropic-version': '2023-06-01', 'anthropic-beta': 'one-2025,two-2026' }
    await (await ask('/v1/messages?beta=true', { model: 'am/echo', max_tokens: 5, messages }, anthropic)).text()
    const [first] = await through.fake.logWhen((log) => log.length === 1)
    const sent = new Headers(first?.headers.map(([name, value]): [string, string] => [name, value]))
    assert.equal(sent.get('anthropic-beta'), 'one-2025,two-2026')
    assert.equal(sent.get('anthropic-version'), '2023-06-01')
    assert.equal(first?.url, '/v1/messages?beta=true')
  })
})

/** The upstream may have been asked for events or for an array; both hold the same objects. */
function arrayOf(sent: string): unknown {
  if (sent.startsWith('[')) return JSON.parse(sent)
  return sent
    .split(/\r?\n\r?\n/)
    .filter((event) => event.startsWith('data: '))
    .map((event): unknown => JSON.parse(event.slice('data: '.length)))
}
