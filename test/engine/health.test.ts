// What rests, how long, and what ends a rest.
import assert from 'node:assert/strict'
import { type FailureCode, failures, GatewayError } from '../../src/core/errors.ts'
import { createHealth } from '../../src/engine/health.ts'
import { account } from './world.ts'

const one = account('one')
const other = account('other')
const now = 1_000_000

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
    assert.deepEqual(health.restOf(one, 'a', now), { code: 'rate_limited', until: now + 42_000, named: true })
    assert.equal(health.restOf(one, 'a', now + 42_000), undefined)
  })

  it('caps an instant that can only be a mistake', () => {
    const health = createHealth()
    health.failed(one, 'a', new GatewayError('quota_exhausted', 'no', { retryAfterMs: 1e15 }), now)
    assert.equal(health.restOf(one, 'a', now)?.until, now + 7 * 24 * 3600_000)
  })

  it('never shortens a named rest by a guess', () => {
    const health = createHealth()
    health.failed(one, 'a', new GatewayError('rate_limited', 'no', { retryAfterMs: 60_000 }), now)
    health.failed(one, 'a', new GatewayError('upstream_error', 'no'), now + 10)
    assert.deepEqual(health.restOf(one, 'a', now + 20), { code: 'rate_limited', until: now + 60_000, named: true })
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
})
