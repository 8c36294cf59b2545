// Limits of accounts and models: never more than allowed, fair to all keys, bounded in wait and length, and open to changes.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { QuotaWindow } from '../../../src/core/quota.ts'
import type { LimitRule, RoutingSettings } from '../../../src/core/settings.ts'
import { composeAttempt } from '../../../src/engine/attempt/compose.ts'
import { createLimiter } from '../../../src/engine/attempt/limiter.ts'
import type { AttemptResult } from '../../../src/engine/attempt/result.ts'
import { createManualClock } from '../manual-clock.ts'
import { candidate, codeOf, context, fails, served, settingsWith, type TestContext } from './journey.ts'

interface Asked {
  readonly name: string
  readonly journey: TestContext
  result?: AttemptResult
}

interface Ask {
  readonly account?: string
  readonly model?: string
  readonly key?: string
  readonly name?: string
  readonly tokens?: number
  /** How long the upstream takes. */
  readonly ms?: number
  readonly result?: AttemptResult
  readonly deadline?: number
}

const patient = { maxWaitMs: 1e9, maxLength: 1e6 }

function world(limits: readonly LimitRule[], queue: RoutingSettings['queue'] = patient) {
  const clock = createManualClock(1_000_000)
  let settings = settingsWith({ limits, queue })
  const limiter = createLimiter({ clock, settings: () => settings })
  const attempt = composeAttempt([limiter.wrapper])
  const starts: { at: number; name: string; account: string; model: string }[] = []
  return {
    clock,
    limiter,
    starts,
    set(next: Partial<RoutingSettings>) {
      settings = { ...settings, ...next }
    },
    ask({ account = 'a', model = 'm', name = '', ms = 0, result = served, ...more }: Ask = {}): Asked {
      const journey = context(async (one) => {
        starts.push({ at: clock.now() - 1_000_000, name, account: one.target.account.id, model: one.target.model.id })
        if (ms > 0) await new Promise<void>((resolve) => clock.after(ms, resolve))
        return result
      }, more)
      const asked: Asked = { name, journey }
      void attempt(candidate(account, model), journey).then((value) => {
        asked.result = value
      })
      return asked
    },
    target: (account = 'a', model = 'm') => candidate(account, model).target,
  }
}

function many<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index))
}

/** The most entries that any stretch of a minute holds. */
function mostInAMinute(times: readonly number[]): number {
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + 60_000).length))
}

function used(input: number, output: number): AttemptResult {
  return {
    kind: 'served',
    firstByteAt: 1,
    usage: { input, cacheRead: null, cacheWrite: null, output, reasoning: null },
  }
}

describe('limits', () => {
  it('hand on the inner promise where none applies', () => {
    const inner = Promise.resolve(served)
    const clock = createManualClock()
    for (const limits of [[], [{ account: 'b', requestsPerMinute: 1 }], [{ model: 'x*', concurrent: 1 }]]) {
      const limiter = createLimiter({ clock, settings: () => settingsWith({ limits }) })
      assert.equal(
        limiter.wrapper(() => inner)(
          candidate(),
          context(() => inner),
        ),
        inner,
      )
      assert.equal(limiter.waitOf(candidate().target, 0), 0)
      assert.deepEqual(limiter.snapshot(), [])
    }
    assert.equal(clock.pending(), 0)
  })

  it('let never more than so many requests begin within any minute, and lose none', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.record({ after: fc.integer({ min: 0, max: 40_000 }), ms: fc.integer({ min: 0, max: 90_000 }) }), {
          minLength: 1,
          maxLength: 25,
        }),
        async (limit, requests) => {
          const run = world([{ requestsPerMinute: limit }])
          const asked: Asked[] = []
          for (const { after, ms } of requests) {
            await run.clock.advance(after)
            asked.push(run.ask({ ms }))
          }
          await run.clock.advance(requests.length * 61_000 + 100_000)
          assert.ok(mostInAMinute(run.starts.map(({ at }) => at)) <= limit)
          assert.ok(asked.every(({ result }) => result?.kind === 'served'))
          assert.equal(run.clock.pending(), 0)
        },
      ),
      { numRuns: 40 },
    )
  })

  it('let the requests go as soon as there is room, in the order they came', async () => {
    const run = world([{ requestsPerMinute: 2 }])
    many(4, (index) => run.ask({ name: String(index) }))
    await run.clock.advance(59_999)
    assert.equal(run.starts.length, 2)
    await run.clock.advance(101)
    assert.deepEqual(
      run.starts.map(({ name }) => name),
      ['0', '1', '2', '3'],
    )
  })

  it('say in the trace how long a request waited, and for what', async () => {
    const run = world([{ gapMs: 700 }])
    run.ask()
    const second = run.ask()
    await run.clock.advance(700)
    assert.deepEqual(second.journey.notes, [
      { kind: 'waited', target: 'a/m', account: 'a', ms: 700, reason: 'limit of 700 ms between requests' },
    ])
  })

  it('keep a gap between starts', async () => {
    const run = world([{ gapMs: 1_500 }])
    many(3, () => run.ask({ ms: 5_000 }))
    await run.clock.advance(10_000)
    assert.deepEqual(
      run.starts.map(({ at }) => at),
      [0, 1_500, 3_000],
    )
  })

  it('let never more run at a time than allowed, whatever becomes of them', async () => {
    const results = [served, fails('upstream_error'), fails('rate_limited'), { kind: 'left' } as const]
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.record({ ms: fc.integer({ min: 0, max: 500 }), which: fc.nat(3) }), { maxLength: 30 }),
        async (limit, requests) => {
          const run = world([{ concurrent: limit }])
          const asked = requests.map(({ ms, which }) => run.ask({ ms, result: results[which] ?? served }))
          let most = 0
          for (let step = 0; step < 400; step++) {
            const [state] = run.limiter.snapshot()
            most = Math.max(most, state?.running ?? 0)
            await run.clock.advance(50)
          }
          assert.ok(most <= limit)
          assert.ok(asked.every(({ result }) => result !== undefined))
        },
      ),
      { numRuns: 15 },
    )
  })

  it('free the place of a call that throws', async () => {
    const run = world([{ concurrent: 1 }])
    const wrapped = run.limiter.wrapper(() => {
      throw new Error('no address')
    })
    for (let index = 0; index < 3; index++) {
      await assert.rejects(
        wrapped(
          candidate(),
          context(async () => served),
        ),
        /no address/,
      )
    }
    assert.equal(run.limiter.snapshot()[0]?.running, 0)
  })

  describe('of tokens', () => {
    it('reserve the estimate and settle with what was really used', async () => {
      const run = world([{ tokensPerMinute: 1_000 }])
      run.ask({ tokens: 900, ms: 1_000, result: used(100, 50) })
      const second = run.ask({ tokens: 800, ms: 1_000, result: used(700, 100) })
      await run.clock.advance(999)
      assert.equal(run.starts.length, 1)
      await run.clock.advance(1)
      assert.equal(run.starts.length, 2)
      await run.clock.advance(1_000)
      assert.equal(codeOf(second.result), 'served')
      assert.equal(run.limiter.snapshot()[0]?.tokens, 950)
    })

    it('count nothing for a refusal, and the estimate where the upstream says nothing', async () => {
      const run = world([{ tokensPerMinute: 1_000 }])
      run.ask({ tokens: 900, result: fails('rate_limited') })
      await run.clock.advance(0)
      assert.equal(run.limiter.snapshot()[0]?.tokens, 0)
      run.ask({ tokens: 300, result: fails('upstream_timeout') })
      run.ask({ tokens: 200 })
      await run.clock.advance(0)
      assert.equal(run.limiter.snapshot()[0]?.tokens, 500)
    })

    it('let a request that is larger than the limit go alone', async () => {
      const run = world([{ tokensPerMinute: 1_000 }])
      run.ask({ name: 'small', tokens: 10 })
      run.ask({ name: 'huge', tokens: 5_000 })
      run.ask({ name: 'next', tokens: 10 })
      await run.clock.advance(60_100)
      assert.deepEqual(
        run.starts.map(({ name }) => name),
        ['small', 'huge'],
      )
      await run.clock.advance(60_100)
      assert.equal(run.starts.length, 3)
    })

    it('never hold more than allowed within any minute', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 20 }), async (sizes) => {
          const run = world([{ tokensPerMinute: 100 }])
          for (const [index, tokens] of sizes.entries()) {
            run.ask({ name: String(index), tokens, result: used(tokens, 0) })
            await run.clock.advance(index % 3 === 0 ? 7_000 : 0)
          }
          await run.clock.advance(sizes.length * 61_000)
          assert.equal(run.starts.length, sizes.length)
          for (const { at: from } of run.starts) {
            const within = run.starts.filter(({ at }) => at >= from && at < from + 60_000)
            assert.ok(within.reduce((sum, { name }) => sum + (sizes[Number(name)] ?? 0), 0) <= 100)
          }
        }),
        { numRuns: 30 },
      )
    })
  })

  describe('belong to', () => {
    it('each account by itself when no account is named', async () => {
      const run = world([{ requestsPerMinute: 1 }])
      for (const account of ['a', 'b', 'a', 'b']) run.ask({ account })
      await run.clock.advance(0)
      assert.deepEqual(
        run.starts.map(({ account }) => account),
        ['a', 'b'],
      )
    })

    it('each model of an account by itself when a pattern is named, beside the account as a whole', async () => {
      const run = world([{ model: 'gpt-*', requestsPerMinute: 1 }, { requestsPerMinute: 3 }])
      for (const model of ['gpt-1', 'gpt-2', 'gpt-1', 'other', 'other']) run.ask({ model })
      await run.clock.advance(0)
      assert.deepEqual(
        run.starts.map(({ model }) => model),
        ['gpt-1', 'gpt-2', 'other'],
      )
    })

    it('the most specific rule, number by number', async () => {
      const rules: LimitRule[] = [
        { requestsPerMinute: 1, concurrent: 9 },
        { account: 'a', requestsPerMinute: 3 },
        { model: '*', gapMs: 10 },
        { model: 'm*', gapMs: 20 },
      ]
      const run = world(rules)
      run.ask({ model: 'mm' })
      await run.clock.advance(0)
      assert.deepEqual(
        run.limiter.snapshot().map(({ model, limits }) => [model, limits]),
        [
          [undefined, { requestsPerMinute: 3, concurrent: 9 }],
          ['mm', { gapMs: 20 }],
        ],
      )
    })

    it('nobody who waits for another model: they pass', async () => {
      const run = world([{ model: 'slow', concurrent: 1 }])
      run.ask({ model: 'slow', ms: 10_000 })
      run.ask({ model: 'slow', name: 'waits' })
      run.ask({ model: 'fast', name: 'passes' })
      await run.clock.advance(0)
      assert.deepEqual(
        run.starts.map(({ name }) => name),
        ['', 'passes'],
      )
    })
  })

  describe('make requests wait', () => {
    it('by turns among keys, in order within a key', async () => {
      const run = world([{ concurrent: 1 }])
      run.ask({ ms: 100 })
      many(4, (index) => run.ask({ key: 'greedy', name: `g${index}`, ms: 100 }))
      many(2, (index) => run.ask({ key: 'modest', name: `m${index}`, ms: 100 }))
      run.ask({ name: 'editor', ms: 100 })
      await run.clock.advance(1_000)
      assert.deepEqual(
        run.starts.map(({ name }) => name),
        ['', 'g0', 'm0', 'editor', 'g1', 'm1', 'g2', 'g3'],
      )
    })

    it('no longer than allowed, then the account is not to blame', async () => {
      const run = world([{ concurrent: 1 }], { maxWaitMs: 2_000, maxLength: 10 })
      run.ask({ ms: 60_000 })
      const second = run.ask()
      await run.clock.advance(1_999)
      assert.equal(second.result, undefined)
      await run.clock.advance(1)
      assert.equal(codeOf(second.result), 'local_limit')
      assert.equal(run.limiter.snapshot()[0]?.waiting, 0)
    })

    it('not at all when the wait is known to be too long, and say how long it would be', async () => {
      const run = world([{ requestsPerMinute: 2 }], { maxWaitMs: 10_000, maxLength: 10 })
      many(2, () => run.ask())
      await run.clock.advance(20_000)
      const third = run.ask()
      await run.clock.advance(0)
      assert.equal(codeOf(third.result), 'local_limit')
      const error = third.result?.kind === 'failed' ? third.result.error : undefined
      assert.ok(error?.retryAfterMs !== undefined && Math.abs(error.retryAfterMs - 40_000) < 100)
      assert.match(error?.message ?? '', /2 requests a minute/)
      assert.equal(run.clock.pending(), 0)
    })

    it('with those ahead reckoned in', async () => {
      const run = world([{ requestsPerMinute: 1 }], { maxWaitMs: 65_000, maxLength: 10 })
      const asked = many(3, () => run.ask())
      await run.clock.advance(0)
      assert.deepEqual(
        asked.map(({ result }) => codeOf(result)),
        ['served', 'none', 'local_limit'],
      )
      assert.ok(run.limiter.waitOf(run.target(), run.clock.now()) > 119_000)
    })

    it('only as many as allowed', async () => {
      const run = world([{ concurrent: 1 }], { maxWaitMs: 60_000, maxLength: 2 })
      const asked = many(4, () => run.ask({ ms: 1_000 }))
      await run.clock.advance(0)
      assert.deepEqual(
        asked.map(({ result }) => codeOf(result)),
        ['none', 'none', 'none', 'local_limit'],
      )
      await run.clock.advance(10_000)
      assert.equal(run.starts.length, 3)
    })

    it('not past the deadline of the journey', async () => {
      const run = world([{ concurrent: 1 }], { maxWaitMs: 60_000, maxLength: 2 })
      run.ask({ ms: 100_000 })
      const second = run.ask({ deadline: 1_003_000 })
      await run.clock.advance(3_000)
      assert.equal(codeOf(second.result), 'local_limit')
    })

    it('and let go of those whose client leaves, at once', async () => {
      const run = world([{ concurrent: 1 }])
      run.ask({ ms: 1_000 })
      const second = run.ask({ name: 'gone' })
      run.ask({ name: 'stays' })
      second.journey.leave()
      await run.clock.advance(0)
      assert.equal(codeOf(second.result), 'left')
      await run.clock.advance(1_000)
      assert.deepEqual(
        run.starts.map(({ name }) => name),
        ['', 'stays'],
      )
    })
  })

  describe('follow changed settings', () => {
    it('when they are raised: those who wait go', async () => {
      for (const told of [true, false]) {
        const run = world([{ requestsPerMinute: 1 }])
        many(3, () => run.ask())
        await run.clock.advance(0)
        run.set({ limits: [{ requestsPerMinute: 2 }] })
        if (told) run.limiter.settingsChanged()
        await run.clock.advance(told ? 0 : 500)
        assert.equal(run.starts.length, 2)
        run.set({ limits: [] })
        await run.clock.advance(500)
        assert.equal(run.starts.length, 3)
      }
    })

    it('when they are lowered: what has begun counts', async () => {
      const run = world([{ requestsPerMinute: 5 }])
      many(3, () => run.ask())
      run.set({ limits: [{ requestsPerMinute: 2 }] })
      await run.clock.advance(30_000)
      run.ask()
      await run.clock.advance(29_000)
      assert.equal(run.starts.length, 3)
      await run.clock.advance(2_000)
      assert.equal(run.starts.length, 4)
    })
  })

  it('take back a start that an open breaker refused', async () => {
    const run = world([{ requestsPerMinute: 1 }])
    run.ask({ result: fails('breaker_open') })
    await run.clock.advance(0)
    run.ask()
    await run.clock.advance(0)
    assert.equal(run.starts.length, 2)
  })

  it('hold although the clock moves on between looking at it and letting somebody in', async () => {
    const still = createManualClock(1_000_000)
    let readings = 0
    const clock = { ...still, now: () => still.now() + readings++ }
    for (const limit of [{ gapMs: 1_000 }, { requestsPerMinute: 1 }]) {
      const limiter = createLimiter({ clock, settings: () => settingsWith({ limits: [limit], queue: patient }) })
      const attempt = composeAttempt([limiter.wrapper])
      let begun = 0
      const ask = (): TestContext =>
        context(async () => {
          begun += 1
          return served
        })
      for (let time = 0; time < 4; time++) void attempt(candidate('a', 'm'), ask())
      await still.advance('gapMs' in limit ? 900 : 59_000)
      assert.equal(begun, 1)
      await still.advance('gapMs' in limit ? 900 : 1_200)
      assert.equal(begun, 2)
    }
  })

  it('do not block for ever when the clock is set back', async () => {
    let now = 10_000_000
    const clock = { now: () => now, after: () => () => undefined }
    const limiter = createLimiter({ clock, settings: () => settingsWith({ limits: [{ requestsPerMinute: 1 }] }) })
    await limiter.wrapper(async () => served)(
      candidate(),
      context(async () => served),
    )
    assert.ok(limiter.waitOf(candidate().target, now) > 0)
    now -= 3_600_000
    assert.equal(limiter.waitOf(candidate().target, now), 0)
  })

  describe('learned from headers', () => {
    function window(more: Partial<QuotaWindow>, at = 1_000_000): QuotaWindow {
      return { id: 'requests/minute', unit: 'requests', source: 'header', at, ...more }
    }

    it('delay requests until the reset, when it is near', async () => {
      const run = world([])
      run.limiter.learn(run.target(), [window({ remaining: 0, resetsAt: 1_030_000 })])
      run.ask()
      run.ask({ account: 'b' })
      await run.clock.advance(29_999)
      assert.deepEqual(
        run.starts.map(({ account }) => account),
        ['b'],
      )
      await run.clock.advance(1)
      assert.equal(run.starts.length, 2)
    })

    it('count down what little is left, those in flight included', async () => {
      const run = world([])
      const report = window({ remaining: 2, limit: 10, lengthMs: 60_000, resetsAt: 1_060_000 })
      run.limiter.learn(run.target(), [report])
      many(4, () => run.ask({ ms: 1_000 }))
      await run.clock.advance(500)
      assert.equal(run.starts.length, 2)
      // A report that was on its way says what was left before them.
      run.limiter.learn(run.target(), [report])
      await run.clock.advance(500)
      assert.equal(run.starts.length, 2)
      await run.clock.advance(59_000)
      assert.equal(run.starts.length, 4)
    })

    it('hold for the next window as well, until a report says otherwise', async () => {
      const run = world([])
      run.limiter.learn(run.target(), [window({ remaining: 0, limit: 2, lengthMs: 60_000, resetsAt: 1_010_000 })])
      many(5, () => run.ask())
      await run.clock.advance(10_000)
      assert.equal(run.starts.length, 2)
      run.limiter.learn(run.target(), [window({ remaining: 500, resetsAt: 1_070_000 })])
      await run.clock.advance(0)
      assert.equal(run.starts.length, 5)
    })

    it('are forgotten when they have passed', async () => {
      const run = world([])
      run.limiter.learn(run.target(), [window({ remaining: 0, resetsAt: 1_010_000 })])
      assert.equal(run.limiter.waitOf(run.target(), run.clock.now()), 10_000)
      assert.equal(run.limiter.snapshot().length, 1)
      await run.clock.advance(10_000)
      assert.equal(run.limiter.waitOf(run.target(), run.clock.now()), 0)
      assert.deepEqual(run.limiter.snapshot(), [])
    })

    it('belong to the model that they name', async () => {
      const run = world([])
      run.limiter.learn(run.target(), [window({ model: 'm', remaining: 0, resetsAt: 1_030_000 })])
      assert.equal(run.limiter.waitOf(run.target(), run.clock.now()), 30_000)
      assert.equal(run.limiter.waitOf(run.target('a', 'other'), run.clock.now()), 0)
    })

    it('let a bucket that fills up bit by bit be used as it does', async () => {
      const run = world([])
      const report = window({ remaining: 0, limit: 60, refills: true, resetsAt: 1_060_000 })
      run.limiter.learn(run.target(), [report])
      many(3, () => run.ask())
      await run.clock.advance(3_500)
      assert.deepEqual(
        run.starts.map(({ at }) => at),
        [1_000, 2_000, 3_000],
      )
    })

    for (const [what, more] of [
      ['are far away', { remaining: 0, resetsAt: 1_200_000 }],
      ['leave room', { remaining: 100, limit: 100, resetsAt: 1_030_000 }],
      ['name no reset', { remaining: 0 }],
      ['have passed', { remaining: 0, resetsAt: 999_999 }],
      ['are not enforced by the vendor', { remaining: 0, exhausted: false, resetsAt: 1_030_000 }],
    ] as const) {
      it(`leave nothing behind when they ${what}`, () => {
        const run = world([])
        run.limiter.learn(run.target(), [window(more)])
        assert.equal(run.limiter.waitOf(run.target(), run.clock.now()), 0)
        assert.deepEqual(run.limiter.snapshot(), [])
      })
    }
  })
})
