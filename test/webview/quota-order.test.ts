// Which windows and rests of an account are shown, and in which order.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import {
  countsSeconds,
  currentRests,
  type Quota,
  quotaKey,
  shareLeft,
  tightestFirst,
  withReset,
} from '../../webview/providers/quota-order.ts'

const now = 1_800_000_000_000
const minute = 60_000
const quota = (window: string, facts: Partial<Quota> = {}): Quota => ({
  window,
  unit: 'requests',
  source: 'header',
  at: now,
  ...facts,
})

describe('order of quotas', () => {
  it('is by what is left, the unknown and the reset ones last, whatever the order they came in', () => {
    const one = fc.record(
      {
        window: fc.constantFrom('requests/day', 'tokens/minute', 'credits'),
        model: fc.constantFrom('a', 'b', 'c'),
        remainingShare: fc.double({ min: 0, max: 1, noNaN: true }),
        resetsAt: fc.integer({ min: now - minute, max: now + minute }),
      },
      { requiredKeys: ['window', 'model'] },
    )
    const some = fc.uniqueArray(
      one.map(({ window, ...facts }) => quota(window, facts)),
      { selector: quotaKey },
    )
    fc.assert(
      fc.property(some, (quotas) => {
        const sorted = tightestFirst(quotas, now)
        const shares = sorted.map((each) => shareLeft(each, now) ?? 2)
        assert.deepEqual(
          shares,
          shares.toSorted((left, right) => left - right),
        )
        assert.deepEqual(tightestFirst(quotas.toReversed(), now), sorted)
      }),
    )
  })

  it('keeps windows that were reset, for an hour, unless they are told of anew', () => {
    const passed = quota('tokens/minute', { remainingShare: 0.5, resetsAt: now - minute })
    const old = quota('tokens/hour', { resetsAt: now - 61 * minute })
    const cleared = quota('requests/day', { resetsAt: now + minute })
    const fresh = quota('tokens/minute', { remainingShare: 0.9, resetsAt: now + minute })
    assert.deepEqual(withReset([passed, old, cleared], [], now), [passed])
    assert.deepEqual(withReset([passed], [fresh], now), [fresh])
    assert.equal(shareLeft(passed, now), undefined)
  })
})

describe('rests that are shown', () => {
  it("are those that aren't over, the account's first, then the longest, alike ones once", () => {
    const rest = (model: string | undefined, minutes: number) => ({
      ...(model === undefined ? {} : { model }),
      reason: 'overloaded (529)',
      until: now + minutes * minute,
      named: true,
    })
    const rests = [rest('a', 0), rest('b', 1), rest('c', 3), rest(undefined, 1), rest(undefined, 2)]
    assert.deepEqual(currentRests(rests, now), [rest(undefined, 2), rest('c', 3), rest('b', 1)])
  })

  it('are drawn each second only while something counts in seconds', () => {
    const about = (quotas: Quota[]) => ({ id: 'a', label: 'A', quotas, rests: [] })
    assert.equal(countsSeconds(about([quota('credits'), quota('x', { resetsAt: now + 5 * minute })]), now), false)
    assert.equal(countsSeconds(about([quota('x', { resetsAt: now + minute })]), now), true)
  })
})
