// Names that coding tools ask for by themselves, though nobody chose them.
import assert from 'node:assert/strict'
import { buildCatalogue } from '../../../src/engine/catalogue.ts'
import { clientThatAsks, spelling } from '../../../src/engine/resolve/client-names.ts'
import { account, source } from '../world.ts'
import { found, refusal, settings } from './world.ts'

const anthropic = account('a', { prefix: 'anthropic' })
const router = account('r', { prefix: 'openrouter', order: 1 })
const local = account('l', { prefix: 'ollama', tier: 'local' })

describe('names that clients ask for by themselves', () => {
  for (const [name, client] of [
    ['claude-haiku-4-5-20251001', 'Claude Code'],
    ['claude-3-5-haiku-latest', 'Claude Code'],
    ['claude-sonnet-5', 'Claude Code'],
    ['claude-opus-4-8', 'Claude Code'],
    ['gpt-5.3-codex', 'Codex'],
    ['gpt-5-codex-mini', 'Codex'],
    ['codex-mini-latest', 'Codex'],
    ['gemini-3-pro-preview', 'Gemini CLI'],
    ['gemini-2.5-flash-lite', 'Gemini CLI'],
    ['gpt-5', undefined],
    ['my-claude-sonnet', undefined],
    ['llama-3.3-70b', undefined],
  ] as const) {
    it(`${name}: ${client ?? 'none'}`, () => assert.equal(clientThatAsks(name), client))
  }

  it('are the same model in another spelling, but not a preview', () => {
    const same = ['claude-haiku-4-5', 'claude-haiku-4.5', 'anthropic/claude-haiku-4.5', 'claude-haiku-4-5-20251001']
    for (const one of [...same, 'claude-haiku-4-5@20251001', 'claude-haiku-4-5-latest', 'claude-haiku-4-5-2025-10-01'])
      assert.equal(spelling(one), 'claude-haiku-4-5')
    assert.notEqual(spelling('gemini-3-pro-preview'), spelling('gemini-3-pro'))
  })

  it('mean the connected model of that name, however an account spells it', () => {
    const catalogue = buildCatalogue(
      source(
        [anthropic, local],
        { a: ['claude-haiku-4-5-20251001'], l: ['qwen'] },
        { settings: settings({ defaults: { model: 'ollama/qwen' } }) },
      ),
    )
    assert.equal(found(catalogue, 'claude-haiku-4-5-20251001'), 'anthropic/claude-haiku-4-5-20251001')
    assert.deepEqual(catalogue.find('claude-haiku-4-5-20251001').steps, [])
    assert.equal(found(catalogue, 'claude-haiku-4-5'), 'anthropic/claude-haiku-4-5-20251001')
    assert.deepEqual(catalogue.find('claude-haiku-4-5').steps, [
      '"claude-haiku-4-5" is anthropic/claude-haiku-4-5-20251001 here',
    ])
  })

  it('mean all accounts that have it, in their order', () => {
    const catalogue = buildCatalogue(
      source([router, anthropic], { a: ['claude-haiku-4-5-20251001'], r: ['anthropic/claude-haiku-4.5'] }),
    )
    assert.equal(
      found(catalogue, 'claude-haiku-4-5'),
      'ordered claude-haiku-4-5[anthropic/claude-haiku-4-5-20251001, openrouter/anthropic/claude-haiku-4.5]',
    )
  })

  it('mean the default model when no account has them, and say so', () => {
    const catalogue = buildCatalogue(
      source(
        [local],
        { l: ['qwen', 'small'] },
        {
          settings: settings({ defaults: { model: 'ollama/qwen', perKey: { k: 'ollama/small' } } }),
        },
      ),
    )
    assert.equal(found(catalogue, 'claude-opus-5'), 'ollama/qwen')
    assert.deepEqual(catalogue.find('claude-opus-5').steps, [
      'No account has "claude-opus-5", which Claude Code asks for by itself: the default takes its place',
      'default model means ollama/qwen',
    ])
    assert.equal(found(catalogue, 'claude-opus-5', { keyId: 'k' }), 'ollama/small')
    assert.equal(found(catalogue, 'claude-opus-5'), 'ollama/qwen')
  })

  it('are never answered by a model that nobody named', () => {
    const catalogue = buildCatalogue(source([local], { l: ['qwen'] }))
    const { code, message, parameter } = refusal(catalogue, 'gpt-5.3-codex')
    assert.deepEqual([code, parameter], ['unknown_model', 'model'])
    assert.match(message, /which Codex asks for by itself\. Set an alias for it, or a default model\./)
    const set = source([local], { l: ['qwen'] }, { settings: settings({ defaults: { model: 'ollama/qwen' } }) })
    assert.equal(refusal(buildCatalogue(set), 'gpt-5').code, 'unknown_model')
  })

  it('go where a wildcard alias sends them, also when an account has them', () => {
    const catalogue = buildCatalogue(
      source(
        [anthropic, local],
        { a: ['claude-sonnet-5'], l: ['qwen'] },
        { settings: settings({ aliases: { 'claude-*': 'ollama/qwen' } }) },
      ),
    )
    assert.equal(found(catalogue, 'claude-sonnet-5'), 'ollama/qwen')
    assert.equal(found(catalogue, 'anthropic/claude-sonnet-5'), 'anthropic/claude-sonnet-5')
  })

  it('stay blocked where the user blocked the model', () => {
    const catalogue = buildCatalogue(
      source(
        [anthropic, local],
        { a: ['claude-opus-4-8-20260101'], l: ['qwen'] },
        {
          settings: settings({ models: { blocked: ['*opus*'] }, defaults: { model: 'ollama/qwen' } }),
        },
      ),
    )
    assert.equal(refusal(catalogue, 'claude-opus-4-8-20260101').code, 'model_blocked')
    assert.equal(refusal(catalogue, 'claude-opus-4-8').code, 'model_blocked')
  })
})
