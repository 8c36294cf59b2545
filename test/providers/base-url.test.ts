// What users type as a base URL, and where the gateway then calls.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { GatewayError } from '../../src/core/errors.ts'
import { type WireId, wireIds } from '../../src/core/wire-format.ts'
import { baseUrlOf, normalizeBaseUrl } from '../../src/providers/base-url.ts'
import { findProvider } from '../../src/providers/catalogue.ts'

const examples: readonly (readonly [WireId, string, string])[] = [
  // No path: the version is added, with or without a slash at the end.
  ['openai-chat', 'http://localhost:8080', 'http://localhost:8080/v1'],
  ['openai-chat', ' https://host.example/ ', 'https://host.example/v1'],
  ['openai-responses', 'https://host.example', 'https://host.example/v1'],
  ['anthropic-messages', 'https://host.example', 'https://host.example/v1'],
  ['gemini-generate', 'https://host.example', 'https://host.example/v1beta'],
  // A version that is there stays the only one.
  ['openai-chat', 'https://host.example/v1/', 'https://host.example/v1'],
  ['openai-chat', 'https://host.example/api/v3//', 'https://host.example/api/v3'],
  ['anthropic-messages', 'https://host.example/v1', 'https://host.example/v1'],
  ['gemini-generate', 'https://host.example/v1', 'https://host.example/v1'],
  ['gemini-generate', 'https://host.example/v1alpha', 'https://host.example/v1alpha'],
  // Any other path: OpenAI bases are documented whole, those of the other two without the version.
  ['openai-chat', 'https://host.example/inference', 'https://host.example/inference'],
  ['openai-responses', 'https://host.example/v1beta/openai/', 'https://host.example/v1beta/openai'],
  ['anthropic-messages', 'https://host.example/anthropic', 'https://host.example/anthropic/v1'],
  ['gemini-generate', 'https://host.example/google', 'https://host.example/google/v1beta'],
  // A whole endpoint, copied from a manual, is shortened and otherwise believed.
  ['openai-chat', 'https://host.example/v1/chat/completions', 'https://host.example/v1'],
  ['openai-chat', 'https://host.example/chat/completions/', 'https://host.example'],
  ['openai-responses', 'https://host.example/v1/responses', 'https://host.example/v1'],
  ['anthropic-messages', 'https://host.example/anthropic/v1/messages', 'https://host.example/anthropic/v1'],
  ['anthropic-messages', 'https://host.example/v1/messages/count_tokens', 'https://host.example/v1'],
  ['openai-chat', 'https://host.example/v1/models', 'https://host.example/v1'],
  [
    'gemini-generate',
    'https://host.example/v1beta/models/gemini-2.5-flash:generateContent',
    'https://host.example/v1beta',
  ],
  ['gemini-generate', 'https://host.example/v1/models/a/b:streamGenerateContent', 'https://host.example/v1'],
  // Ports, addresses and letter case of the path are the user's.
  ['openai-chat', 'http://[::1]:1234/V1', 'http://[::1]:1234/V1'],
  ['openai-chat', 'HTTPS://Host.Example:8443/Api', 'https://host.example:8443/Api'],
]

describe('normalizeBaseUrl', () => {
  for (const [wire, typed, expected] of examples) {
    it(`${wire}: ${typed.trim()} -> ${expected}`, () => {
      assert.equal(normalizeBaseUrl(typed, wire), expected)
    })
  }

  for (const [typed, reason] of [
    ['', /http:\/\//],
    ['localhost:8080', /http:\/\//],
    ['ftp://host.example', /http:\/\//],
    ['http://', /not a valid URL/],
    ['https://user:secret@host.example', /user name or password/],
    ['https://host.example/v1?key=secret', /"\?"/],
    ['https://host.example/v1#top', /"#"/],
  ] as const) {
    it(`refuses "${typed}" without repeating it`, () => {
      assert.throws(
        () => normalizeBaseUrl(typed, 'openai-chat'),
        (thrown) => {
          assert.ok(thrown instanceof GatewayError)
          assert.equal(thrown.code, 'invalid_request')
          assert.equal(thrown.parameter, 'baseUrl')
          assert.match(thrown.message, reason)
          assert.doesNotMatch(thrown.message, /secret/)
          return true
        },
      )
    })
  }

  it('never ends in a slash, never loses the host, never has two versions from one typed', () => {
    const segment = fc.stringMatching(/^[a-z0-9._-]{1,12}$/).filter((text) => !/^\.{1,2}$/.test(text))
    fc.assert(
      fc.property(
        fc.array(segment, { maxLength: 4 }),
        fc.nat(3),
        fc.constantFrom(...wireIds),
        (path, slashes, wire) => {
          const typed = ['https://host.example', 'v1', ...path].join('/') + '/'.repeat(slashes)
          const base = normalizeBaseUrl(typed, wire)
          assert.ok(base.startsWith('https://host.example/v1'))
          assert.ok(!base.endsWith('/'))
          assert.ok(typed.startsWith(base), `${base} adds to ${typed}`)
        },
      ),
    )
  })
})

describe('baseUrlOf', () => {
  it('takes the address of the wire, then of the provider', () => {
    const deepseek = findProvider('deepseek')
    assert.ok(deepseek)
    assert.equal(baseUrlOf(deepseek, 'openai-chat'), 'https://api.deepseek.com/v1')
    assert.equal(baseUrlOf(deepseek, 'anthropic-messages'), 'https://api.deepseek.com/anthropic/v1')
  })

  it('prefers what the user typed', () => {
    const ollama = findProvider('ollama')
    assert.ok(ollama)
    assert.equal(baseUrlOf(ollama, 'anthropic-messages', 'http://192.168.1.5:11434'), 'http://192.168.1.5:11434/v1')
  })

  it('says so when there is none', () => {
    const generic = findProvider('openai-compatible')
    assert.ok(generic)
    assert.throws(() => baseUrlOf(generic, 'openai-chat'), /needs a base URL/)
  })
})
