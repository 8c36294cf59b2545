// The shared timer of all calls: exact within its grain, however many calls there are, and silent when there are none.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { defaultRoutingSettings, type RoutingSettings } from '../../src/core/settings.ts'
import { CallWatch, createWatchdog, type Expiry, timeoutsFor } from '../../src/engine/watchdog.ts'
import { createManualClock } from './manual-clock.ts'

/** What a call may lag behind its instant. */
const grain = 100

function settingsWith(perModel: RoutingSettings['timeouts']['perModel']): RoutingSettings {
  return { ...defaultRoutingSettings, timeouts: { ...defaultRoutingSettings.timeouts, perModel } }
}

describe('the watchdog', () => {
  it('sets no timer for a call that has the same limits as one before', () => {
    let timers = 0
    const watchdog = createWatchdog({
      now: () => 0,
      after: () => {
        timers += 1
        return () => undefined
      },
    })
    const call = { hasBegun: () => false, isPaused: () => false, expired: () => undefined }
    for (let index = 0; index < 1_000; index++) {
      new CallWatch(watchdog, { firstByte: 300_000, idle: 300_000, total: 3_600_000 }, call).end()
    }
    assert.equal(timers, 1)
    assert.equal(watchdog.size, 0)
  })

  it('ends each call once, by the limit that comes first, neither early nor late', async () => {
    const anyCall = fc.record({
      startsAt: fc.integer({ min: 0, max: 3_000 }),
      beginsAfter: fc.integer({ min: 1, max: 4_000 }),
      bytes: fc.array(fc.integer({ min: 1, max: 1_500 }), { maxLength: 5 }),
      firstByte: fc.integer({ min: 200, max: 3_000 }),
      idle: fc.integer({ min: 200, max: 3_000 }),
      total: fc.integer({ min: 200, max: 6_000 }),
    })
    // What comes within the grain of its limit may go either way.
    const near = (a: number, b: number): boolean => a >= b && a <= b + grain
    const one = anyCall.filter(
      ({ beginsAfter, bytes, firstByte, idle }) =>
        !near(beginsAfter, firstByte) && !bytes.some((gap) => near(gap, idle)),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(one, { minLength: 1, maxLength: 8 }), async (calls) => {
        const clock = createManualClock(0, () => Promise.resolve())
        const watchdog = createWatchdog(clock)
        const ended = calls.map((): { at: number; by: Expiry }[] => [])
        for (const [index, { startsAt, beginsAfter, bytes, ...timeouts }] of calls.entries()) {
          clock.after(startsAt, () => {
            let begun = false
            const watch = new CallWatch(watchdog, timeouts, {
              hasBegun: () => begun,
              isPaused: () => false,
              expired: (by) => {
                ended[index]?.push({ at: clock.now(), by })
              },
            })
            let at = beginsAfter
            clock.after(at, () => {
              begun = true
              watch.alive()
            })
            for (const gap of bytes) {
              at += gap
              clock.after(at, () => watch.alive())
            }
          })
        }
        await clock.advance(30_000)
        for (const [index, call] of calls.entries()) {
          const expected = expectedEnd(call)
          const [end, ...more] = ended[index] ?? []
          assert.deepEqual(more, [])
          assert.ok(end, `call ${index} never ended`)
          assert.ok(end.at >= expected.at && end.at <= expected.at + grain, `${end.at} instead of ${expected.at}`)
        }
        assert.equal(clock.pending(), 0)
      }),
      { numRuns: 100 },
    )
  })
})

/** The instant at which a call must end, worked out without a timer. */
function expectedEnd(call: {
  startsAt: number
  beginsAfter: number
  bytes: number[]
  firstByte: number
  idle: number
  total: number
}): { at: number } {
  const total = call.startsAt + call.total
  const late = call.beginsAfter >= call.firstByte ? call.startsAt + call.firstByte : undefined
  if (late !== undefined) return { at: Math.min(late, total) }
  let last = call.startsAt + call.beginsAfter
  for (const gap of call.bytes) {
    if (gap >= call.idle) break
    last += gap
  }
  return { at: Math.min(last + call.idle, total) }
}

describe('time-outs of a model', () => {
  it('are the general ones, made once', () => {
    const settings = settingsWith([])
    assert.deepEqual(timeoutsFor(settings, 'a/b'), { firstByte: 300_000, idle: 300_000, total: 3_600_000 })
    assert.equal(timeoutsFor(settings, 'a/b'), timeoutsFor(settings, 'c/d'))
  })

  it('are its own where the most specific pattern names them', () => {
    const settings = settingsWith([
      { model: '*', idleMs: 1 },
      { model: 'openai/o3*', firstByteMs: 900_000 },
      { model: 'openai/*', firstByteMs: 5, idleMs: 6, totalMs: 7 },
    ])
    assert.deepEqual(timeoutsFor(settings, 'openai/o3-pro'), { firstByte: 900_000, idle: 300_000, total: 3_600_000 })
    assert.deepEqual(timeoutsFor(settings, 'openai/gpt'), { firstByte: 5, idle: 6, total: 7 })
    assert.deepEqual(timeoutsFor(settings, 'groq/x'), { firstByte: 300_000, idle: 1, total: 3_600_000 })
    assert.equal(timeoutsFor(settings, 'groq/x'), timeoutsFor(settings, 'groq/x'))
  })
})
