// The circuit breaker: what opens it, what doesn't, how it closes again, and that it never loses a request that nobody else can take.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { type FailureCode, failures } from '../../../src/core/errors.ts'
import type { RoutingSettings } from '../../../src/core/settings.ts'
import { createBreaker } from '../../../src/engine/attempt/breaker.ts'
import { composeAttempt } from '../../../src/engine/attempt/compose.ts'
import type { AttemptResult } from '../../../src/engine/attempt/result.ts'
import { createManualClock } from '../manual-clock.ts'
import { candidate, codeOf, context, fails, served, settingsWith } from './journey.ts'

const left: AttemptResult = { kind: 'left' }

function world(start: RoutingSettings['breaker'] = { failures: 3, windowMs: 60_000, openMs: 20_000 }) {
  const clock = createManualClock(1_000_000)
  let settings = settingsWith({ breaker: start })
  const breaker = createBreaker(clock, () => settings)
  const attempt = composeAttempt([breaker.wrapper])
  let calls = 0
  return {
    clock,
    breaker,
    calls: () => calls,
    set(breakerSettings: Partial<RoutingSettings['breaker']>) {
      settings = settingsWith({ breaker: { ...settings.breaker, ...breakerSettings } })
    },
    async ask(answer: AttemptResult | Promise<AttemptResult>, last = false): Promise<AttemptResult> {
      const call = (): Promise<AttemptResult> => {
        calls += 1
        return Promise.resolve(answer)
      }
      const result = await attempt(candidate(), context(call, { last }))
      await clock.advance(0)
      return result
    },
    until: () => breaker.until(candidate().target, clock.now()),
  }
}

describe('the circuit breaker', () => {
  for (const [name, row] of Object.entries(failures)) {
    const code = name as FailureCode
    it(`${row.breaker ? 'opens' : 'never opens'} by ${code}`, async () => {
      const run = world()
      for (let index = 0; index < 3; index++) await run.ask(fails(code))
      assert.equal(run.until(), row.breaker ? run.clock.now() + 20_000 : undefined)
      const next = await run.ask(served)
      assert.equal(codeOf(next), row.breaker ? 'breaker_open' : 'served')
      assert.equal(run.calls(), row.breaker ? 3 : 4)
    })
  }

  it('says how long it stays open, and names the host', async () => {
    const run = world()
    for (let index = 0; index < 3; index++) await run.ask(fails('overloaded'))
    await run.clock.advance(5_000)
    const refusal = await run.ask(served)
    assert.equal(refusal.kind === 'failed' && refusal.error.retryAfterMs, 15_000)
    assert.match(refusal.kind === 'failed' ? refusal.error.message : '', /^groq\.invalid failed 3 times in a row/)
    assert.deepEqual(run.breaker.snapshot(), [
      { host: 'http://groq.invalid', state: 'open', failures: 3, until: run.clock.now() + 15_000 },
    ])
  })

  it('counts failures in a row, within the window', async () => {
    const run = world()
    await run.ask(fails('overloaded'))
    await run.ask(fails('overloaded'))
    await run.ask(served)
    await run.ask(fails('overloaded'))
    await run.ask(fails('overloaded'))
    assert.equal(run.until(), undefined)
    await run.clock.advance(60_001)
    await run.ask(fails('overloaded'))
    assert.equal(run.until(), undefined)
    await run.ask(fails('overloaded'))
    await run.ask(fails('overloaded'))
    assert.notEqual(run.until(), undefined)
  })

  it('is not moved by clients who leave', async () => {
    const run = world()
    for (let index = 0; index < 50; index++) await run.ask(left)
    assert.equal(run.until(), undefined)
    assert.deepEqual(run.breaker.snapshot(), [])
  })

  async function opened(): Promise<ReturnType<typeof world>> {
    const run = world()
    for (let index = 0; index < 3; index++) await run.ask(fails('upstream_timeout'))
    await run.clock.advance(20_000)
    return run
  }

  it('lets one request try, and closes when it is served', async () => {
    const run = await opened()
    assert.equal(run.until(), undefined)
    let answer: (result: AttemptResult) => void = () => undefined
    const trying = run.ask(new Promise((resolve) => (answer = resolve)))
    assert.notEqual(run.until(), undefined)
    assert.equal(codeOf(await run.ask(served)), 'breaker_open')
    answer(served)
    assert.equal(codeOf(await trying), 'served')
    assert.equal(run.until(), undefined)
    for (let index = 0; index < 5; index++) assert.equal(codeOf(await run.ask(served)), 'served')
  })

  it('closes as soon as the request that tries is being answered', async () => {
    const run = await opened()
    void run.ask(new Promise(() => undefined))
    assert.equal(codeOf(await run.ask(served)), 'breaker_open')
    run.breaker.answered(candidate().target, 'openai-chat')
    assert.equal(codeOf(await run.ask(served)), 'served')
  })

  it('opens again when the try fails, and closes by a refusal: the host is there', async () => {
    const run = await opened()
    await run.ask(fails('upstream_unreachable'))
    assert.equal(run.until(), run.clock.now() + 20_000)
    await run.clock.advance(20_000)
    await run.ask(fails('rate_limited'))
    assert.equal(run.until(), undefined)
    assert.deepEqual(run.breaker.snapshot(), [])
  })

  it('lets the next one try when the client of the first leaves, or when it hangs', async () => {
    const run = await opened()
    await run.ask(left)
    assert.equal(run.until(), undefined)
    void run.ask(new Promise(() => undefined))
    assert.notEqual(run.until(), undefined)
    await run.clock.advance(20_000)
    assert.equal(run.until(), undefined)
  })

  it('loses no request that nobody else can take', async () => {
    const run = world()
    for (let index = 0; index < 3; index++) await run.ask(fails('overloaded'))
    await run.clock.advance(1)
    assert.equal(codeOf(await run.ask(served, true)), 'served')
    assert.equal(run.until(), undefined)
  })

  it('stays open no longer for calls that began before', async () => {
    const run = world()
    let fail: (result: AttemptResult) => void = () => undefined
    const slow = run.ask(new Promise((resolve) => (fail = resolve)))
    for (let index = 0; index < 3; index++) await run.ask(fails('overloaded'))
    const until = run.until()
    await run.clock.advance(10_000)
    fail(fails('upstream_timeout'))
    await slow
    assert.equal(run.until(), until)
  })

  it('follows changed settings at once', async () => {
    const run = world()
    await run.ask(fails('overloaded'))
    run.set({ failures: 2 })
    await run.ask(fails('overloaded'))
    assert.notEqual(run.until(), undefined)
    run.set({ failures: 0 })
    assert.equal(run.until(), undefined)
    assert.equal(codeOf(await run.ask(served)), 'served')
  })

  it('forgets when told to', async () => {
    const run = world()
    for (let index = 0; index < 3; index++) await run.ask(fails('overloaded'))
    run.breaker.clear(candidate().target)
    assert.equal(codeOf(await run.ask(served)), 'served')
  })

  it('is open only after as many failures in a row as are set, whatever happens', async () => {
    const event = fc.constantFrom<AttemptResult>(served, left, fails('overloaded'), fails('rate_limited'))
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 30 }), fc.integer({ min: 1, max: 4 }), async (events, limit) => {
        const run = world({ failures: limit, windowMs: 60_000, openMs: 20_000 })
        let row = 0
        for (const result of events) {
          if (run.until() !== undefined) break
          await run.ask(result)
          if (result.kind === 'served') row = 0
          else if (codeOf(result) === 'overloaded') row += 1
          assert.equal(run.until() !== undefined, row >= limit)
        }
      }),
      { numRuns: 50 },
    )
  })
})
