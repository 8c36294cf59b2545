// Combos as trees: what is kept of each member, what is left out and why, and that any graph of combos comes to an end.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { strategyIds } from '../../../src/core/routing.ts'
import { buildCatalogue, type Catalogue } from '../../../src/engine/catalogue.ts'
import type { Choice } from '../../../src/engine/resolution.ts'
import { targetsOf } from '../../../src/engine/resolve/targets.ts'
import { account, source } from '../world.ts'
import { combo, found, refusal, settings, shape } from './world.ts'

const accounts = [account('a', { prefix: 'a' }), account('b', { prefix: 'b' })]

function withCombos(combos: ReturnType<typeof combo>[], blocked: readonly string[] = []): Catalogue {
  return buildCatalogue(
    source(accounts, { a: ['m', 'n'], b: ['m'] }, { combos, settings: settings({ models: { blocked } }) }),
  )
}

describe('combos', () => {
  it('keep the tree with each member’s weight and overrides', () => {
    const overrides = { temperature: 0, maxOutputTokens: 100 }
    const catalogue = withCombos([
      combo(
        'outer',
        [
          { model: 'inner', weight: 3, overrides },
          { model: 'a/m', weight: 0 },
        ],
        { strategy: 'weighted' },
      ),
      combo('inner', ['b/m', 'a/n'], { strategy: 'round-robin' }),
    ])
    assert.equal(found(catalogue, 'outer'), 'weighted outer[round-robin inner[b/m, a/n], a/m]')
    const { root } = catalogue.find('outer')
    assert.ok(root.kind === 'group')
    assert.deepEqual(
      root.choices.map(({ weight, overrides: own }) => ({ weight, own })),
      [
        { weight: 3, own: overrides },
        { weight: 0, own: undefined },
      ],
    )
    const [inner] = root.choices
    assert.ok(inner?.kind === 'group')
    assert.deepEqual(
      inner.choices.map((choice) => choice.weight),
      [1, 1],
    )
  })

  it('leave out members that are switched off, without a word', () => {
    const catalogue = withCombos([combo('c', [{ model: 'a/m', enabled: false }, 'b/m'])])
    assert.equal(found(catalogue, 'c'), 'ordered c[b/m]')
    assert.deepEqual(catalogue.find('c').steps, [])
    const off = withCombos([combo('c', [{ model: 'a/m', enabled: false }])])
    assert.match(refusal(off, 'c').message, /Every member of the combo "c" is switched off/)
  })

  it('say which members they go without, and why', () => {
    const catalogue = withCombos(
      [combo('c', ['gone/x', 'm', 'a/n', 'off', 'b/m']), combo('off', ['a/m'], { enabled: false })],
      ['a/n'],
    )
    assert.equal(found(catalogue, 'c'), 'ordered c[b/m]')
    assert.deepEqual(catalogue.find('c').steps, [
      'combo "c" goes without gone/x (not connected), m (could be several models), a/n (blocked), off (switched off)',
    ])
  })

  it('lose empty groups, and with nothing left say what became of every member', () => {
    const catalogue = withCombos([combo('c', ['empty', 'b/m']), combo('empty', ['gone/x', 'a/n'])], ['a/n'])
    assert.equal(found(catalogue, 'c'), 'ordered c[b/m]')
    const { code, message, nextStep } = refusal(catalogue, 'empty')
    assert.equal(code, 'no_target')
    assert.equal(message, 'No member of the combo "empty" can be called: gone/x (not connected), a/n (blocked).')
    assert.ok(nextStep.length > 0)
  })

  it('may stand in several places of a tree, but never within themselves', () => {
    const catalogue = withCombos([
      combo('top', ['left', 'right']),
      combo('left', ['a/m', 'shared']),
      combo('right', ['a/n', 'shared']),
      combo('shared', ['b/m', 'top']),
    ])
    assert.equal(
      found(catalogue, 'top'),
      'ordered top[ordered left[a/m, ordered shared[b/m]], ordered right[a/n, ordered shared[b/m]]]',
    )
    assert.deepEqual(catalogue.find('top').steps, ['combo "shared" goes without top (contains itself)'])
  })

  it('nested very deeply are cut off', () => {
    const names = Array.from({ length: 5_000 }, (_, index) => `c${index}`)
    const catalogue = withCombos(names.map((name, index) => combo(name, ['a/m', `c${index + 1}`])))
    assert.deepEqual(
      catalogue.resolve('c0').map((target) => target.publicId),
      ['a/m'],
    )
  })

  it('in any graph come to an end in a tree of bounded size, with connected and unblocked targets only', () => {
    const names = ['c0', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7']
    const aliasNames = ['x0', 'x1', 'x2']
    const models = [
      'a/m',
      'a/n',
      'b/m',
      'b/unlisted',
      'gone/x',
      'auto',
      'auto/coding',
      'n',
      'm',
      'default',
      'a/n(high)',
      'A/N',
    ]
    const anything = fc.constantFrom(...names, ...aliasNames, ...models)
    const member = fc.record({ model: anything, weight: fc.nat(3), enabled: fc.boolean() })
    const graph = fc.tuple(
      fc.array(fc.tuple(fc.array(member, { maxLength: 12 }), fc.constantFrom(...strategyIds)), {
        minLength: names.length,
        maxLength: names.length,
      }),
      fc.array(anything, { minLength: aliasNames.length, maxLength: aliasNames.length }),
      fc.subarray(['a/*', 'a/N', 'b/m', 'b/unlisted']),
      anything,
    )
    fc.assert(
      fc.property(graph, ([combos, aliases, blocked, general]) => {
        const catalogue = buildCatalogue(
          source(
            accounts,
            { a: ['m', 'n'], b: ['m'] },
            {
              combos: combos.map(([members, strategy], index) => combo(`c${index}`, members, { strategy })),
              settings: settings({
                aliases: Object.fromEntries(aliases.map((target, index) => [`x${index}`, target])),
                models: { blocked },
                defaults: { model: general },
              }),
            },
          ),
        )
        const isBlocked = (id: string): boolean =>
          blocked.some((glob) => id === glob.toLowerCase() || (glob === 'a/*' && id.startsWith('a/')))
        for (const name of [...names, ...aliasNames, ...models]) {
          let root: Choice
          try {
            root = catalogue.find(name).root
          } catch {
            continue
          }
          assert.ok(choicesIn(root) <= 5_000, shape(root).slice(0, 200))
          const targets = targetsOf(root)
          assert.ok(targets.length > 0)
          for (const { account: owner, publicId } of targets) {
            assert.ok(accounts.includes(owner))
            assert.ok(!isBlocked(publicId), `${name} reaches ${publicId}, blocked by ${blocked.join(' ')}`)
          }
        }
      }),
      { numRuns: 200 },
    )
  })
})

/** Fails for an empty group: the plan counts on there being none. */
function choicesIn(choice: Choice): number {
  if (choice.kind === 'model') {
    assert.ok(choice.targets.length > 0)
    return 1
  }
  assert.ok(choice.choices.length > 0)
  return choice.choices.reduce((sum, inner) => sum + choicesIn(inner), 1)
}
