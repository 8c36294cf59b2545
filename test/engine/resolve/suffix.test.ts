// What stands in brackets behind a model's name.
import assert from 'node:assert/strict'
import { buildCatalogue } from '../../../src/engine/catalogue.ts'
import { splitSuffix } from '../../../src/engine/resolve/suffix.ts'
import { account, source } from '../world.ts'
import { combo, found, refusal, settings } from './world.ts'

describe('the suffix of a name', () => {
  for (const [written, reasoning] of [
    ['m(high)', { mode: 'level', level: 'high' }],
    ['m(MINIMAL)', { mode: 'level', level: 'minimal' }],
    ['m (xhigh)', { mode: 'level', level: 'xhigh' }],
    ['m(8192)', { mode: 'budget', tokens: 8192 }],
    ['m(1000000)', { mode: 'budget', tokens: 1_000_000 }],
    ['m(0)', { mode: 'off' }],
    ['m(none)', { mode: 'off' }],
    ['m(auto)', { mode: 'adaptive' }],
  ] as const) {
    it(`${written} is read`, () => assert.deepEqual(splitSuffix(written), { name: 'm', reasoning }))
  }

  for (const other of [
    'm',
    'm()',
    'm(fast)',
    'm(-1)',
    'm(1e3)',
    'm(1000001)',
    'm(12345678)',
    '(high)',
    'm(high',
    'm high)',
  ]) {
    it(`${other} is a name as it is`, () => assert.equal(splitSuffix(other), undefined))
  }

  const accounts = [account('a', { prefix: 'a' })]
  const catalogue = buildCatalogue(
    source(
      accounts,
      { a: ['m', 'odd(high)'] },
      {
        combos: [combo('c', ['a/m(low)', { model: 'a/m(low)', overrides: { reasoning: { mode: 'off' } } }])],
        settings: settings({ aliases: { 'gpt-*': 'a/gpt-$1', quick: 'a/m(low)' } }),
      },
    ),
  )

  it('is taken off before the name goes anywhere (rule 105)', () => {
    for (const [name, meaning] of [
      ['a/m(high)', 'a/m'],
      ['m(high)', 'a/m'],
      ['gpt-5(high)', 'a/gpt-5'],
      ['a/unlisted(high)', 'a/unlisted'],
      ['auto(high)', 'ordered auto[cheapest auto: api-key[a/m]]'],
    ] as const) {
      assert.equal(found(catalogue, name), meaning)
      assert.deepEqual(catalogue.find(name).reasoning, { mode: 'level', level: 'high' })
    }
    assert.equal(catalogue.find('a/m').reasoning, undefined)
    assert.equal(refusal(catalogue, 'nothing(high)').code, 'unknown_model')
  })

  it('is part of the name where a model is called that', () => {
    for (const name of ['a/odd(high)', 'odd(high)']) {
      assert.equal(found(catalogue, name), 'a/odd(high)')
      assert.equal(catalogue.find(name).reasoning, undefined)
    }
    assert.equal(found(catalogue, 'a/m(odd)'), 'a/m(odd)')
  })

  it('of an alias holds unless the client has its own', () => {
    assert.deepEqual(catalogue.find('quick').reasoning, { mode: 'level', level: 'low' })
    assert.deepEqual(catalogue.find('quick(4096)').reasoning, { mode: 'budget', tokens: 4096 })
  })

  it('of a member becomes an override, and the member’s own override wins', () => {
    const { root, reasoning } = catalogue.find('c')
    assert.equal(reasoning, undefined)
    assert.deepEqual(root.kind === 'group' && root.choices.map((choice) => choice.overrides), [
      { reasoning: { mode: 'level', level: 'low' } },
      { reasoning: { mode: 'off' } },
    ])
  })
})
