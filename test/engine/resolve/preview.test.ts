// What an alias would do, shown before it is saved.
import assert from 'node:assert/strict'
import { buildCatalogue } from '../../../src/engine/catalogue.ts'
import { previewAlias } from '../../../src/engine/resolve/preview.ts'
import { account, source } from '../world.ts'
import { combo, settings } from './world.ts'

const catalogue = buildCatalogue(
  source(
    [account('o', { prefix: 'openrouter' }), account('g', { prefix: 'groq' })],
    { o: ['openai/gpt-5', 'openai/gpt-5-mini', 'z-ai/glm'], g: ['llama', 'secret'] },
    { combos: [combo('pair', ['groq/llama'])], settings: settings({ models: { hidden: ['groq/secret'] } }) },
  ),
)

describe('the preview of an alias', () => {
  it('shows the names that would reach a listed model', () => {
    assert.deepEqual(previewAlias({ pattern: 'gpt-*', target: 'openrouter/openai/gpt-$1' }, catalogue), [
      { name: 'gpt-5', meaning: 'openrouter/openai/gpt-5', works: true },
      { name: 'gpt-5-mini', meaning: 'openrouter/openai/gpt-5-mini', works: true },
      { name: 'gpt-any', meaning: 'openrouter/openai/gpt-any', works: true },
    ])
    const swapped = previewAlias({ pattern: '*:*', target: '$2/$1' }, catalogue)
    assert.deepEqual(swapped[0], { name: 'llama:groq', meaning: 'groq/llama', works: true })
    assert.ok(swapped.every(({ name }) => !name.includes('secret')))
  })

  it('shows which bare ids a pattern with a fixed target would catch', () => {
    assert.deepEqual(previewAlias({ pattern: '*a*', target: 'pair' }, catalogue)[0], {
      name: 'llama',
      meaning: 'pair',
      works: true,
    })
  })

  it('shows an exact alias as it is, and nothing where the name is taken', () => {
    assert.deepEqual(previewAlias({ pattern: 'fast', target: 'groq/llama(low)' }, catalogue), [
      { name: 'fast', meaning: 'groq/llama', works: true },
    ])
    assert.deepEqual(previewAlias({ pattern: 'groq/llama', target: 'pair' }, catalogue), [])
    assert.deepEqual(previewAlias({ pattern: 'pair', target: 'groq/llama' }, catalogue), [])
  })

  it('tells why a name would be refused', () => {
    const [first] = previewAlias({ pattern: 'x', target: 'grok/llama' }, catalogue)
    assert.equal(first?.works, false)
    assert.match(first?.meaning ?? '', /There is no model or combo "grok\/llama"\. Did you mean "groq\/llama"/)
    const [long] = previewAlias({ pattern: 'y', target: 'z'.repeat(1_001) }, catalogue)
    assert.deepEqual(long, { name: 'y', meaning: 'A name that is too long.', works: false })
  })

  it('stays short', () => {
    const many = buildCatalogue(source([account('g')], { g: Array.from({ length: 500 }, (_, index) => `m${index}`) }))
    assert.equal(previewAlias({ pattern: 'my-*', target: 'groq/$1' }, many).length, 8)
  })
})
