// The life of pins: begun, renewed, moved, dropped, forgotten.
import assert from 'node:assert/strict'
import { failures } from '../../../src/core/errors.ts'
import { affinityScope, createAffinity } from '../../../src/engine/plan/affinity.ts'
import { target } from '../world.ts'
import { clockAt } from './given.ts'

const [a, b] = [target('a'), target('b')]
const minute = 60_000

describe('affinity', () => {
  it('keeps a conversation where it was served, as long as it goes on', () => {
    const clock = clockAt(0)
    const affinity = createAffinity(clock)
    assert.equal(affinity.pinOf('s', 60), undefined)
    affinity.pin('s', a)
    clock.time = 59 * minute
    assert.equal(affinity.pinOf('s', 60)?.account, 'a')
    affinity.pin('s', a)
    clock.time = 118 * minute
    assert.deepEqual([affinity.pinOf('s', 60)?.account, affinity.pinOf('s', 60)?.model], ['a', 'm'])
    clock.time = 120 * minute
    assert.equal(affinity.pinOf('s', 60), undefined)
  })

  it('applies a changed life at once, in both directions', () => {
    const clock = clockAt(0)
    const affinity = createAffinity(clock)
    affinity.pin('s', a)
    clock.time = 10 * minute
    assert.equal(affinity.pinOf('s', 5), undefined)
    assert.equal(affinity.pinOf('s', 15)?.account, 'a')
  })

  it('moves when another account served, and then no longer heeds failures of the first', () => {
    const affinity = createAffinity(clockAt(0))
    affinity.pin('s', a)
    affinity.pin('s', b)
    assert.equal(affinity.pinOf('s', 60)?.account, 'b')
    affinity.failed('s', a, 'overloaded')
    assert.equal(affinity.pinOf('s', 60)?.account, 'b')
  })

  it('drops a pin when its account failed, but not for what the caller did', () => {
    const code = (fault: string): string[] =>
      Object.entries(failures).flatMap(([name, row]) => (row.fault === fault ? [name] : []))
    for (const name of Object.keys(failures) as (keyof typeof failures)[]) {
      const affinity = createAffinity(clockAt(0))
      affinity.pin('s', a)
      affinity.failed('s', a, name)
      const stays = code('caller').includes(name) || code('client-left').includes(name)
      assert.equal(affinity.pinOf('s', 60)?.account, stays ? 'a' : undefined, name)
    }
  })

  it('tells keys, names and conversations apart, whatever they contain', () => {
    const scopes = [
      affinityScope('c', 'm', {}),
      affinityScope('c', 'm', { keyId: 'k' }),
      affinityScope('c', 'm', { keyId: 'null' }),
      affinityScope('c', 'n', { keyId: 'k' }),
      affinityScope('d', 'm', { keyId: 'k' }),
      affinityScope('c","m', '', { keyId: 'k' }),
    ]
    assert.equal(new Set(scopes).size, scopes.length)
    assert.equal(affinityScope('c', 'm', { keyId: 'k', workspace: 'w' }), affinityScope('c', 'm', { keyId: 'k' }))
  })

  it('stays bounded and forgets what was not used for longest', () => {
    const affinity = createAffinity(clockAt(0), 3)
    for (const scope of ['1', '2', '3', '1', '4']) affinity.pin(scope, a)
    assert.deepEqual(
      ['1', '2', '3', '4'].map((scope) => affinity.pinOf(scope, 60) !== undefined),
      [true, false, true, true],
    )
  })
})
