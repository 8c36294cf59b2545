// A refused token is refreshed once for all who meet the refusal, and each of them is called once more.
import assert from 'node:assert/strict'
import { GatewayError } from '../../../src/core/errors.ts'
import { composeAttempt } from '../../../src/engine/attempt/compose.ts'
import { createRefresh, type RefreshPort } from '../../../src/engine/attempt/refresh.ts'
import type { AttemptResult } from '../../../src/engine/attempt/result.ts'
import { createManualClock } from '../manual-clock.ts'
import { candidate, codeOf, context, fails, served } from './journey.ts'

const upstream = { status: 401, contentType: 'application/json', body: '{}' }
const refused = fails('account_refused', { upstream })

/** An account whose token is good once it was refreshed. */
function world(refreshMs = 50, more: Partial<RefreshPort> = {}) {
  const clock = createManualClock(1_000)
  const state = { refreshes: 0, calls: 0, good: false }
  const port: RefreshPort = {
    canRefresh: () => true,
    refresh: () =>
      new Promise((resolve) => {
        state.refreshes += 1
        clock.after(refreshMs, () => {
          state.good = true
          resolve(true)
        })
      }),
    ...more,
  }
  const attempt = composeAttempt([createRefresh(clock, port)])
  const ask = (answerMs = 0, isBad: AttemptResult = refused) => {
    const journey = context(async () => {
      state.calls += 1
      const { good } = state
      if (answerMs > 0) await new Promise<void>((resolve) => clock.after(answerMs, resolve))
      return good ? served : isBad
    })
    const asked: { result?: AttemptResult; journey: typeof journey } = { journey }
    void attempt(candidate(), journey).then((value) => {
      asked.result = value
    })
    return asked
  }
  return { clock, state, ask }
}

describe('refreshing a token', () => {
  it('happens once for all who were refused, and each is called once more', async () => {
    const { clock, state, ask } = world()
    const asked = Array.from({ length: 20 }, (_, index) => ask(index))
    await clock.advance(1_000)
    assert.deepEqual(new Set(asked.map((one) => codeOf(one.result))), new Set(['served']))
    assert.equal(state.refreshes, 1)
    assert.equal(state.calls, 40)
    assert.deepEqual(
      asked[0]?.journey.notes.map(({ kind, ms }) => [kind, ms]),
      [['refreshed', 50]],
    )
  })

  it('is not repeated for a call that began with the old token and is refused late', async () => {
    const { clock, state, ask } = world()
    const slow = ask(500)
    ask(0)
    await clock.advance(1_000)
    assert.equal(codeOf(slow.result), 'served')
    assert.equal(state.refreshes, 1)
  })

  it('is tried once a request, however often the token is refused', async () => {
    const { clock, state, ask } = world(50, { refresh: async () => true })
    const one = ask()
    await clock.advance(1_000)
    assert.equal(codeOf(one.result), 'account_refused')
    assert.equal(state.calls, 2)
  })

  for (const [what, refresh] of [
    ['fails', async () => false],
    ['throws', () => Promise.reject(new Error('no network'))],
  ] as const) {
    it(`leaves the refusal as it is when it ${what}, and may be tried by the next request`, async () => {
      let refreshes = 0
      const { clock, state, ask } = world(50, {
        refresh: () => {
          refreshes += 1
          return refresh()
        },
      })
      const first = ask()
      await clock.advance(10)
      const second = ask()
      await clock.advance(10)
      assert.deepEqual([codeOf(first.result), codeOf(second.result)], ['account_refused', 'account_refused'])
      assert.deepEqual([refreshes, state.calls], [2, 2])
    })
  }

  it('knows a 401 behind the words of another wire', async () => {
    const cause = new GatewayError('account_refused', 'no', { upstream })
    const { clock, ask } = world()
    const one = ask(0, fails('account_refused', { status: 403, cause }))
    await clock.advance(100)
    assert.equal(codeOf(one.result), 'served')
  })

  it('is not for a 403, which no new token helps against', async () => {
    const { clock, state, ask } = world()
    const one = ask(0, fails('account_refused', { upstream: { ...upstream, status: 403 } }))
    await clock.advance(100)
    assert.equal(codeOf(one.result), 'account_refused')
    assert.equal(state.refreshes, 0)
  })

  it('costs an account without a token nothing', () => {
    const inner = Promise.resolve(refused)
    const wrapper = createRefresh(createManualClock(), { canRefresh: () => false, refresh: async () => true })
    assert.equal(
      wrapper(() => inner)(
        candidate(),
        context(() => inner),
      ),
      inner,
    )
    const next = (): Promise<AttemptResult> => inner
    assert.equal(createRefresh(createManualClock(), undefined)(next), next)
  })

  it('lets a client who left meanwhile go', async () => {
    const { clock, state, ask } = world()
    const one = ask()
    await clock.advance(10)
    one.journey.leave()
    await clock.advance(100)
    assert.equal(codeOf(one.result), 'left')
    assert.equal(state.calls, 1)
  })
})
