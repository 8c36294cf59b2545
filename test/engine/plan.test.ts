// The order of the candidates and the reasons for passing over the rest, as a table.
import assert from 'node:assert/strict'
import type { FailureCode } from '../../src/core/errors.ts'
import type { Target } from '../../src/engine/catalogue.ts'
import type { Rest } from '../../src/engine/health.ts'
import { type Plan, planAttempts } from '../../src/engine/plan.ts'
import { provider, target } from './world.ts'

const now = Date.UTC(2026, 0, 2, 3, 4, 5)

function rest(code: FailureCode, inMs: number, named = false): Rest {
  return { code, until: now + inMs, named, at: now }
}

function plan(
  targets: readonly Target[],
  rests: Readonly<Record<string, Rest>> = {},
  keyless: readonly string[] = [],
): Plan {
  return planAttempts({
    targets,
    wire: 'openai-chat',
    health: { restOf: (account) => rests[account.id] },
    hasCredential: (one) => !keyless.includes(one.account.id),
    now,
  })
}

function order({ candidates }: Plan): string[] {
  return candidates.map((candidate) => candidate.target.account.id)
}

const [a, b, c, d] = [target('a'), target('b'), target('c'), target('d')]

describe('planning attempts', () => {
  it('keeps the order of the targets when nothing speaks against them', () => {
    const made = plan([b, a, c])
    assert.deepEqual(order(made), ['b', 'a', 'c'])
    assert.deepEqual(made.skipped, [])
    assert.ok(!('soonest' in made))
  })

  it('asks guessed rests last, the one that ends soonest first, and skips none of them', () => {
    const rests = { a: rest('overloaded', 5000), b: rest('upstream_error', 1000), d: rest('rate_limited', 3000) }
    const made = plan([a, b, c, d], rests)
    assert.deepEqual(order(made), ['c', 'b', 'd', 'a'])
    assert.deepEqual(made.skipped, [])
  })

  it('skips rests that the upstream named, and says until when', () => {
    const rests = {
      a: rest('rate_limited', 5000, true),
      b: rest('quota_exhausted', 2000, true),
      c: rest('overloaded', 9000, true),
    }
    const made = plan([a, b, c, d], rests)
    assert.deepEqual(order(made), ['d'])
    assert.equal(made.soonest, now + 2000)
    assert.deepEqual(
      made.skipped.map((step) => step.kind === 'skipped' && step.reason),
      [
        'rate limit reached, resting until 2026-01-02T03:04:10.000Z (named by the upstream)',
        'no quota until 2026-01-02T03:04:07.000Z (named by the upstream)',
        'resting after overloaded (529) until 2026-01-02T03:04:14.000Z (named by the upstream)',
      ],
    )
  })

  it('skips accounts without the key they need, and only those', () => {
    const free = target('free', { provider: provider('x', { key: 'optional' }) })
    const made = plan([a, free], {}, ['a', 'free'])
    assert.deepEqual(order(made), ['free'])
    assert.deepEqual(made.skipped, [{ kind: 'skipped', target: 'a/m', account: 'a', reason: 'has no key' }])
  })

  it('calls each target in the client’s wire where it can, else in the one it speaks best', () => {
    const both = target('both', { provider: provider('x', { wires: ['openai-responses', 'openai-chat'] }) })
    const other = target('other', { provider: provider('y', { wires: ['anthropic-messages', 'openai-responses'] }) })
    const none = target('none', { provider: provider('z', { wires: [] }) })
    const made = plan([both, other, none])
    assert.deepEqual(
      made.candidates.map(({ wire }) => wire),
      ['openai-chat', 'anthropic-messages'],
    )
    const [skipped] = made.skipped
    assert.equal(skipped?.kind === 'skipped' && skipped.target, 'none/m')
    const editor = planAttempts({
      targets: [both],
      wire: undefined,
      health: { restOf: () => undefined },
      hasCredential: () => true,
      now,
    })
    assert.equal(editor.candidates[0]?.wire, 'openai-responses')
  })

  it('gives the same plan for the same input', () => {
    const rests = { a: rest('overloaded', 5000), b: rest('rate_limited', 1000, true) }
    assert.deepEqual(plan([a, b, c], rests), plan([a, b, c], rests))
  })
})
