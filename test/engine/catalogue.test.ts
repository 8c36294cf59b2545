// What a name means: models, combos, `auto`, ids that are in no list; in the order in which targets are tried.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { GatewayError } from '../../src/core/errors.ts'
import { type Combo, toComboMember } from '../../src/core/routing.ts'
import { buildCatalogue, type Catalogue, mergeModels } from '../../src/engine/catalogue.ts'
import { indexNames, nearestNames } from '../../src/engine/nearest.ts'
import { found, refusal as refusalFor, settings } from './resolve/world.ts'
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

describe('the default model', () => {
  const accounts = [account('a', { prefix: 'a' })]
  const defaults = {
    model: 'a/general',
    perKey: { key1: 'a/of-key', both: 'a/of-key' },
    perWorkspace: { work: 'a/of-workspace' },
  }
  const catalogue = buildCatalogue(source(accounts, { a: ['m'] }, { settings: settings({ defaults }) }))

  it('is the key’s, else the workspace’s, else the general one', () => {
    for (const name of ['default', '', '  ']) {
      assert.equal(found(catalogue, name), 'a/general')
      assert.equal(found(catalogue, name, { keyId: 'key1' }), 'a/of-key')
      assert.equal(found(catalogue, name, { keyId: 'other', workspace: 'work' }), 'a/of-workspace')
      assert.equal(found(catalogue, name, { keyId: 'both', workspace: 'work' }), 'a/of-key')
      assert.equal(found(catalogue, name, { workspace: 'elsewhere' }), 'a/general')
    }
    assert.deepEqual(catalogue.find('default', { workspace: 'work' }).steps, [
      'default model of the workspace "work" means a/of-workspace',
    ])
  })

  it('is not looked for in what every object has', () => {
    for (const name of ['constructor', '__proto__', 'toString'])
      assert.equal(found(catalogue, 'default', { keyId: name, workspace: name }), 'a/general')
  })

  it('gives way to a combo or alias of that name', () => {
    const own = source(accounts, { a: ['m'] }, { settings: settings({ aliases: { default: 'a/alias' }, defaults }) })
    assert.equal(found(buildCatalogue(own), 'default'), 'a/alias')
    assert.equal(
      found(buildCatalogue({ ...own, combos: [combo('default', ['a/m'])] }), 'default'),
      'ordered default[a/m]',
    )
  })

  it('that is missing, unknown or itself is refused with words', () => {
    const none = buildCatalogue(source(accounts, { a: ['m'] }))
    assert.match(refusal(none, '').message, /names no model, and no default model is set/)
    assert.match(refusal(none, 'default').message, /asks for the default model, and none is set/)
    const wrong = (model: string): GatewayError =>
      refusal(
        buildCatalogue(source(accounts, { a: ['m'] }, { settings: settings({ defaults: { model } }) })),
        'default',
      )
    assert.match(wrong('gone').message, /There is no model or combo "gone" \(default model means gone\)/)
    assert.match(wrong('default').message, /The default model leads back to itself/)
  })
})

describe('blocked models', () => {
  const accounts = [account('a', { prefix: 'a' }), account('b', { prefix: 'b' })]
  const catalogue = buildCatalogue(
    source(
      accounts,
      { a: ['m', 'secret'], b: ['m'] },
      {
        combos: [combo('c', ['a/secret', 'b/m'])],
        settings: settings({
          aliases: { s: 'a/secret', 'x-*': 'a/$1' },
          models: { blocked: ['a/secret', 'b/new-*', 'A/Loud'] },
        }),
      },
    ),
  )

  it('can’t be reached by any name', () => {
    const names = [
      'a/secret',
      'secret',
      's',
      'x-secret',
      'a/SECRET',
      ' a/secret ',
      'a/secret(high)',
      'x-secret(low)',
      'b/new-1',
      'a/loud',
    ]
    for (const name of names) {
      const { code, status, parameter } = refusalFor(catalogue, name)
      assert.deepEqual([name, code, status, parameter], [name, 'model_blocked', 403, 'model'])
    }
    assert.equal(found(catalogue, 'c'), 'ordered c[b/m]')
    assert.ok(!catalogue.entries.some((entry) => entry.publicId === 'a/secret'))
    assert.doesNotMatch(refusal(catalogue, 'a-secrets').message, /Did you mean "a\/secret"/)
  })

  it('make a bare id unambiguous', () => {
    const accountsOfBoth = { a: ['m'], b: ['m'] }
    const blocking = source(accounts, accountsOfBoth, { settings: settings({ models: { blocked: ['a/*'] } }) })
    assert.equal(found(buildCatalogue(blocking), 'm'), 'b/m')
    const { message } = refusal(buildCatalogue(source(accounts, accountsOfBoth)), 'm')
    assert.match(message, /"m" could be "a\/m", "b\/m"\. Ask for one of them, or set an alias/)
  })
})

describe('the list of models', () => {
  it('leaves out hidden ones, which can still be called, and shows the user’s names', () => {
    const catalogue = buildCatalogue({
      ...source([account('a', { prefix: 'a' })], {}),
      models: () => [model('m', { name: 'Vendor’s name' }), model('plain'), model('hidden-1')],
      settings: settings({ models: { hidden: ['a/HIDDEN-*'], names: { 'a/m': 'My name', toString: 'x' } } }),
    })
    assert.deepEqual(
      catalogue.entries.map(({ publicId, name, listed }) => [publicId, name, listed]),
      [
        ['a/m', 'My name', true],
        ['a/plain', 'plain', true],
        ['a/hidden-1', 'hidden-1', false],
      ],
    )
    assert.equal(found(catalogue, 'a/hidden-1'), 'a/hidden-1')
    assert.doesNotMatch(refusal(catalogue, 'b/hidden-1').message, /a\/hidden/)
  })
})

describe('what names mean', () => {
  it('is worked out once, and refusals anew for each request', () => {
    const catalogue = buildCatalogue(source([account('a', { prefix: 'a' })], { a: ['m'] }))
    for (const name of ['a/m', 'm', 'auto', 'a/unlisted', 'm(high)'])
      assert.equal(catalogue.find(name), catalogue.find(name), name)
    assert.notEqual(refusal(catalogue, 'gone'), refusal(catalogue, 'gone'))
    assert.equal(catalogue.find(' m ').asked, ' m ')
  })

  it('stays right however many names are asked for', () => {
    const catalogue = buildCatalogue(source([account('a', { prefix: 'a' })], { a: ['m'] }))
    for (let round = 0; round < 2; round++) {
      for (let index = 0; index < 3_000; index++) assert.equal(found(catalogue, `a/x${index}`), `a/x${index}`)
    }
    assert.equal(refusal(catalogue, `a/${'x'.repeat(1_000)}`).code, 'unknown_model')
    assert.equal(refusal(catalogue, `m${'(high)'.repeat(50_000)}`).code, 'unknown_model')
  })
})

describe('nearest names', () => {
  it('are those that comparing with each name one by one gives', () => {
    const pairs = (text: string): Set<string> => new Set([...text].slice(1).map((letter, at) => `${text[at]}${letter}`))
    const likeness = (a: string, b: string): number => {
      const shared = [...pairs(a)].filter((pair) => pairs(b).has(pair)).length
      return (2 * shared) / (pairs(a).size + pairs(b).size || 1)
    }
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '/'), maxLength: 8 })
    fc.assert(
      fc.property(fc.uniqueArray(text), text, (names, name) => {
        const expected = names
          .map((candidate) => ({ candidate, score: likeness(name, candidate) }))
          .filter(({ score }) => score >= 0.4)
          .sort((a, b) => b.score - a.score)
          .slice(0, 2)
        assert.deepEqual(
          indexNames(names)(name),
          expected.map(({ candidate }) => candidate),
        )
      }),
    )
  })

  it('are found among ten thousand', () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `vendor${index % 50}/model-${index}`)
    const nearest = indexNames(names)
    for (let index = 0; index < 200; index++) assert.ok(nearest(`vendr/model-${index}`).length > 0)
  })

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
