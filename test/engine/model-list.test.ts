// The model lists of vendors, in their own shapes, read into the same facts; and what a server that has none is told.
import assert from 'node:assert/strict'
import { MockAgent } from 'undici'
import { GatewayError } from '../../src/core/errors.ts'
import type { ProviderDefinition } from '../../src/core/provider.ts'
import { checkKey, fetchModels, type ServerCall } from '../../src/engine/model-list.ts'
import { wireFormats } from '../../src/wire/registry.generated.ts'
import { account, provider } from './world.ts'

type Shape = NonNullable<ProviderDefinition['modelList']>['shape']

describe('model lists', () => {
  let agent: MockAgent
  let asked: { path: string; method: string; headers: unknown; body: unknown }[]

  beforeEach(() => {
    agent = new MockAgent({ connections: 1 })
    agent.disableNetConnect()
    asked = []
  })
  afterEach(() => agent.close())

  function call(more: Partial<ProviderDefinition>, credential: string | undefined = 'secret-key'): ServerCall {
    const definition = provider('x', { modelList: { path: '/models', shape: 'openai' }, ...more })
    return {
      account: account('one', { provider: 'x', headers: { 'X-Team': 'blue' } }),
      provider: definition,
      credential,
      dispatcher: agent,
      wire: wireFormats[definition.wires[0] ?? 'openai-chat'],
      userAgent: 'omniroute/test',
      now: Date.now,
    }
  }

  function answer(status: number, body: unknown, method = 'GET', path = '/v1/models'): void {
    agent
      .get('http://x.invalid')
      .intercept({ path, method })
      .reply(status, (options) => {
        asked.push({ path: options.path, method: options.method, headers: options.headers, body: options.body })
        return typeof body === 'string' ? body : JSON.stringify(body)
      })
  }

  const shapes: readonly [Shape, unknown, unknown][] = [
    [
      'openai',
      {
        object: 'list',
        data: [
          { id: 'plain', object: 'model', created: 1 },
          { id: 'groq', context_window: 131_072, max_completion_tokens: 8192 },
          {
            id: 'open/router',
            name: 'Router',
            context_length: 200_000,
            top_provider: { max_completion_tokens: 64_000 },
            architecture: { input_modalities: ['text', 'image'] },
            supported_parameters: ['tools', 'temperature'],
          },
          { id: 'odd', context_length: 'many', top_provider: null, architecture: 7, supported_parameters: 'all' },
        ],
      },
      [
        { id: 'plain', limits: {}, capabilities: {} },
        { id: 'groq', limits: { contextWindow: 131_072, maxOutput: 8192 }, capabilities: {} },
        {
          id: 'open/router',
          name: 'Router',
          limits: { contextWindow: 200_000, maxOutput: 64_000 },
          capabilities: { vision: true, tools: true, reasoning: false },
        },
        { id: 'odd', limits: {}, capabilities: {} },
      ],
    ],
    [
      'anthropic',
      { data: [{ type: 'model', id: 'claude-x', display_name: 'Claude X', created_at: '' }], has_more: false },
      [{ id: 'claude-x', name: 'Claude X', limits: {}, capabilities: {} }],
    ],
    [
      'gemini',
      {
        models: [
          {
            name: 'models/gemini-x',
            displayName: 'Gemini X',
            inputTokenLimit: 1_048_576,
            outputTokenLimit: 65_536,
            supportedGenerationMethods: ['generateContent'],
            thinking: true,
          },
          { name: 'models/embedder', supportedGenerationMethods: ['embedContent'] },
          { name: 'models/untold' },
        ],
      },
      [
        {
          id: 'gemini-x',
          name: 'Gemini X',
          limits: { contextWindow: 1_048_576, maxOutput: 65_536 },
          capabilities: { reasoning: true },
        },
        { id: 'untold', limits: {}, capabilities: {} },
      ],
    ],
    [
      'ollama',
      { object: 'list', data: [{ id: 'llama3:8b', owned_by: 'library' }] },
      [{ id: 'llama3:8b', limits: {}, capabilities: {} }],
    ],
  ]
  for (const [shape, body, expected] of shapes) {
    it(`reads the list of ${shape}`, async () => {
      answer(200, body)
      assert.deepEqual(await fetchModels(call({ modelList: { path: '/models', shape } })), expected)
    })
  }

  for (const body of [{ models: 'none' }, [], 'null', '7', {}]) {
    it(`refuses ${JSON.stringify(body)} as a list`, async () => {
      answer(200, body)
      await assert.rejects(fetchModels(call({})), (error: GatewayError) => error.code === 'malformed_reply')
    })
  }

  it('sends the key, the account’s headers and who we are', async () => {
    answer(200, { data: [] })
    await fetchModels(call({ auth: { header: 'x-api-key' } }))
    const headers = asked[0]?.headers as Record<string, string>
    assert.equal(headers['x-api-key'], 'secret-key')
    assert.equal(headers['x-team'], 'blue')
    assert.equal(headers['user-agent'], 'omniroute/test')
  })

  it('says what is wrong with a key, a page, or a server that is off, without naming the key', async () => {
    answer(401, { error: { message: 'Incorrect API key provided' } })
    await assert.rejects(fetchModels(call({})), (error: GatewayError) => {
      assert.equal(error.code, 'account_refused')
      assert.doesNotMatch(error.message, /secret-key/)
      return true
    })
    answer(200, '<html>Welcome</html>')
    await assert.rejects(fetchModels(call({})), /did not answer with JSON; is the base URL right/)
    await assert.rejects(fetchModels(call({})), (error) => error instanceof GatewayError)
  })

  it('has no list where the provider has none', async () => {
    const { modelList: _, ...without } = provider('x')
    assert.equal(await fetchModels({ ...call({}), provider: without }), undefined)
    assert.equal(await checkKey({ ...call({}), provider: without }), false)
  })

  it('checks a key where the list is public: at its own path, or by the shortest chat', async () => {
    answer(200, { data: {} }, 'GET', '/v1/key')
    assert.equal(await checkKey(call({ keyCheck: { kind: 'get', path: '/key' } })), true)
    answer(200, { choices: [] }, 'POST', '/v1/chat/completions')
    assert.equal(await checkKey(call({ keyCheck: { kind: 'chat' }, defaultModel: 'small' })), true)
    const body = JSON.parse(String(asked[1]?.body))
    assert.equal(body.model, 'small')
    assert.ok((body.max_tokens ?? body.max_completion_tokens) <= 16)
  })
})
