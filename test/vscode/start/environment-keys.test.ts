// Keys of other tools, as accounts that could be added: the right one to the right server, and none twice.
import assert from 'node:assert/strict'
import { accountInput } from '../../../src/admin/contract.ts'
import { providers } from '../../../src/providers/registry.generated.ts'
import { keysInEnvironment } from '../../../src/vscode/start/environment-keys.ts'

const views = providers.map(({ id, baseUrl }) => ({ id, ...(baseUrl === undefined ? {} : { baseUrl }) }))
const find = (
  environment: Record<string, string | undefined>,
  accounts: { provider: string; keyTail?: string }[] = [],
  endpoint?: string,
) => keysInEnvironment(environment, views, accounts, endpoint)

describe('keys in the environment', () => {
  it('are found under the names that vendors use, each for a provider that exists', () => {
    const names = [
      ['OPENAI_API_KEY', 'openai'],
      ['ANTHROPIC_API_KEY', 'anthropic'],
      ['GEMINI_API_KEY', 'gemini'],
      ['GOOGLE_API_KEY', 'gemini'],
      ['GROQ_API_KEY', 'groq'],
      ['OPENROUTER_API_KEY', 'openrouter'],
      ['MISTRAL_API_KEY', 'mistral'],
      ['DEEPSEEK_API_KEY', 'deepseek'],
      ['XAI_API_KEY', 'xai'],
      ['NVIDIA_API_KEY', 'nvidia'],
    ] as const
    for (const [variable, provider] of names) {
      const [found, ...more] = find({ [variable]: ' sk-0123456789abcdef\n' })
      assert.deepEqual(more, [])
      assert.deepEqual(found, {
        variable,
        provider,
        tail: 'cdef',
        input: { provider, apiKey: 'sk-0123456789abcdef' },
      })
      assert.ok(views.some(({ id }) => id === provider))
    }
  })

  it('are offered once when two names hold one', () => {
    const found = find({ GEMINI_API_KEY: 'gemini-0123456789', GOOGLE_API_KEY: 'google-0123456789' })
    assert.deepEqual(
      found.map(({ variable }) => variable),
      ['GEMINI_API_KEY'],
    )
  })

  it('are left out when they are none, or an account has them', () => {
    for (const value of ['', '   ', 'short', 'not a key at all', undefined])
      assert.deepEqual(find({ GROQ_API_KEY: value }), [])
    const environment = { GROQ_API_KEY: 'gsk_0123456789abcdef' }
    assert.deepEqual(find(environment, [{ provider: 'groq', keyTail: 'cdef' }]), [])
    assert.equal(find(environment, [{ provider: 'groq', keyTail: '0000' }]).length, 1)
    assert.equal(find(environment, [{ provider: 'xai', keyTail: 'cdef' }]).length, 1)
  })

  it('go to the server that they are meant for, never to the vendor', () => {
    const [found] = find({ OPENAI_API_KEY: 'sk-0123456789abcdef', OPENAI_BASE_URL: 'https://llm.corp.example/v1' })
    assert.deepEqual(found?.input, {
      provider: 'openai-compatible',
      apiKey: 'sk-0123456789abcdef',
      baseUrl: 'https://llm.corp.example/v1',
      label: 'llm.corp.example',
      prefix: 'llm-corp-example',
    })
    assert.equal(found?.provider, 'openai')
    assert.ok(accountInput.safeParse(found?.input).success)
    for (const url of ['no url', 'file:///etc/passwd'])
      assert.deepEqual(find({ OPENAI_API_KEY: 'sk-0123456789abcdef', OPENAI_BASE_URL: url }), [])
  })

  it('are the vendor’s own when its own address is written out', () => {
    const [found] = find({ OPENAI_API_KEY: 'sk-0123456789abcdef', OPENAI_BASE_URL: 'https://api.openai.com/v1/' })
    assert.deepEqual(found?.input, { provider: 'openai', apiKey: 'sk-0123456789abcdef' })
  })

  it('that are for this very gateway are no account of it', () => {
    const environment = { ANTHROPIC_API_KEY: 'omr-0123456789abcdef', ANTHROPIC_BASE_URL: 'http://localhost:20128' }
    assert.deepEqual(find(environment, [], 'http://127.0.0.1:20128'), [])
    assert.equal(find(environment, [], 'http://127.0.0.1:20129').length, 1)
  })
})
