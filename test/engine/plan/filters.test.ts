// Who is skipped and why, who is put behind the others, and when the first of the skipped ones may be asked again.
import assert from 'node:assert/strict'
import type { ModelInfo } from '../../../src/core/model.ts'
import type { Target } from '../../../src/engine/catalogue.ts'
import type { RequestFacts } from '../../../src/engine/request-facts.ts'
import type { Rest } from '../../../src/engine/standing.ts'
import { provider, target } from '../world.ts'
import { codes, facts, now, order, plan, reasons, type Standings } from './given.ts'

const [a, b, c, d] = [target('a'), target('b'), target('c'), target('d')]

function rest(code: Rest['code'], inMs: number, more: Partial<Rest> = {}): Rest {
  return { code, until: now + inMs, named: true, at: now - 120_000, ...more }
}

function withModel(id: string, model: Partial<ModelInfo>): Target {
  const plain = target(id)
  return { ...plain, model: { ...plain.model, ...model } }
}

/** Everything about the request is asked for, and large. */
const demanding: Partial<RequestFacts> = {
  bytes: 200_000,
  textBytes: () => 200_000,
  inputTokens: () => 50_872,
  usesTools: () => true,
  hasImages: () => true,
  wantsSchema: () => true,
  maxOutputTokens: () => 8_192,
}

describe('filters of a plan', () => {
  const table: readonly {
    readonly what: string
    readonly target: Target
    readonly given?: Standings
    readonly keyless?: boolean
    readonly code: string
    readonly reason: string
    /** Milliseconds until it may be asked again. */
    readonly soonest?: number
  }[] = [
    {
      what: 'a disabled account',
      target: { ...a, account: { ...a.account, enabled: false } },
      code: 'disabled',
      reason: 'the account is disabled',
    },
    {
      what: 'a provider of no known wire',
      target: target('a', { provider: provider('z', { wires: [] }) }),
      code: 'no-wire',
      reason: 'speaks no wire format that is known here',
    },
    { what: 'an account without its key', target: a, keyless: true, code: 'no-key', reason: 'has no key' },
    {
      what: 'a rest that the upstream named',
      target: a,
      given: { rest: { a: rest('rate_limited', 5_000, { source: 'header' }) } },
      code: 'resting',
      reason: 'rate limit reached, cooling until 2026-01-02T03:04:10Z (in 5 s), header, 2 min old',
      soonest: 5_000,
    },
    {
      what: 'a rest after a failure',
      target: a,
      given: { rest: { a: rest('overloaded', 9_000, { at: now }) } },
      code: 'resting',
      reason: 'cooling after overloaded (529) until 2026-01-02T03:04:14Z (in 9 s), named by the upstream, 0 s old',
      soonest: 9_000,
    },
    {
      what: 'a used-up quota told by a refusal',
      target: a,
      given: { rest: { a: rest('quota_exhausted', 3_600_000, { source: 'body' }) } },
      code: 'no-quota',
      reason: 'no quota until 2026-01-02T04:04:05Z (in 60 min), body, 2 min old',
      soonest: 3_600_000,
    },
    {
      what: 'a used-up quota told by a header',
      target: a,
      given: {
        quota: {
          a: { window: 'unified/5h', exhaustedUntil: now + 7_200_000, remaining: 0, source: 'header', at: now - 3_000 },
        },
      },
      code: 'no-quota',
      reason: 'no quota (unified/5h) until 2026-01-02T05:04:05Z (in 2 h), header, 3 s old',
      soonest: 7_200_000,
    },
    {
      what: 'a spent budget',
      target: a,
      given: { budget: { a: { verdict: 'stop', reason: 'over budget: $10.02 of $10.00 this month' } } },
      code: 'budget',
      reason: 'over budget: $10.02 of $10.00 this month',
    },
    {
      what: 'a context window that is too small',
      target: withModel('a', { limits: { contextWindow: 32_768 } }),
      code: 'context-window',
      reason: 'context window 32,768 < about 51,000 tokens',
    },
    {
      what: 'a model without vision',
      target: withModel('a', { capabilities: { vision: false } }),
      code: 'vision',
      reason: 'takes no pictures',
    },
    {
      what: 'a model without tools',
      target: withModel('a', { capabilities: { tools: false } }),
      code: 'tools',
      reason: 'has no tools',
    },
    {
      what: 'a model without structured output',
      target: withModel('a', { capabilities: { structuredOutput: false } }),
      code: 'schema',
      reason: 'gives no structured output',
    },
  ]
  for (const row of table) {
    it(`skip ${row.what}`, () => {
      const made = plan([row.target, b], {
        facts: facts(demanding),
        hasCredential: (one) => !row.keyless || one.account.id !== 'a',
        ...row.given,
      })
      assert.deepEqual(order(made), ['b'])
      assert.deepEqual(made.skipped, [
        { kind: 'skipped', target: 'a/m', account: 'a', code: row.code, reason: row.reason },
      ])
      assert.equal(made.soonest, row.soonest === undefined ? undefined : now + row.soonest)
    })
  }

  it('let everybody pass of whom nothing is known, and look into the request for nobody', () => {
    const asked = facts({ bytes: 5_000_000 })
    const made = plan([a, b], { facts: asked })
    assert.deepEqual(order(made), ['a', 'b'])
    assert.deepEqual([made.skipped, made.decided, 'soonest' in made], [[], [], false])
    assert.deepEqual(asked.asked, [])
  })

  it('look into the request only for what a target is known to lack', () => {
    const able = withModel('a', {
      limits: { contextWindow: 32_768, maxOutput: 4_096 },
      capabilities: { vision: true, tools: true, structuredOutput: true },
    })
    const asked = facts({ bytes: 65_536 })
    assert.deepEqual(order(plan([able], { facts: asked })), ['a'])
    assert.deepEqual(asked.asked, [])
    const lacking = facts()
    plan([withModel('a', { capabilities: { tools: false } })], { facts: lacking })
    assert.deepEqual(lacking.asked, ['usesTools'])
  })

  it('count the text first and estimate tokens only when that doesn’t settle it', () => {
    const small = withModel('a', { limits: { contextWindow: 32_768 } })
    const pictures = facts({ bytes: 5_000_000, textBytes: () => 40_000 })
    assert.deepEqual(order(plan([small], { facts: pictures })), ['a'])
    assert.deepEqual(pictures.asked, [])
    const text = facts({ bytes: 100_000 })
    assert.deepEqual(order(plan([small], { facts: text })), ['a'])
    assert.deepEqual([...new Set(text.asked)], ['textBytes', 'inputTokens'])
  })

  it('doubt a window that only the estimate exceeds, and ask that model after the others', () => {
    const tight = withModel('a', { limits: { contextWindow: 40_000 } })
    const made = plan([tight, b], { facts: facts(demanding) })
    assert.deepEqual(order(made), ['b', 'a'])
    assert.deepEqual(reasons(made.decided), ['a/m comes last: context window 40,000 < about 51,000 tokens'])
  })

  it('keep a model that can’t give all of the output that was asked, as a last resort', () => {
    const short = withModel('a', { limits: { maxOutput: 4_096 } })
    const longer = withModel('b', { limits: { maxOutput: 8_000 } })
    const made = plan([short, longer, c, d], {
      facts: facts(demanding),
      rest: { d: rest('overloaded', 2_000, { named: false, at: now }) },
    })
    assert.deepEqual(order(made), ['c', 'd', 'b', 'a'])
    assert.ok(reasons(made.decided).includes('a/m comes last: max output 4,096 < asked 8,192'))
    assert.deepEqual(order(plan([short, c], { facts: facts({ maxOutputTokens: () => 4_096 }) })), ['a', 'c'])
  })

  it('do not ask for the output wanted where all give the same', () => {
    const asked = facts()
    plan(
      ['a', 'b'].map((id) => withModel(id, { limits: { maxOutput: 4_096 } })),
      { facts: asked },
    )
    assert.deepEqual(asked.asked, [])
  })

  it('ask guessed rests last, the one that ends soonest first, and skip none of them', () => {
    const guess = { named: false, at: now }
    const made = plan([a, b, c, d], {
      rest: {
        a: rest('overloaded', 5_000, guess),
        b: rest('upstream_error', 1_000, guess),
        d: rest('rate_limited', 3_000, guess),
      },
    })
    assert.deepEqual(order(made), ['c', 'b', 'd', 'a'])
    assert.deepEqual(made.skipped, [])
    assert.ok(!('soonest' in made))
    assert.equal(
      reasons(made.decided)[0],
      'b/m comes last: cooling after upstream_error (502) until 2026-01-02T03:04:06Z (in 1 s), our guess, 0 s old',
    )
  })

  it('ask a named rest again when its time has come, in its own place and whatever its quota says', () => {
    const recheck = { a: rest('quota_exhausted', 86_400_000, { recheck: true, source: 'header' }) }
    const quota = { window: 'day', exhaustedUntil: now + 86_400_000, source: 'header', at: now } as const
    const made = plan([a, b, c], {
      rest: { ...recheck, b: rest('overloaded', 5_000, { named: false }) },
      quota: { a: quota },
    })
    assert.deepEqual(order(made), ['a', 'c', 'b'])
    assert.match(reasons(made.decided)[0] ?? '', /^a\/m is asked again: no quota until /)
    assert.deepEqual(order(plan([a], { rest: recheck, quota: { a: quota } })), ['a'])
  })

  it('ask a host whose breaker is open only after everybody else, and all the same when it is the only one', () => {
    const given = { breaker: { a: now + 20_000 }, rest: { b: rest('overloaded', 5_000, { named: false }) } }
    assert.deepEqual(order(plan([a, b, c], given)), ['c', 'b', 'a'])
    assert.deepEqual(order(plan([a], given)), ['a'])
  })

  it('ask a used-up quota again when it is time to find out', () => {
    const quota = { window: 'day', exhaustedUntil: now + 86_400_000, source: 'header', at: now, recheck: true } as const
    assert.deepEqual(order(plan([a, b], { quota: { a: quota } })), ['a', 'b'])
  })

  it('call nobody when all are out, and name the soonest instant that any of them names', () => {
    const made = plan([a, b, d], {
      rest: { a: rest('rate_limited', 50_000), b: rest('quota_exhausted', 90_000) },
      quota: { d: { window: 'day', exhaustedUntil: now + 30_000, source: 'header', at: now } },
    })
    assert.deepEqual(made.candidates, [])
    assert.deepEqual(codes(made), { a: 'resting', b: 'no-quota', d: 'no-quota' })
    assert.equal(made.soonest, now + 30_000)
  })

  it('never promise the end of a rest of somebody who couldn’t serve the request anyway', () => {
    const blind = withModel('a', { capabilities: { vision: false } })
    const made = plan([blind, b], {
      facts: facts(demanding),
      rest: { a: rest('rate_limited', 5_000), b: rest('rate_limited', 60_000) },
    })
    assert.deepEqual(codes(made), { a: 'vision', b: 'resting' })
    assert.equal(made.soonest, now + 60_000)
  })

  it('ignore what is over: a quota that was used up until just now', () => {
    const quota = { window: 'day', exhaustedUntil: now, source: 'header', at: now - 1 } as const
    assert.deepEqual(order(plan([a], { quota: { a: quota } })), ['a'])
  })

  it('name each skipped target once, however many groups it stands in', () => {
    const one = { kind: 'model', publicId: 'a/m', targets: [a], weight: 1 } as const
    const root = { kind: 'group', name: 'g', strategy: 'ordered', weight: 1, choices: [one, one] } as const
    const made = plan(root, { rest: { a: rest('rate_limited', 1) } })
    assert.equal(made.skipped.length, 1)
  })
})
