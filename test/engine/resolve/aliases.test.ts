// Aliases: exact and with wildcards, captures, chains, circles, and what comes before them.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { capture } from '../../../src/core/glob.ts'
import { buildCatalogue, type Catalogue } from '../../../src/engine/catalogue.ts'
import { applyWildcard, fillIn, sortAliases } from '../../../src/engine/resolve/aliases.ts'
import { account, source } from '../world.ts'
import { combo, found, refusal, settings } from './world.ts'

const accounts = [account('o', { prefix: 'openrouter' }), account('g', { prefix: 'groq' })]
const models = { o: ['openai/gpt-5', 'z-ai/glm-4.7'], g: ['llama', 'gpt-oss'] }

function withAliases(aliases: Readonly<Record<string, string>>): Catalogue {
  const combos = [combo('pair', ['groq/llama', 'openrouter/openai/gpt-5'])]
  return buildCatalogue(source(accounts, models, { combos, settings: settings({ aliases }) }))
}

describe('aliases', () => {
  it('put captures where the target says', () => {
    const catalogue = withAliases({ 'gpt-*': 'openrouter/openai/gpt-$1', '*:*': '$2/$1' })
    assert.equal(found(catalogue, 'gpt-5'), 'openrouter/openai/gpt-5')
    assert.equal(found(catalogue, 'gpt-6-turbo'), 'openrouter/openai/gpt-6-turbo')
    assert.equal(found(catalogue, 'llama:groq'), 'groq/llama')
    assert.deepEqual(catalogue.find('gpt-5').steps, ['alias "gpt-*" means openrouter/openai/gpt-5'])
  })

  it('come after everything that has this name, before bare ids and what is passed on', () => {
    const catalogue = withAliases({
      pair: 'groq/llama',
      'groq/llama': 'pair',
      auto: 'groq/llama',
      'openrouter/*': 'groq/llama',
      'gpt-*': 'groq/llama',
    })
    assert.equal(found(catalogue, 'pair'), 'ordered pair[groq/llama, openrouter/openai/gpt-5]')
    assert.equal(found(catalogue, 'groq/llama'), 'groq/llama')
    assert.match(found(catalogue, 'auto'), /^ordered auto\[/)
    assert.equal(found(catalogue, 'openrouter/openai/gpt-5'), 'openrouter/openai/gpt-5')
    assert.equal(found(catalogue, 'openrouter/unlisted'), 'groq/llama')
    assert.equal(found(catalogue, 'gpt-oss'), 'groq/llama')
  })

  it('count by how much they say: exact ones, then the most letters, then the user’s order', () => {
    const catalogue = withAliases({
      '*': 'groq/any',
      'claude-*': 'groq/claude',
      'claude-*-5': 'groq/five',
      'claude-opus-5': 'groq/exact',
      '*-claude': 'groq/second',
    })
    assert.equal(found(catalogue, 'claude-opus-5'), 'groq/exact')
    assert.equal(found(catalogue, 'claude-sonnet-5'), 'groq/five')
    assert.equal(found(catalogue, 'claude-sonnet-4'), 'groq/claude')
    assert.equal(found(catalogue, 'claude-claude'), 'groq/claude')
    assert.equal(found(catalogue, 'x'), 'groq/any')
  })

  it('lead on to combos, `auto`, bare ids and other aliases, and say so', () => {
    const catalogue = withAliases({
      one: 'two',
      two: 'three-x',
      'three-*': 'pair',
      bare: 'glm-4.7',
      glm: 'z-ai/glm-4.7',
      any: 'auto',
    })
    assert.equal(found(catalogue, 'one'), 'ordered pair[groq/llama, openrouter/openai/gpt-5]')
    assert.deepEqual(catalogue.find('one').steps, [
      'alias "one" means two',
      'alias "two" means three-x',
      'alias "three-*" means pair',
    ])
    assert.equal(found(catalogue, 'glm'), 'openrouter/z-ai/glm-4.7')
    assert.match(found(catalogue, 'any'), /^ordered auto/)
    const { code, message } = refusal(catalogue, 'bare')
    assert.equal(code, 'unknown_model')
    assert.match(message, /^There is no model or combo "glm-4\.7" \(alias "bare" means glm-4\.7\)\./)
  })

  it('with a wildcard may have a target that the wildcard fits itself', () => {
    const catalogue = withAliases({ '*': 'llama', 'claude-*': 'groq/unlisted', 'openrouter/*': 'groq/other' })
    assert.equal(found(catalogue, 'anything'), 'groq/llama')
    assert.equal(found(catalogue, 'claude-opus'), 'groq/unlisted')
    assert.equal(found(catalogue, 'openrouter/x'), 'groq/other')
    const circle = withAliases({ 'a-*': 'b-$1', 'b-*': 'a-$1' })
    assert.match(refusal(circle, 'a-x').message, /leads back to itself: a-x → b-x → a-x/)
  })

  it('that lead in a circle, on and on, or grow without end are refused with words', () => {
    const chain = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`n${index}`, `n${index + 1}`]))
    const catalogue = withAliases({ ...chain, self: 'self', a: 'b', b: 'a', n11: 'pair', 'y*': `y${'$1'.repeat(100)}` })
    assert.match(refusal(catalogue, 'self').message, /leads back to itself: self → self/)
    assert.match(refusal(catalogue, 'a').message, /leads back to itself: a → b → a/)
    assert.match(refusal(catalogue, 'n0').message, /More than 10 aliases/)
    assert.match(found(catalogue, 'n2'), /pair/)
    assert.match(refusal(catalogue, `y${'z'.repeat(100)}`).message, /too long/)
  })

  it('with a member in a combo that has the alias as its member come to an end', () => {
    const combos = [combo('c', ['again', 'groq/llama'])]
    const catalogue = buildCatalogue(
      source(accounts, models, { combos, settings: settings({ aliases: { again: 'c' } }) }),
    )
    assert.equal(found(catalogue, 'c'), 'ordered c[groq/llama]')
    assert.equal(found(catalogue, 'again'), 'ordered c[groq/llama]')
  })

  it('keep a number that has no capture', () => {
    assert.equal(fillIn('a$1b$2c$3$', ['x', 'y']), 'axbyc$3$')
    assert.equal(fillIn('$10$$1', ['x']), 'x0$x')
    assert.equal(fillIn('plain', ['x']), 'plain')
  })

  it('find of many wildcards the one that a search through all of them finds', () => {
    const letter = fc.constantFrom('a', 'b', '-')
    const pattern = fc.array(fc.oneof({ weight: 3, arbitrary: letter }, { weight: 2, arbitrary: fc.constant('*') }), {
      minLength: 1,
      maxLength: 6,
    })
    const patterns = fc.uniqueArray(
      pattern.map((signs) => signs.join('')),
      { maxLength: 12 },
    )
    fc.assert(
      fc.property(patterns, fc.string({ unit: letter, maxLength: 8 }), (all, name) => {
        const fitting = all
          .filter((one) => one.includes('*') && new RegExp(`^${one.replaceAll('*', '.*')}$`).test(name))
          .map((one) => ({ one, letters: one.replaceAll('*', '').length }))
        const best = fitting.reduce<(typeof fitting)[number] | undefined>(
          (first, next) => (first && first.letters >= next.letters ? first : next),
          undefined,
        )
        const aliases = sortAliases(all.map((one) => ({ pattern: one, target: 't' })))
        assert.equal(applyWildcard(aliases, name)?.pattern, best?.one)
        for (const { glob } of aliases.open) {
          const stars = capture(glob, name)
          if (stars)
            assert.equal(
              glob.pattern.replace(/\*/g, () => stars.shift() ?? ''),
              name,
            )
        }
      }),
    )
  })
})
