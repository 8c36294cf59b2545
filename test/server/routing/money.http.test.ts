// Prices and budgets over real HTTP: what a request cost by the user's own prices, a warning once, cheaper tiers when money runs
// short, and an end when it is gone, for everything or for one key, workspace, tier, provider or account.
import assert from 'node:assert/strict'
import type { EventData } from '../../../src/admin/contract.ts'
import type { Budget } from '../../../src/core/settings.ts'
import { dialects } from '../dialects.ts'
import type { Answer } from '../world.ts'
import { type Asking, messages, openStage, otherKey, refusal, type Stage, testKeyId, ways } from './stage.ts'

/** Dollars for a million tokens: a cent a token of input, and what comes out for nothing, so that estimates are close. */
const prices = [{ model: '*', input: 10_000, cacheRead: 0, cacheWrite: 0, output: 0 }]

describe('money', () => {
  let stage: Stage
  let workspaces = 0

  before(async () => {
    stage = await openStage()
  })
  after(() => stage?.stop())
  afterEach(() => stage.reset())

  /** Spending is counted by workspace too: a new one has spent nothing yet. */
  const newWorkspace = (): string => `project-${++workspaces}`
  const within = (workspace: string, asking: Asking = {}): Asking => ({
    ...asking,
    headers: { 'x-omniroute-workspace': workspace, 'x-session-id': `money-${Math.random()}` },
  })
  const budgetOf = (scope: Budget['scope'], usd: number, more: Partial<Budget> = {}): Budget => ({
    id: 'b',
    scope,
    period: 'month',
    usd,
    warnAt: 1,
    rerouteAt: 1,
    ...more,
  })
  /** The first answer that is refused; fails when none is. */
  async function untilRefused(ask: () => Promise<Answer>): Promise<Answer> {
    for (let time = 0; time < 30; time++) {
      const answer = await ask()
      if (answer.status !== 200) return answer
    }
    return assert.fail('nothing was refused')
  }

  const priced: readonly (readonly [model: string, asking: Asking])[] = [
    ['oc/one', {}],
    ['oc/one', { dialect: messages, stream: true }],
    ['ac/one', { dialect: messages }],
  ]
  for (const [model, asking] of priced) {
    it(`a price of the user's own makes the cost (${asking.dialect?.wire ?? 'openai-chat'} to ${model})`, async () => {
      await stage.proves(
        {
          prices: [
            { model: 'o*/one', input: 2, output: 3, cacheRead: 0, cacheWrite: 0 },
            { model, input: 1_000, output: 10_000, cacheRead: 0, cacheWrite: 0 },
          ],
        },
        {
          off: async () => {
            const { cost } = await stage.row(await stage.served(model, asking))
            assert.equal(cost, undefined)
          },
          on: async () => {
            const { cost, usage } = await stage.row(await stage.served(model, asking))
            assert.equal(cost?.source, 'user')
            const expected = ((usage.input ?? 0) * 1_000 + (usage.output ?? 0) * 10_000) / 1_000_000
            assert.ok(expected > 0)
            assert.ok(Math.abs((cost?.usd ?? 0) - expected) < 1e-9, `${cost?.usd} instead of ${expected}`)
          },
        },
      )
    })
  }

  for (const stream of [false, true]) {
    it(`what is written to the cache for an hour has a price of its own (${stream ? 'streamed' : 'whole'})`, async () => {
      await stage.script('one', { written: 300, writtenForAnHour: 500 })
      const price = { model: 'ac/*', input: 0, output: 0, cacheRead: 0, cacheWrite: 1_000 }
      const costOf = async (): Promise<number | undefined> => {
        const { cost, usage } = await stage.row(await stage.served('ac/one', { dialect: messages, stream }))
        assert.deepEqual([usage.cacheWrite, usage.cacheWrite1h], [800, 500])
        return cost?.usd
      }
      await stage.put({ prices: [{ ...price, cacheWrite1h: 2_000 }] })
      assert.equal(await costOf(), (300 * 1_000 + 500 * 2_000) / 1_000_000)
      await stage.put({ prices: [price] })
      assert.equal(await costOf(), (800 * 1_000) / 1_000_000)
    })
  }

  it('a client of the same wire hears it through a translation', async () => {
    await stage.script('one', { written: 300, writtenForAnHour: 500 })
    await stage.put({ systemPrompt: [{ position: 'append', text: 'Be brief.' }] })
    const answer = await stage.served('ac/one', { dialect: messages })
    assert.deepEqual(answer.json().usage.cache_creation, {
      ephemeral_5m_input_tokens: 300,
      ephemeral_1h_input_tokens: 500,
    })
  })

  it('a person is warned once, also over a restart', async () => {
    const reached: EventData<'budget.reached'>[] = []
    const listen = (): (() => void) =>
      stage.world.gateway.onEvent(({ event, data }) => {
        if (event === 'budget.reached') reached.push(data as EventData<'budget.reached'>)
      })
    const workspace = newWorkspace()
    listen()
    await stage.put({ prices, budgets: [budgetOf({ kind: 'workspace', id: workspace }, 1_000, { warnAt: 0.0001 })] })
    for (let time = 0; time < 3; time++) await stage.row(await stage.served('oc/one', within(workspace)))
    assert.deepEqual(
      reached.map(({ id, level, usd }) => [id, level, usd]),
      [['b', 'warn', 1_000]],
    )
    assert.ok((reached[0]?.spentUsd ?? 0) > 0.1)
    const before = (await stage.world.rpc('standing.get', {})).budgets[0]
    assert.equal(before?.level, 'warn')
    await stage.restart()
    listen()
    await stage.row(await stage.served('oc/one', within(workspace)))
    assert.equal(reached.length, 1)
    const after = (await stage.world.rpc('standing.get', {})).budgets[0]
    assert.ok((after?.spentUsd ?? 0) > (before?.spentUsd ?? 0), `${after?.spentUsd} after ${before?.spentUsd}`)
  })

  it('when money runs short, cheaper tiers come first', async () => {
    const workspace = newWorkspace()
    await stage.put({ prices })
    await stage.proves(
      { budgets: [budgetOf({ kind: 'workspace', id: workspace }, 1_000, { warnAt: 0, rerouteAt: 0.0001 })] },
      {
        off: async () => {
          await stage.row(await stage.served('thrifty', within(workspace)))
          assert.deepEqual(ways(await stage.arrivals()), ['oc/one'])
        },
        on: async () => {
          const answer = await stage.served('thrifty', within(workspace, { dialect: messages }))
          assert.deepEqual(ways(await stage.arrivals()), ['low/two'])
          const { trace } = await stage.row(answer)
          assert.ok(
            trace.some(({ reason = '' }) => /budget/.test(reason)),
            JSON.stringify(trace),
          )
          await stage.served('thrifty', within('another'))
          assert.equal((await stage.arrivals()).at(-1)?.account, 'oc')
        },
      },
    )
  })

  for (const dialect of dialects) {
    it(`when it is gone, nothing more is begun (${dialect.wire})`, async () => {
      const workspace = newWorkspace()
      await stage.put({ prices })
      await stage.proves(
        { budgets: [budgetOf({ kind: 'workspace', id: workspace }, 0.5)] },
        {
          off: async () => {
            for (let time = 0; time < 8; time++) {
              await stage.row(await stage.served('oc/one', within(workspace, { dialect })))
            }
          },
          on: async () => {
            const refused = await untilRefused(() => stage.ask('oc/one', within(workspace, { dialect })))
            assert.equal(refused.status, 429, refused.text)
            assert.match(refusal(refused), /month's budget/)
            const sent = (await stage.arrivals()).length
            assert.equal((await stage.ask('oc/one', within(workspace, { dialect, stream: true }))).status, 429)
            assert.equal((await stage.arrivals()).length, sent)
            assert.equal((await stage.row(refused)).code, 'budget_spent')
            await stage.served('oc/one', within('another', { dialect }))
          },
        },
      )
    })
  }

  const scopes: readonly (readonly [what: string, scope: Budget['scope'], spared: () => Promise<Answer>])[] = [
    ['a key', { kind: 'key', id: testKeyId }, () => stage.ask('oc/one', { key: otherKey })],
    ['a tier', { kind: 'tier', tier: 'api-key' }, () => stage.ask('low/one')],
    ['a provider', { kind: 'provider', id: 'openai-compatible' }, () => stage.ask('ac/one')],
    ['an account', { kind: 'account', id: 'oc' }, () => stage.ask('oc2/one')],
  ]
  for (const [what, scope, spared] of scopes) {
    it(`a budget of ${what} is for that one only`, async () => {
      await stage.put({ prices })
      await stage.proves(
        { budgets: [budgetOf(scope, 0.3)] },
        {
          off: async () => {
            for (let time = 0; time < 3; time++) await stage.row(await stage.served('oc/one'))
          },
          on: async () => {
            assert.equal((await untilRefused(() => stage.ask('oc/one'))).status, 429)
            assert.equal((await spared()).status, 200)
          },
        },
      )
    })
  }

  it('a request that would cost more than is left is not begun, and another target may', async () => {
    const workspace = newWorkspace()
    await stage.put({
      prices: [{ model: 'oc/*', input: 1_000_000, cacheRead: 0, cacheWrite: 0, output: 0 }, ...prices],
      budgets: [budgetOf({ kind: 'workspace', id: workspace }, 2)],
    })
    const answer = await stage.served('pair', within(workspace))
    assert.deepEqual(ways(await stage.arrivals()), ['oc2/two'])
    const { trace } = await stage.row(answer)
    assert.ok(
      trace.some(({ kind, reason = '' }) => kind === 'skipped' && /budget/.test(reason)),
      JSON.stringify(trace),
    )
  })
})
