// The MCP endpoint as agents use it, through the protocol's own client: what it tells, what it changes and only when somebody has
// agreed, and whom it lets in.
import assert from 'node:assert/strict'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { CallToolResultSchema, ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import { startWorld, testKey, type World } from './world.ts'

const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
}
const accepts = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' }

type Reply = { action: 'accept'; content: Record<string, never> } | { action: 'decline' | 'cancel' }

describe('the MCP endpoint', () => {
  let world: World
  const open: Client[] = []

  before(async () => {
    world = await startWorld({
      accounts: [{ id: 'demo', provider: 'demo', prefix: 'demo' }],
      combos: [{ name: 'pair', strategy: 'ordered', members: ['demo/echo', 'demo/lorem'] }],
    })
  })
  afterEach(async () => {
    for (const client of open.splice(0)) await client.close()
  })
  after(() => world?.stop())

  /** A client that answers every question with what `reply` gives; one that can't ask without it. */
  async function connect(reply?: (question: string) => Reply | Promise<Reply>): Promise<Client> {
    const capabilities = reply === undefined ? {} : { elicitation: {} }
    const client = new Client({ name: 'test-agent', version: '1.0.0' }, { capabilities })
    if (reply !== undefined) {
      client.setRequestHandler(ElicitRequestSchema, async ({ params }) => await reply(params.message))
    }
    const headers = { authorization: `Bearer ${await world.gateway.mcpToken()}` }
    await client.connect(new StreamableHTTPClientTransport(new URL(`${world.url}/mcp`), { requestInit: { headers } }))
    open.push(client)
    return client
  }

  async function call(client: Client, name: string, input: Record<string, unknown> = {}) {
    const answer = CallToolResultSchema.parse(await client.callTool({ name, arguments: input }))
    const [part] = answer.content
    assert.ok(part?.type === 'text')
    return { isError: answer.isError === true, value: JSON.parse(part.text) }
  }

  const defaultModel = async () => (await world.rpc('settings.get', {})).defaults.model

  it('lists its tools, which say whether they only read', async () => {
    const client = await connect()
    assert.equal(client.getServerVersion()?.name, 'omniroute')
    const { tools } = await client.listTools()
    assert.deepEqual(
      tools.map(({ name, annotations }) => [name, annotations?.readOnlyHint]),
      [
        ['omniroute_usage', true],
        ['omniroute_models', true],
        ['omniroute_explain', true],
        ['omniroute_set_default', false],
        ['omniroute_switch_combo', false],
      ],
    )
    assert.deepEqual(tools.at(-1)?.inputSchema.required, ['combo', 'enabled'])
  })

  it('tells usage, models and the story of the last request, and nothing of what was said', async () => {
    const client = await connect()
    const early = await call(client, 'omniroute_explain')
    assert.ok(early.isError && /no request in the log/.test(early.value.error), JSON.stringify(early))
    const body = { model: 'demo/echo', messages: [{ role: 'user', content: 'a secret word: xylophone' }] }
    assert.equal((await world.send('/v1/chat/completions', { body })).status, 200)
    await world.logged(1)
    const usage = await call(client, 'omniroute_usage')
    assert.equal(usage.value.requests, 1)
    assert.equal(usage.value.models[0].model, 'demo/echo')
    const { value } = await call(client, 'omniroute_models', { search: 'LOREM' })
    assert.deepEqual(
      value.models.map(({ id }: { id: string }) => id),
      ['demo/lorem'],
    )
    const story = await call(client, 'omniroute_explain')
    assert.match(story.value.story, /^demo\/echo .*: served/)
    assert.doesNotMatch(JSON.stringify([usage, story]), /xylophone/)
  })

  it('asks before it changes the default, and changes it when the user agrees', async () => {
    const questions: string[] = []
    const client = await connect((question) => {
      questions.push(question)
      return { action: 'accept', content: {} }
    })
    const { value, isError } = await call(client, 'omniroute_set_default', { model: 'pair' })
    assert.deepEqual([value, isError], [{ default: 'pair' }, false])
    assert.equal(await defaultModel(), 'pair')
    assert.equal(questions.length, 1)
    assert.match(questions[0] ?? '', /default model of OmniRoute to "pair"/)
    assert.ok(world.lines.some((line) => line.includes('test-agent changed') && line.includes('pair')))
  })

  it('turns a combo off and on, and names those that are off', async () => {
    const client = await connect(() => ({ action: 'accept', content: {} }))
    await call(client, 'omniroute_switch_combo', { combo: 'pair', enabled: false })
    assert.deepEqual((await call(client, 'omniroute_models')).value.combosOff, ['pair'])
    const [combo] = await world.rpc('combos.list', {})
    assert.deepEqual([combo?.enabled, combo?.members.length, combo?.strategy], [false, 2, 'ordered'])
    await call(client, 'omniroute_switch_combo', { combo: 'pair', enabled: true })
    assert.equal((await world.rpc('combos.list', {}))[0]?.enabled, true)
  })

  it('changes nothing when the user declines, turns away, or cannot be asked', async () => {
    const before = await defaultModel()
    for (const action of ['decline', 'cancel'] as const) {
      const answer = await call(await connect(() => ({ action })), 'omniroute_set_default', { model: 'demo/echo' })
      assert.ok(answer.isError && /did not agree/.test(answer.value.error))
    }
    const unable = await call(await connect(), 'omniroute_set_default', { model: 'demo/echo' })
    assert.ok(unable.isError && /can not ask its user/.test(unable.value.error))
    assert.match(unable.value.nextStep, /OmniRoute: Choose Default Model/)
    assert.equal(await defaultModel(), before)
  })

  it('asks nobody about what does not exist or names nothing', async () => {
    const client = await connect(() => assert.fail('nobody is to be asked'))
    for (const [name, input] of [
      ['omniroute_set_default', { model: 'nowhere/nothing' }],
      ['omniroute_set_default', { model: 5 }],
      ['omniroute_switch_combo', { combo: 'nothing', enabled: true }],
      ['omniroute_switch_combo', { combo: 'pair', enabled: 'yes' }],
      ['omniroute_format_disk', {}],
    ] as const) {
      const { isError, value } = await call(client, name, input)
      assert.ok(isError && typeof value.error === 'string', name)
    }
  })

  it('lets in who has its token, and nobody else', async () => {
    const post = (authorization: string | undefined) =>
      world.send('/mcp', {
        body: initialize,
        anonymous: true,
        headers: { ...accepts, ...(authorization === undefined ? {} : { authorization }) },
      })
    const token = await world.gateway.mcpToken()
    assert.equal((await post(`Bearer ${token}`)).status, 200)
    for (const wrong of [undefined, '', 'Bearer ', `Bearer ${testKey}`, `Bearer ${world.token}`, `Bearer ${token}x`]) {
      const answer = await post(wrong)
      assert.equal(answer.status, 401, wrong)
      assert.match(answer.text, /Copy MCP Configuration/)
    }
  })

  it('opens nothing else with that token', async () => {
    const headers = { authorization: `Bearer ${await world.gateway.mcpToken()}` }
    const call = (path: string, body?: object) =>
      world.send(path, { headers, anonymous: true, ...(body === undefined ? {} : { body }) })
    assert.equal((await call('/v1/models')).status, 401)
    assert.equal((await call('/admin/rpc', { id: 1, method: 'accounts.list', params: {} })).status, 401)
  })

  it('refuses web pages, foreign hosts, and what is no JSON', async () => {
    const headers = { ...accepts, authorization: `Bearer ${await world.gateway.mcpToken()}` }
    const foreign = { ...headers, origin: 'https://evil.example' }
    assert.equal((await world.send('/mcp', { body: initialize, headers: foreign })).status, 403)
    const rebound = { ...headers, host: 'evil.example' }
    assert.equal((await world.send('/mcp', { body: initialize, headers: rebound })).status, 403)
    assert.equal((await world.send('/mcp', { body: '{', headers })).status, 400)
    assert.equal((await world.send('/mcp', { body: Buffer.alloc(1_100_000, 0x20), headers })).status, 413)
  })

  it('tells a client whose session is gone to begin anew, and keeps no more sessions than it can use', async () => {
    const headers = { ...accepts, authorization: `Bearer ${await world.gateway.mcpToken()}` }
    const first = await world.send('/mcp', { body: initialize, headers })
    const id = String(first.headers['mcp-session-id'])
    const list = { jsonrpc: '2.0', id: 2, method: 'tools/list' }
    const ask = (session: string) =>
      world.send('/mcp', { body: list, headers: { ...headers, 'mcp-session-id': session } })
    assert.equal((await ask(id)).status, 200)
    for (let others = 0; others < 50; others += 1) await world.send('/mcp', { body: initialize, headers })
    assert.equal((await ask(id)).status, 404)
    assert.equal((await ask('nobody')).status, 404)
  })
})
