// The routes that need no setting up: which accounts take part, with which model, in which groups.
import assert from 'node:assert/strict'
import type { ModelInfo } from '../../../src/core/model.ts'
import { buildCatalogue, type Catalogue } from '../../../src/engine/catalogue.ts'
import { account, model, provider, source } from '../world.ts'
import { combo, found, refusal, settings } from './world.ts'

const able = (id: string, more: Partial<ModelInfo['capabilities']> = {}, contextWindow = 128_000): ModelInfo =>
  model(id, { limits: { contextWindow }, capabilities: { tools: true, ...more } })

const accounts = [
  account('home', { provider: 'home', prefix: 'home', tier: 'local' }),
  account('free', { provider: 'free', prefix: 'free', tier: 'free' }),
  account('paid', { provider: 'paid', prefix: 'paid', order: 1 }),
  account('paid2', { provider: 'paid', prefix: 'paid', order: 2 }),
  account('other', { provider: 'other', prefix: 'other', order: 3 }),
  account('plan', { provider: 'paid', prefix: 'paid', tier: 'subscription' }),
  account('demo', { provider: 'demo', prefix: 'demo', tier: 'free' }),
]
const lists: Readonly<Record<string, readonly ModelInfo[]>> = {
  home: [model('nomic-embed-text'), model('qwen')],
  free: [able('small-window', { reasoning: true }, 32_000), able('plain')],
  paid: [able('first'), able('best', { reasoning: true }), able('reasoner', { reasoning: true })],
  paid2: [able('first'), able('best', { reasoning: true })],
  other: [able('no-tools', { tools: false, reasoning: true })],
  plan: [able('first'), able('best', { reasoning: true })],
  demo: [able('echo')],
}
const providers = new Map(
  [
    provider('home'),
    provider('free'),
    provider('paid', { defaultModel: 'best' }),
    provider('other'),
    provider('demo', { builtIn: true }),
  ].map((one) => [one.id, one]),
)

function catalogueOf(ids: readonly string[], more: Parameters<typeof source>[2] = {}): Catalogue {
  return buildCatalogue(
    source(
      accounts.filter(({ id }) => ids.includes(id)),
      {},
      { providers, models: ({ id }) => lists[id] ?? [], ...more },
    ),
  )
}
const all = catalogueOf(accounts.map(({ id }) => id))

describe('the automatic routes', () => {
  it('`auto` goes by tier, each with the strategy that suits what it costs', () => {
    assert.equal(
      found(all, 'auto'),
      'ordered auto[use-before-reset auto: subscription[paid/best], cheapest auto: api-key[paid/best, other/no-tools], ' +
        'use-before-reset auto: free[free/small-window], fastest auto: local[home/qwen]]',
    )
    const accountsInOrder = all.resolve('auto').map((target) => target.account.id)
    assert.deepEqual(accountsInOrder, ['plan', 'paid', 'paid2', 'other', 'free', 'home'])
  })

  it('`auto/fast` and `auto/cheap` are one group over the same models', () => {
    const models = '[paid/best, other/no-tools, free/small-window, home/qwen]'
    assert.equal(found(all, 'auto/fast'), `fastest auto/fast${models}`)
    assert.equal(found(all, 'auto/cheap'), `cheapest auto/cheap${models}`)
  })

  it('`auto/coding` takes only what has tools and room, and what reasons first', () => {
    assert.equal(
      found(all, 'auto/coding'),
      'ordered auto/coding[' +
        'ordered auto/coding: subscription[use-before-reset auto/coding: subscription, reasoning[paid/best]], ' +
        'ordered auto/coding: api-key[cheapest auto/coding: api-key, reasoning[paid/best]], ' +
        'ordered auto/coding: free[use-before-reset auto/coding: free, others[free/plain]], ' +
        'ordered auto/coding: local[fastest auto/coding: local, others[home/qwen]]]',
    )
  })

  it('take the demo only while nothing else is connected', () => {
    assert.doesNotMatch(found(catalogueOf(['demo', 'other']), 'auto'), /demo/)
    for (const route of ['auto', 'auto/fast', 'auto/cheap', 'auto/coding'])
      assert.match(found(catalogueOf(['demo']), route), /demo\/echo/)
    // Nothing fits, but an account is there: the demo may still not stand in for it.
    const { code, message } = refusal(catalogueOf(['demo', 'other']), 'auto/coding')
    assert.equal(code, 'no_target')
    assert.match(message, /No connected account has a model for "auto\/coding"/)
  })

  it('leave out blocked models and take the account’s next', () => {
    const blocked = catalogueOf(['paid'], { settings: settings({ models: { blocked: ['paid/best'] } }) })
    assert.equal(found(blocked, 'auto'), 'ordered auto[cheapest auto: api-key[paid/first]]')
    const nothing = catalogueOf(['paid'], { settings: settings({ models: { blocked: ['*'] } }) })
    assert.equal(refusal(nothing, 'auto').code, 'no_target')
  })

  it('can be members of a combo, and a combo of the same name replaces them', () => {
    const combos = [combo('mine', ['other/no-tools', 'auto/fast']), combo('auto', ['home/qwen'])]
    const catalogue = catalogueOf(['other', 'home'], { combos })
    assert.equal(found(catalogue, 'mine'), 'ordered mine[other/no-tools, fastest auto/fast[other/no-tools, home/qwen]]')
    assert.equal(found(catalogue, 'auto'), 'ordered auto[home/qwen]')
  })
})
