// What a name means: models, combos, `auto`, ids that are in no list; in the order in which targets are tried.
import assert from 'node:assert/strict'
import { GatewayError } from '../../src/core/errors.ts'
import { type Combo, toComboMember } from '../../src/core/routing.ts'
import { buildCatalogue, type Catalogue, mergeModels } from '../../src/engine/catalogue.ts'
import { nearestNames } from '../../src/engine/nearest.ts'
import { account, model, provider, source } from './world.ts'

function combo(name: string, members: readonly string[], enabled = true): Combo {
  return { id: name, name, strategy: 'ordered', members: members.map(toComboMember), enabled }
}

/** `account model` of each target, in order. */
function resolved(catalogue: Catalogue, name: string): string[] {
  return catalogue.resolve(name).map((target) => `${target.account.id} ${target.model.id}`)
}

function refusal(catalogue: Catalogue, name: string): GatewayError {
  try {
    catalogue.resolve(name)
  } catch (error) {
    assert.ok(error instanceof GatewayError)
    return error
  }
  throw new Error(`${name} was found`)
}

describe('the catalogue', () => {
  it('orders the accounts of one prefix by tier, then the user’s order, then age', () => {
    const accounts = [
      account('local', { tier: 'local', order: 0 }),
      account('free', { tier: 'free' }),
      account('younger', { order: 1, createdAt: 2 }),
      account('older', { order: 1, createdAt: 1 }),
      account('first', { order: 0, createdAt: 9 }),
      account('subscribed', { tier: 'subscription', order: 9 }),
      account('cheap', { tier: 'cheap' }),
    ]
    const catalogue = buildCatalogue(source(accounts, Object.fromEntries(accounts.map((one) => [one.id, ['m']]))))
    const expected = ['subscribed', 'first', 'older', 'younger', 'cheap', 'free', 'local']
    assert.deepEqual(
      resolved(catalogue, 'groq/m'),
      expected.map((id) => `${id} m`),
    )
    assert.equal(catalogue.entries.length, 1)
  })

  it('serves nothing from disabled accounts and unknown providers', () => {
    const accounts = [account('off', { enabled: false }), account('strange', { provider: 'strange' }), account('on')]
    const catalogue = buildCatalogue(
      source(accounts, { off: ['m'], strange: ['m'], on: ['m'] }, { providers: new Map([['groq', provider('groq')]]) }),
    )
    assert.deepEqual(resolved(catalogue, 'groq/m'), ['on m'])
  })

  it('passes an id that is in no list to every account under the prefix', () => {
    const accounts = [account('a'), account('b', { order: 1 }), account('c', { prefix: 'x' })]
    const catalogue = buildCatalogue(source(accounts, { a: ['m'] }))
    assert.deepEqual(resolved(catalogue, 'groq/vendor/new:free'), ['a vendor/new:free', 'b vendor/new:free'])
    assert.equal(refusal(catalogue, 'groq/').code, 'unknown_model')
    assert.equal(refusal(catalogue, '/m').code, 'unknown_model')
  })

  it('takes a bare id only where one public id has it', () => {
    const accounts = [account('a'), account('b', { prefix: 'x' })]
    const catalogue = buildCatalogue(source(accounts, { a: ['only', 'both'], b: ['both'] }))
    assert.deepEqual(resolved(catalogue, 'only'), ['a only'])
    assert.equal(refusal(catalogue, 'both').code, 'unknown_model')
  })

  it('expands combos in order, nested and without repetitions', () => {
    const accounts = [account('a', { prefix: 'a' }), account('b', { prefix: 'b' }), account('c', { prefix: 'c' })]
    const combos = [combo('outer', ['b/m', 'inner', 'c/new']), combo('inner', ['a/m', 'b/m', 'gone/m'])]
    const catalogue = buildCatalogue(source(accounts, { a: ['m'], b: ['m'], c: [] }, { combos }))
    assert.deepEqual(resolved(catalogue, 'outer'), ['b m', 'a m', 'c new'])
  })

  it('comes to an end when combos contain each other', () => {
    const combos = [combo('x', ['y', 'a/m']), combo('y', ['z', 'x']), combo('z', ['x', 'y'])]
    const catalogue = buildCatalogue(source([account('a', { prefix: 'a' })], { a: ['m'] }, { combos }))
    for (const name of ['x', 'y', 'z']) assert.deepEqual(resolved(catalogue, name), ['a m'])
  })

  it('keeps the work small where combos nest widely', () => {
    const names = Array.from({ length: 60 }, (_, index) => `c${index}`)
    const combos = names.map((name, index) => combo(name, [...names.slice(index + 1), 'a/m']))
    const catalogue = buildCatalogue(source([account('a', { prefix: 'a' })], { a: ['m'] }, { combos }))
    assert.deepEqual(resolved(catalogue, 'c0'), ['a m'])
  })

  it('tells a combo without a connected member from a name that nobody has', () => {
    const combos = [combo('lonely', ['gone/m']), combo('off', ['a/m'], false)]
    const catalogue = buildCatalogue(source([account('a', { prefix: 'a' })], { a: ['m'] }, { combos }))
    assert.equal(refusal(catalogue, 'lonely').code, 'no_target')
    assert.equal(refusal(catalogue, 'off').code, 'unknown_model')
  })

  it('lets a combo of the same name win over a model', () => {
    const accounts = [account('a', { prefix: 'a' }), account('b', { prefix: 'b' })]
    const catalogue = buildCatalogue(source(accounts, { a: ['m'], b: ['m'] }, { combos: [combo('a/m', ['b/m'])] }))
    assert.deepEqual(resolved(catalogue, 'a/m'), ['b m'])
  })

  it('routes `auto` over the preferred model of every account, the demo only when it is alone', () => {
    const accounts = [
      account('paid'),
      account('sub', { tier: 'subscription', provider: 'x' }),
      account('demo', { provider: 'demo' }),
    ]
    const providers = new Map([
      ['groq', provider('groq', { defaultModel: 'best' })],
      ['x', provider('x')],
      ['demo', provider('demo', { builtIn: true })],
    ])
    const models = { paid: ['m', 'best'], sub: ['first', 'second'], demo: ['echo'] }
    assert.deepEqual(resolved(buildCatalogue(source(accounts, models, { providers })), 'auto'), [
      'sub first',
      'paid best',
    ])
    const alone = buildCatalogue(source(accounts.slice(2), models, { providers }))
    assert.deepEqual(resolved(alone, 'auto'), ['demo echo'])
    assert.equal(refusal(buildCatalogue(source([], {})), 'auto').code, 'no_target')
  })

  it('names what resembles a mistyped name', () => {
    const catalogue = buildCatalogue(
      source([account('a')], { a: ['llama-3.3-70b', 'whisper'] }, { combos: [combo('quick', ['groq/whisper'])] }),
    )
    const { message, parameter, status } = refusal(catalogue, 'grok/llama-3.3-70')
    assert.match(message, /Did you mean "groq\/llama-3\.3-70b"\?/)
    assert.deepEqual([parameter, status], ['model', 404])
    assert.match(refusal(catalogue, 'quik').message, /"quick"/)
    assert.doesNotMatch(refusal(catalogue, 'zzzz').message, /Did you mean/)
    assert.ok(refusal(catalogue, 'z'.repeat(100_000)).message.length < 300)
  })
})

describe('nearest names', () => {
  it('gives at most two, the best first, in any case of letters', () => {
    const names = ['openai/gpt-5', 'openai/gpt-5-mini', 'openai/gpt-4', 'mistral/large']
    assert.deepEqual(nearestNames('OPENAI/GPT-5', names), ['openai/gpt-5', 'openai/gpt-4'])
    assert.deepEqual(nearestNames('', names), [])
    assert.deepEqual(nearestNames('x', names), [])
  })
})

describe('merging models', () => {
  it('lets the live list decide what there is, and adds bundled facts and the user’s own entries', () => {
    const bundled = [
      model('a', { name: 'A', limits: { contextWindow: 1 }, capabilities: { tools: true } }),
      model('old'),
    ]
    const live = [model('a', { limits: { maxOutput: 2 } }), model('new')]
    const user = [model('a', { capabilities: { vision: true } }), model('mine')]
    assert.deepEqual(mergeModels(bundled, live, user), [
      { id: 'a', name: 'A', limits: { contextWindow: 1, maxOutput: 2 }, capabilities: { tools: true, vision: true } },
      model('new'),
      model('mine'),
    ])
    assert.deepEqual(
      mergeModels(bundled, [], []).map((one) => one.id),
      ['a', 'old'],
    )
  })
})
