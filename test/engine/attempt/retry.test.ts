// Further tries at one target: when, after what wait, and when not.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { type FailureCode, failures, GatewayError } from '../../../src/core/errors.ts'
import { composeAttempt } from '../../../src/engine/attempt/compose.ts'
import type { AttemptResult } from '../../../src/engine/attempt/result.ts'
import { createRetry, delayBefore } from '../../../src/engine/attempt/retry.ts'
import { createManualClock } from '../manual-clock.ts'
import { candidate, codeOf, context, fails, served, settingsWith } from './journey.ts'

const retry = { attempts: 2, baseMs: 400, maxMs: 2_000 }

/** Runs one request whose upstream answers as listed; the last answer stands for all further ones. */
function start(answers: readonly AttemptResult[], more: Parameters<typeof context>[1] = {}, settings = retry) {
  const clock = createManualClock(1_000)
  const calls: { at: number; attempts: number }[] = []
  const attempt = composeAttempt([
    createRetry({ clock, random: () => 0.5, settings: () => settingsWith({ retry: settings }) }),
  ])
  const journey = context(async (_, attempts) => {
    calls.push({ at: clock.now(), attempts })
    return answers[Math.min(calls.length, answers.length) - 1] ?? served
  }, more)
  let result: AttemptResult | undefined
  void attempt(candidate(), journey).then((value) => {
    result = value
  })
  return { clock, calls, journey, result: () => result }
}

describe('further tries at one target', () => {
  const passing = new Set<FailureCode>(['rate_limited', 'overloaded', 'stream_interrupted', 'upstream_error'])
  for (const code of Object.keys(failures) as FailureCode[]) {
    const again = passing.has(code)
    it(`${again ? 'come' : 'never come'} after ${code}`, async () => {
      const run = start([fails(code), served])
      await run.clock.advance(10_000)
      assert.equal(run.calls.length, again ? 2 : 1)
      assert.equal(codeOf(run.result()), again ? 'served' : code)
    })
  }

  it('go to the next target at once while there is one', async () => {
    const run = start([fails('rate_limited'), served], { last: false })
    await run.clock.advance(0)
    assert.equal(codeOf(run.result()), 'rate_limited')
    assert.equal(run.clock.pending(), 0)
  })

  it('hand on the inner promise when nothing can follow', () => {
    const inner = Promise.resolve(served)
    const wrapper = createRetry({ clock: createManualClock(), random: Math.random, settings: () => settingsWith({}) })
    assert.equal(
      wrapper(() => inner)(
        candidate(),
        context(() => inner, { last: false }),
      ),
      inner,
    )
  })

  it('wait as long as the vendor says, and count as attempts', async () => {
    const run = start([fails('rate_limited', { retryAfterMs: 1_500 }), fails('overloaded'), served])
    await run.clock.advance(1_499)
    assert.equal(run.calls.length, 1)
    await run.clock.advance(1)
    assert.equal(run.calls.length, 2)
    await run.clock.advance(400)
    assert.deepEqual(run.calls, [
      { at: 1_000, attempts: 1 },
      { at: 2_500, attempts: 2 },
      { at: 2_900, attempts: 3 },
    ])
    assert.equal(codeOf(run.result()), 'served')
    assert.deepEqual(
      run.journey.notes.map(({ kind, account, ms, reason }) => [kind, account, ms, reason]),
      [
        ['retried', 'a', 1_500, 'it was rate_limited'],
        ['retried', 'a', 400, 'it was overloaded'],
      ],
    )
  })

  it('are not waited for when the vendor names a longer time', async () => {
    const run = start([fails('rate_limited', { retryAfterMs: 2_001 }), served])
    await run.clock.advance(0)
    assert.equal(codeOf(run.result()), 'rate_limited')
  })

  it('end after as many as are set', async () => {
    const run = start([fails('overloaded')])
    await run.clock.advance(60_000)
    assert.equal(run.calls.length, 3)
    assert.equal(codeOf(run.result()), 'overloaded')
  })

  it('leave a plain 500 alone: it would come again', async () => {
    const run = start([fails('upstream_error', { status: 500 }), served])
    await run.clock.advance(10_000)
    assert.equal(run.calls.length, 1)
  })

  it('end at once when the client leaves', async () => {
    const run = start([fails('rate_limited', { retryAfterMs: 2_000 }), served])
    await run.clock.advance(10)
    run.journey.leave()
    await run.clock.advance(0)
    assert.equal(codeOf(run.result()), 'left')
    assert.equal(run.calls.length, 1)
    assert.equal(run.clock.pending(), 0)
  })

  it('never begin after the deadline', async () => {
    const run = start([fails('rate_limited', { retryAfterMs: 1_000 }), served], { deadline: 1_900 })
    await run.clock.advance(0)
    assert.equal(codeOf(run.result()), 'rate_limited')
  })

  it('wait between nothing and a bound that doubles', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (tries, chance) => {
        const ms = delayBefore(tries, new GatewayError('overloaded', ''), retry, () => chance)
        return ms !== undefined && ms >= 0 && ms <= Math.min(2_000, 400 * 2 ** (tries - 1))
      }),
    )
  })
})
