// What rests, how long, and what ends a rest.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { type FailureCode, failureOf, failures, GatewayError } from '../../src/core/errors.ts'
import { createHealth } from '../../src/engine/health.ts'
import { account } from './world.ts'

const one = account('one')
const other = account('other')
const now = 1_000_000
const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

const named = (code: FailureCode, retryAfterMs: number, message = 'no'): GatewayError =>
  new GatewayError(code, message, { retryAfterMs })

describe('health', () => {
  for (const [name, row] of Object.entries(failures)) {
    const code = name as FailureCode
    it(`lets ${row.cooldown === 'none' ? 'nothing' : `the ${row.cooldown}`} rest after ${code}`, () => {
      const health = createHealth()
      health.failed(one, 'a', new GatewayError(code, 'no'), now)
      const rest = (who: typeof one, model: string) => health.restOf(who, model, now)?.until
      const until = row.cooldown === 'none' ? undefined : now + row.cooldownMs
      assert.equal(rest(one, 'a'), until)
      assert.equal(rest(one, 'b'), row.cooldown === 'account-model' ? undefined : until)
      assert.equal(rest(other, 'a'), row.cooldown === 'provider' ? until : undefined)
      assert.equal(health.restOfAccount(one, now)?.until, row.cooldown === 'account-model' ? undefined : until)
      assert.equal(health.restOf(one, 'a', now + row.cooldownMs), undefined)
    })
  }

  it('obeys the instant that the upstream names, and knows that it was named', () => {
    const health = createHealth()
    health.failed(one, 'a', new GatewayError('rate_limited', 'no', { retryAfterMs: 42_000 }), now)
    assert.deepEqual(health.restOf(one, 'a', now), {
      code: 'rate_limited',
      until: now + 42_000,
      named: true,
      at: now,
    })
    assert.equal(health.restOf(one, 'a', now + 42_000), undefined)
  })

  it('caps an instant that can only be a mistake', () => {
    const health = createHealth()
    health.failed(one, 'a', new GatewayError('quota_exhausted', 'no', { retryAfterMs: 1e15 }), now)
    assert.equal(health.restOf(one, 'a', now)?.until, now + 8 * day)
  })

  it('never shortens a named rest by a guess', () => {
    const health = createHealth()
    health.failed(one, 'a', new GatewayError('rate_limited', 'no', { retryAfterMs: 60_000 }), now)
    health.failed(one, 'a', new GatewayError('upstream_error', 'no'), now + 10)
    assert.equal(health.restOf(one, 'a', now + 20)?.code, 'rate_limited')
    assert.equal(health.restOf(one, 'a', now + 20)?.until, now + 60_000)
    health.failed(one, 'a', new GatewayError('rate_limited', 'no', { retryAfterMs: 1_000 }), now + 20)
    assert.equal(health.restOf(one, 'a', now + 30)?.until, now + 1_020)
  })

  it('tells the longest of several rests', () => {
    const health = createHealth()
    health.failed(one, 'a', new GatewayError('empty_reply', 'no'), now)
    health.failed(one, 'b', new GatewayError('account_refused', 'no'), now)
    assert.equal(health.restOf(one, 'a', now)?.code, 'account_refused')
  })

  it('forgets rests that a success disproves, and those of an account whose key was replaced', () => {
    let changes = 0
    const health = createHealth(() => changes++)
    health.failed(one, 'a', new GatewayError('rate_limited', 'no'), now)
    health.failed(one, 'b', new GatewayError('rate_limited', 'no'), now)
    health.failed(other, 'a', new GatewayError('upstream_unreachable', 'no'), now)
    assert.equal(changes, 3)
    health.succeeded(one, 'a')
    assert.equal(health.restOf(one, 'a', now), undefined)
    assert.equal(health.restOf(one, 'b', now)?.code, 'rate_limited')
    assert.equal(changes, 4)
    health.succeeded(one, 'a')
    assert.equal(changes, 4)
    health.clear('one')
    assert.equal(health.restOf(one, 'b', now), undefined)
    assert.equal(health.restOf(other, 'a', now)?.code, 'upstream_unreachable')
  })

  describe('believes an instant only as far as it can be true', () => {
    const cases: readonly (readonly [string, FailureCode, number, string, number])[] = [
      ['a burst limit that claims two days', 'rate_limited', 2 * day, 'no', hour],
      ['a burst limit of a minute', 'rate_limited', minute, 'no', minute],
      ['an overload of an hour', 'overloaded', hour, 'no', 10 * minute],
      ['a week', 'quota_exhausted', 7 * day, 'Your weekly limit is used up', 7 * day],
      ['a month that is said to be one', 'quota_exhausted', 29 * day, 'Monthly limit reached', 29 * day],
      ['a month that nobody mentions', 'quota_exhausted', 29 * day, 'no', 8 * day],
      ['a year', 'quota_exhausted', 365 * day, 'Monthly limit reached', 31 * day],
    ]
    for (const [name, code, wait, message, expected] of cases) {
      it(name, () => {
        const health = createHealth()
        health.failed(one, 'a', named(code, wait, message), now)
        assert.equal(health.restOf(one, 'a', now)?.until, now + expected)
      })
    }
  })

  it('takes a wait of nothing for no hint at all', () => {
    const health = createHealth()
    health.failed(one, 'a', named('rate_limited', 0), now)
    assert.equal(health.restOf(one, 'a', now)?.named, false)
    assert.equal(health.restOf(one, 'a', now)?.until, now + 5_000)
  })

  it('keeps the rest where the refusal itself says it belongs', () => {
    const health = createHealth()
    const options = { retryAfterMs: hour, scope: 'account', waitSource: 'body' } as const
    health.failed(one, 'a', new GatewayError('quota_exhausted', 'plan used up', options), now)
    assert.equal(health.restOf(one, 'never asked', now)?.source, 'body')
    assert.equal(health.restOf(other, 'a', now), undefined)
    health.failed(other, 'a', new GatewayError('overloaded', 'all down', { scope: 'provider' }), now)
    assert.equal(health.restOf(account('third'), 'b', now)?.code, 'overloaded')
    assert.equal(health.restOf(account('elsewhere', { provider: 'xai' }), 'b', now), undefined)
  })

  it('forgets what counts for a whole provider when that is asked for, and nothing of another', () => {
    const health = createHealth()
    const elsewhere = account('elsewhere', { provider: 'xai' })
    const down = new GatewayError('overloaded', 'all down', { scope: 'provider' })
    health.failed(one, 'a', down, now)
    health.failed(elsewhere, 'a', down, now)
    assert.deepEqual(
      health.list(other, now).map(({ shared, model }) => [shared, model]),
      [[true, undefined]],
    )
    // A key that was replaced says nothing of the provider.
    health.clear('one')
    assert.equal(health.restOf(other, 'a', now)?.code, 'overloaded')
    health.clearProvider(one.provider)
    assert.equal(health.restOf(other, 'a', now), undefined)
    assert.equal(health.restOf(elsewhere, 'a', now)?.code, 'overloaded')
  })

  it('never lets a caller or a defect of ours change anything, whatever else the error says', () => {
    const innocent = Object.keys(failures).filter((code) =>
      ['caller', 'client-left', 'gateway'].includes(failureOf(code as FailureCode).fault),
    )
    assert.ok(innocent.length > 10)
    let changes = 0
    const health = createHealth(() => changes++)
    for (const code of innocent) {
      const error = new GatewayError(code as FailureCode, 'no', { retryAfterMs: hour, scope: 'account' })
      health.failed(one, 'a', error, now)
    }
    assert.equal(health.restOf(one, 'a', now), undefined)
    assert.equal(changes, 0)
  })

  describe('a guessed rest', () => {
    const fails = (health: ReturnType<typeof createHealth>, times: number): number[] => {
      const rests: number[] = []
      let at = now
      for (let i = 0; i < times; i++) {
        health.failed(one, 'a', new GatewayError('upstream_error', 'no'), at)
        const until = health.restOf(one, 'a', at)?.until ?? at
        rests.push(until - at)
        at = until
      }
      return rests
    }

    it('doubles with each failure in a row up to its longest', () => {
      const health = createHealth(undefined, () => 1 - Number.EPSILON)
      assert.deepEqual(
        fails(health, 10),
        [2, 4, 8, 16, 32, 64, 128, 256, 300, 300].map((seconds) => seconds * 1000),
      )
    })

    it('lies anywhere between the first and twice the last, by chance', () => {
      const shortest = createHealth(undefined, () => 0)
      assert.deepEqual(fails(shortest, 4), [2_000, 2_000, 2_000, 2_000])
    })

    it('starts anew after a success and after a quiet half hour', () => {
      const health = createHealth(undefined, () => 1 - Number.EPSILON)
      fails(health, 5)
      health.succeeded(one, 'a')
      assert.deepEqual(fails(health, 2), [2_000, 4_000])
      const later = now + 2 * hour
      health.failed(one, 'a', new GatewayError('upstream_error', 'no'), later)
      assert.equal(health.restOf(one, 'a', later)?.until, later + 2_000)
    })

    it('is not lengthened by calls that failed side by side', () => {
      const health = createHealth(undefined, () => 1 - Number.EPSILON)
      for (let i = 0; i < 50; i++) health.failed(one, 'a', new GatewayError('upstream_error', 'no'), now + i)
      const until = health.restOf(one, 'a', now + 50)?.until ?? 0
      assert.ok(until <= now + 49 + 2_000, `${until - now}`)
    })
  })

  it('does not let a burst limit shorten a used-up quota', () => {
    const health = createHealth()
    health.failed(one, 'a', named('quota_exhausted', 5 * hour), now)
    health.failed(one, 'a', named('rate_limited', 1_000), now + 10)
    assert.equal(health.restOf(one, 'a', now + 20)?.until, now + 5 * hour)
    health.checking(one, 'a', now + hour)
    health.failed(one, 'a', named('rate_limited', 1_000), now + hour)
    assert.equal(health.restOf(one, 'a', now + hour)?.code, 'rate_limited')
  })

  it('lets an answer that began before the refusal prove nothing', () => {
    const health = createHealth()
    health.failed(one, 'a', named('quota_exhausted', hour), now)
    health.succeeded(one, 'a', now - 1)
    assert.equal(health.restOf(one, 'a', now)?.code, 'quota_exhausted')
    health.succeeded(one, 'a', now + 1)
    assert.equal(health.restOf(one, 'a', now), undefined)
  })

  describe('finding out about a long rest', () => {
    const recheck = (health: ReturnType<typeof createHealth>, at: number) => health.restOf(one, 'a', at)?.recheck

    it('is due ten minutes on, and then every ten minutes', () => {
      const health = createHealth()
      health.failed(one, 'a', named('quota_exhausted', hour), now)
      assert.equal(recheck(health, now + 10 * minute - 1), undefined)
      assert.equal(recheck(health, now + 10 * minute), true)
      health.checking(one, 'a', now + 10 * minute)
      assert.equal(recheck(health, now + 10 * minute + 1), undefined)
      assert.equal(recheck(health, now + 20 * minute), true)
    })

    it('waits a twentieth of a rest of days', () => {
      const health = createHealth()
      health.failed(one, 'a', named('quota_exhausted', 5 * day), now)
      assert.equal(recheck(health, now + 6 * hour - 1), undefined)
      assert.equal(recheck(health, now + 6 * hour), true)
    })

    it('never is for short rests and guesses', () => {
      const health = createHealth()
      health.failed(one, 'a', named('quota_exhausted', 10 * minute), now)
      health.failed(one, 'b', new GatewayError('account_refused', 'no'), now)
      for (let at = now; at < now + 20 * minute; at += minute / 2) assert.equal(recheck(health, at), undefined)
    })

    it('counts an unclear failure as having found out', () => {
      const health = createHealth()
      health.failed(one, 'a', named('quota_exhausted', hour), now)
      health.failed(one, 'a', new GatewayError('upstream_error', 'no'), now + 15 * minute)
      assert.equal(recheck(health, now + 15 * minute), undefined)
      assert.equal(health.restOf(one, 'a', now + 15 * minute)?.until, now + hour)
    })
  })

  it('clears one model only when one is named', () => {
    const health = createHealth()
    health.failed(one, 'a', named('quota_exhausted', hour), now)
    health.failed(one, 'b', named('quota_exhausted', hour), now)
    health.failed(one, 'b', new GatewayError('account_refused', 'no'), now)
    assert.deepEqual(
      health.list(one, now).map((rest) => [rest.model, rest.code]),
      [
        ['a', 'quota_exhausted'],
        ['b', 'quota_exhausted'],
        [undefined, 'account_refused'],
      ],
    )
    health.clear('one', 'a')
    assert.deepEqual(
      health.list(one, now).map((rest) => rest.model),
      ['b', undefined],
    )
    assert.deepEqual(health.list(other, now), [])
  })

  describe('over a restart', () => {
    it('keeps named rests with source and age, and no guesses', () => {
      const before = createHealth()
      const options = { retryAfterMs: 5 * hour, waitSource: 'header', scope: 'account' } as const
      before.failed(one, 'a', new GatewayError('quota_exhausted', 'no', options), now)
      before.failed(one, 'b', named('rate_limited', minute), now)
      before.failed(other, 'a', new GatewayError('upstream_error', 'no'), now)
      const kept: unknown = JSON.parse(JSON.stringify(before.snapshot(now + 1)))
      const after = createHealth()
      after.restore(kept, now + 2 * minute)
      assert.deepEqual(after.restOf(one, 'x', now + 2 * minute), {
        code: 'quota_exhausted',
        until: now + 5 * hour,
        named: true,
        at: now,
        source: 'header',
      })
      assert.equal(after.list(one, now + 2 * minute).length, 1)
      assert.equal(after.restOf(other, 'a', now + 1), undefined)
      assert.equal(after.restOf(one, 'x', now + 15 * minute)?.recheck, true)
    })

    it('does not overwrite what was learned since, nor trust instants that can not be', () => {
      const kept = [
        { account: 'one', model: 'a', code: 'quota_exhausted', until: now + hour, at: now, checkedAt: now },
        { account: 'one', model: 'b', code: 'quota_exhausted', until: 1e18, at: 9e17, checkedAt: 9e17 },
      ]
      const health = createHealth()
      health.failed(one, 'a', named('rate_limited', minute), now)
      health.restore(kept, now)
      assert.equal(health.restOf(one, 'a', now)?.code, 'rate_limited')
      assert.equal(health.restOf(one, 'b', now)?.until, now + 31 * day)
    })

    it('takes anything at all', () => {
      const entry = fc.record(
        {
          account: fc.oneof(fc.constant('one'), fc.anything()),
          code: fc.oneof(fc.constantFrom('quota_exhausted', 'toString'), fc.anything()),
          until: fc.oneof(fc.constant(now + hour), fc.double(), fc.anything()),
          at: fc.oneof(fc.constant(now), fc.double()),
          checkedAt: fc.oneof(fc.constant(now), fc.double()),
        },
        { requiredKeys: [] },
      )
      fc.assert(
        fc.property(fc.oneof(fc.anything(), fc.array(entry)), (value) => {
          const health = createHealth()
          health.restore(value, now)
          const rest = health.restOf(one, 'a', now)
          assert.ok(rest === undefined || (rest.until > now && rest.until <= now + 31 * day && rest.code in failures))
        }),
      )
    })
  })

  it('stays small however many models fail', () => {
    const health = createHealth()
    let at = now
    for (let i = 0; i < 30_000; i++) {
      health.failed(one, `m${i}`, named('rate_limited', 1_000), at)
      at += 10_000
    }
    const books = JSON.stringify(health.snapshot(0)).length
    assert.ok(books < 1_000_000, `${books}`)
  })
})
