// Merging: whatever the order and however often, every machine comes to the same records.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import {
  deletionsKeptMs,
  hashesOf,
  merge,
  type Stamps,
  stampChanges,
  type Value,
  withoutOldDeletions,
} from '../../../src/vscode/sync/merge.ts'

const key = fc.constantFrom('combo:a', 'combo:b', 'alias:x', '__proto__', 'constructor')
const value = fc.constantFrom<Value>(1, 'two', { a: 1, b: [2] }, { b: [2], a: 1 }, null)
const stamp = fc.oneof(
  fc.record({ at: fc.integer({ min: 0, max: 5 }) }),
  fc.record({ at: fc.integer({ min: 0, max: 5 }), value }),
)
const stamps: fc.Arbitrary<Stamps> = fc
  .array(fc.tuple(key, stamp), { maxLength: 6 })
  .map((entries) => Object.fromEntries(entries) as Stamps)

const always = (): boolean => true

describe('merging synced records', () => {
  it('is commutative', () => {
    fc.assert(fc.property(stamps, stamps, (a, b) => assert.deepEqual(hashed(merge(a, b)), hashed(merge(b, a)))))
  })

  it('is associative', () => {
    fc.assert(
      fc.property(stamps, stamps, stamps, (a, b, c) =>
        assert.deepEqual(hashed(merge(merge(a, b), c)), hashed(merge(a, merge(b, c)))),
      ),
    )
  })

  it('is idempotent, and nothing merged in changes nothing', () => {
    fc.assert(
      fc.property(stamps, stamps, (a, b) => {
        const merged = merge(a, b)
        assert.deepEqual(merge(merged, b), merged)
        assert.deepEqual(merge(merged, merged), merged)
        assert.deepEqual(merge(merged, {}), merged)
      }),
    )
  })

  it('keeps of each record the newest, and a value rather than a deletion of the same time', () => {
    const left = { a: { at: 1, value: 'old' }, b: { at: 3 }, c: { at: 2, value: 'kept' } }
    const right = { a: { at: 2, value: 'new' }, b: { at: 2, value: 'gone' }, c: { at: 2 } }
    assert.deepEqual(merge(left, right), { a: right.a, b: left.b, c: left.c })
  })

  it('forgets deletions after ninety days, values never, and nothing of the future', () => {
    const now = deletionsKeptMs * 2
    const kept = { a: { at: 0, value: 1 }, b: { at: now - deletionsKeptMs + 1 }, c: { at: now * 2 } }
    assert.deepEqual(withoutOldDeletions({ ...kept, d: { at: now - deletionsKeptMs } }, now), kept)
  })
})

describe('stamping changes', () => {
  const here = new Map<string, Value>([['combo:a', 1]])

  it('gives changed, new and deleted records the time of now, and leaves the others', () => {
    const known = { 'combo:a': { at: 5, value: 1 }, 'combo:b': { at: 5, value: 1 }, 'combo:c': { at: 5, value: 1 } }
    const base = hashesOf(new Map(Object.keys(known).map((one) => [one, 1])))
    const now = new Map<string, Value>([
      ['combo:a', 1],
      ['combo:b', 2],
      ['combo:d', 1],
    ])
    assert.deepEqual(stampChanges(known, base, now, always, 9), {
      'combo:a': { at: 5, value: 1 },
      'combo:b': { at: 9, value: 2 },
      'combo:c': { at: 9 },
      'combo:d': { at: 9, value: 1 },
    })
  })

  it('lets a machine whose clock is behind change what another one wrote', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 100 }), value, (theirs, now, next) => {
        const known = { 'combo:a': { at: theirs, value: 'before' } }
        const changed = stampChanges(
          known,
          hashesOf(new Map([['combo:a', 'before']])),
          new Map([['combo:a', next]]),
          always,
          now,
        )
        assert.deepEqual(merge(known, changed)['combo:a']?.value, next)
        const removed = stampChanges(known, hashesOf(new Map([['combo:a', 'before']])), new Map(), always, now)
        assert.equal(merge(known, removed)['combo:a']?.value, undefined)
      }),
    )
  })

  it('takes what can not be here for no deletion', () => {
    const known = { 'model:gone/x': { at: 5, value: 1 } }
    const base = hashesOf(new Map([['model:gone/x', 1]]))
    assert.deepEqual(
      stampChanges(known, base, new Map(), () => false, 9),
      known,
    )
  })

  it('lets what was synced win over what a joining machine has', () => {
    const joined = stampChanges({}, undefined, here, always, 1_000)
    assert.deepEqual(merge(joined, { 'combo:a': { at: 1, value: 'synced' } })['combo:a']?.value, 'synced')
    assert.deepEqual(merge(joined, {}), { 'combo:a': { at: 0, value: 1 } })
  })
})

/** Two texts of the same content count as the same. */
function hashed(all: Stamps): unknown {
  return Object.entries(all).map(([one, { at, value: content }]) => [
    one,
    at,
    content === undefined ? undefined : JSON.stringify(hashesOf(new Map([['', content]]))),
  ])
}
