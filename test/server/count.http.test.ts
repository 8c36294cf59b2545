// Counting tokens over HTTP (rule 165): by the upstream where it can count, also across wires, else by an estimate that is marked
// as one. And that a file on this machine cannot be had by naming its address (rule 167).
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Answer, type Loose, startWorld, type World } from './world.ts'

interface Asked {
  readonly path: string
  readonly body: Loose
}

const tool = { name: 'look', description: 'Looks.', input_schema: { type: 'object', properties: {} } }
const anthropicBody = (model: string): object => ({
  model,
  max_tokens: 100,
  system: 'Be brief.',
  messages: [{ role: 'user', content: 'How many?' }],
  tools: [tool],
})

describe('counting tokens', () => {
  let server: Server
  let world: World
  let asked: Asked[]
  let reply: { status: number; body: unknown; delayMs?: number }

  before(async () => {
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const text = Buffer.concat(chunks).toString()
      asked.push({ path: request.url ?? '', body: text === '' ? undefined : JSON.parse(text) })
      await new Promise((resolve) => setTimeout(resolve, reply.delayMs ?? 0))
      response.writeHead(reply.status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(reply.body))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const account = (id: string, provider: string, version: string): Loose => ({
      id,
      provider,
      prefix: id,
      baseUrl: `${url}/${version}`,
      apiKey: 'key',
      models: ['m'],
    })
    world = await startWorld(
      {
        accounts: [
          account('am', 'anthropic-compatible', 'v1'),
          account('gg', 'gemini-compatible', 'v1beta'),
          account('oc', 'openai-compatible', 'v1'),
          account('oa', 'openai', 'v1'),
        ],
      },
      { timeouts: { firstByte: 300, idle: 300 } },
    )
  })
  after(async () => {
    await world?.stop()
    server?.close()
    server?.closeAllConnections()
  })
  beforeEach(() => {
    asked = []
    reply = { status: 200, body: {} }
  })

  const anthropic = (model: string): Promise<Answer> =>
    world.send('/v1/messages/count_tokens', { body: anthropicBody(model) })
  const gemini = (model: string, body: object): Promise<Answer> =>
    world.send(`/v1beta/models/${model}:countTokens`, { body })
  const contents = [{ role: 'user', parts: [{ text: 'How many?' }] }]

  it('asks Gemini for a client of Anthropic, system and tools included', async () => {
    reply = { status: 200, body: { totalTokens: 4711 } }
    const answer = await anthropic('gg/m')
    assert.deepEqual(answer.json(), { input_tokens: 4711 })
    assert.equal(answer.headers['x-omniroute-estimated'], undefined)
    assert.equal(asked[0]?.path, '/v1beta/models/m:countTokens')
    const generateContentRequest = asked[0]?.body.generateContentRequest
    assert.equal(generateContentRequest.model, 'models/m')
    assert.equal(generateContentRequest.systemInstruction.parts[0].text, 'Be brief.')
    assert.equal(generateContentRequest.tools[0].functionDeclarations[0].name, 'look')
  })

  it('asks Anthropic for a client of Gemini, with no field the endpoint refuses', async () => {
    reply = { status: 200, body: { input_tokens: 12 } }
    for (const body of [
      { contents, generationConfig: { temperature: 0.5 } },
      { generateContentRequest: { model: 'models/x', contents } },
    ]) {
      asked = []
      assert.deepEqual((await gemini('am/m', body)).json(), { totalTokens: 12 })
      assert.equal(asked[0]?.path, '/v1/messages/count_tokens')
      assert.deepEqual(Object.keys(asked[0]?.body).sort(), ['messages', 'model'])
    }
  })

  it('asks OpenAI by its Responses wire', async () => {
    reply = { status: 200, body: { object: 'response.input_tokens', input_tokens: 99 } }
    assert.deepEqual((await anthropic('oa/m')).json(), { input_tokens: 99 })
    assert.equal(asked[0]?.path, '/v1/responses/input_tokens')
    assert.deepEqual(Object.keys(asked[0]?.body).sort(), ['input', 'instructions', 'model', 'tools'])
  })

  it('estimates for servers that have no way to count, without asking them', async () => {
    const answer = await anthropic('oc/m')
    assert.equal(answer.headers['x-omniroute-estimated'], '1')
    assert.ok(answer.json().input_tokens > 5)
    assert.deepEqual(asked, [])
  })

  for (const [what, failure] of [
    ['refuses', { status: 429, body: { error: { message: 'slow' } } }],
    ['knows no such path', { status: 404, body: {} }],
    ['says something else', { status: 200, body: { tokens: 'many' } }],
    ['says no number of tokens', { status: 200, body: { totalTokens: -3, input_tokens: 1.5 } }],
    ['does not answer in time', { status: 200, body: {}, delayMs: 900 }],
  ] as const) {
    it(`estimates when the upstream ${what}, and lets nothing rest for it`, async () => {
      reply = failure
      for (const answer of [await anthropic('gg/m'), await gemini('am/m', { contents })]) {
        assert.equal(answer.status, 200, answer.text)
        assert.equal(answer.headers['x-omniroute-estimated'], '1')
        assert.ok((answer.json().input_tokens ?? answer.json().totalTokens) > 0)
      }
      assert.equal(asked.length, 2)
      assert.ok((await world.rpc('accounts.list', {})).every((account) => account.state.kind !== 'resting'))
    })
  }

  it('estimates when a server of the client’s own wire does not count, and lets nothing rest for it', async () => {
    for (const status of [404, 405, 501]) {
      reply = { status, body: { error: { message: 'no such path' } } }
      const answer = await anthropic('am/m')
      assert.deepEqual([answer.status, answer.headers['x-omniroute-estimated']], [200, '1'])
    }
    assert.equal(asked.length, 3)
    assert.ok((await world.rpc('accounts.list', {})).every((account) => account.state.kind !== 'resting'))
  })

  it('tells other refusals of the client’s own wire as they are', async () => {
    reply = { status: 400, body: { type: 'error', error: { type: 'invalid_request_error', message: 'bad tool' } } }
    const answer = await anthropic('am/m')
    assert.deepEqual([answer.status, answer.json().error.message], [400, 'bad tool'])
  })

  it('leaves nothing of what was said in the log (rule 169)', async () => {
    reply = { status: 200, body: { totalTokens: 5 } }
    await world.send('/v1/messages/count_tokens', { body: { ...anthropicBody('gg/m'), system: 'a-private-word' } })
    const rows = await world.logged(1)
    assert.equal(rows[0]?.code, undefined)
    assert.doesNotMatch(JSON.stringify([rows, world.lines]), /a-private-word|How many/)
  })

  it('is told plainly that the demo has no such model', async () => {
    await world.rpc('accounts.add', { provider: 'demo' })
    const known = await world.send('/v1/chat/completions', {
      body: { model: 'demo/echo', messages: [{ role: 'user', content: 'Hi' }] },
    })
    assert.equal(known.status, 200, known.text)
    for (const [path, body] of [
      ['/v1/chat/completions', { model: 'demo/ecko', messages: [{ role: 'user', content: 'Hi' }] }],
      ['/v1/messages', anthropicBody('demo/ecko')],
      ['/v1beta/models/demo/ecko:generateContent', { contents }],
    ] as const) {
      const answer = await world.send(path, { body })
      assert.equal(answer.status, 404, answer.text)
      assert.match(answer.json().error.message, /no model "ecko"; it has "echo", "tools", "lorem"/)
    }
  })

  it('does not fetch a file from this machine for a model that takes no addresses (rule 167)', async () => {
    const { port } = server.address() as AddressInfo
    const image_url = { url: `http://127.0.0.1:${port}/secret.png` }
    const messages = [{ role: 'user', content: [{ type: 'image_url', image_url }] }]
    const answer = await world.send('/v1/chat/completions', { body: { model: 'gg/m', messages } })
    assert.equal(answer.status, 400)
    assert.match(answer.json().error.message, /The image at 127\.0\.0\.1 could not be loaded .*public internet/)
    assert.deepEqual(asked, [])
  })
})
