// A budget's level is told once, by the window that leads, whatever happens to windows in between.
import assert from 'node:assert/strict'
import type { EventData } from '../../../src/admin/contract.ts'
import { followBudgets } from '../../../src/vscode/notices/budgets.ts'
import { Session } from '../../../src/vscode/session.ts'
import { FakeGateway, silentLog } from '../fake-gateway.ts'

type Reached = EventData<'budget.reached'>

const day = 86_400_000
const reached = (facts: Partial<Reached> = {}): Reached => ({
  id: 'b1',
  level: 'warn',
  spentUsd: 8,
  usd: 10,
  endsAt: 10 * day,
  ...facts,
})

/** A window over a memory that may be shared with others. */
async function openWindow(stored = new Map<string, unknown>(), role: 'leader' | 'follower' = 'leader', now = day) {
  const state = { kind: 'running', role, endpoint: 'http://127.0.0.1:20128' } as const
  const gateway = new FakeGateway({}, state)
  const session = new Session({
    loadGateway: () => Promise.resolve({ startGateway: async () => gateway }),
    gateway: {
      dataDirectory: '',
      assetDirectory: '',
      secrets: { get: async () => undefined, set: async () => undefined, delete: async () => undefined },
      version: '0',
    },
    settings: () => ({ port: 1, bodyLimitMb: 1, logRows: 100 }),
    log: silentLog,
  })
  const shown: Reached[] = []
  const memory = {
    get: (key: string) => stored.get(key),
    update: async (key: string, value: unknown) => void stored.set(key, value),
  }
  const stop = followBudgets(session, { memory, now: () => now, wants: () => true, show: (data) => shown.push(data) })
  await session.start()
  const tell = (facts: Partial<Reached> = {}) => gateway.emit({ event: 'budget.reached', data: reached(facts) })
  return { gateway, shown, stored, stop, tell }
}

const levels = (shown: readonly Reached[]) => shown.map(({ level }) => level)

describe('notices of budgets', () => {
  it('come once for each level', async () => {
    const { shown, tell } = await openWindow()
    for (const level of ['ok', 'warn', 'warn', 'reroute', 'stop', 'reroute', 'stop'] as const) tell({ level })
    assert.deepEqual(levels(shown), ['warn', 'reroute', 'stop'])
  })

  it('come again for another budget, another period, and a sum that the user changed', async () => {
    const { shown, tell } = await openWindow()
    tell()
    tell({ id: 'b2' })
    tell({ endsAt: 11 * day })
    tell({ usd: 20 })
    tell()
    assert.equal(shown.length, 4)
  })

  it('come in the window that leads only, also after it has taken over', async () => {
    const { gateway, shown, tell } = await openWindow(new Map(), 'follower')
    tell()
    assert.deepEqual(shown, [])
    gateway.become({ kind: 'running', role: 'leader', endpoint: 'http://127.0.0.1:20128' })
    tell({ level: 'reroute' })
    assert.deepEqual(levels(shown), ['reroute'])
  })

  it('are remembered by the windows after', async () => {
    const first = await openWindow()
    first.tell()
    const second = await openWindow(first.stored)
    second.tell()
    second.tell({ level: 'stop' })
    assert.deepEqual(levels(second.shown), ['stop'])
  })

  it('are forgotten when their period is over, so that nothing piles up', async () => {
    const first = await openWindow()
    first.tell()
    first.tell({ id: 'b2' })
    const later = await openWindow(first.stored, 'leader', 20 * day)
    later.tell({ endsAt: 30 * day })
    assert.equal(Object.keys(later.stored.get('budgets.told.v1') as object).length, 1)
  })

  for (const stored of ['nonsense', null, [1], { x: 'y' }]) {
    it(`come all the same when ${JSON.stringify(stored)} is stored`, async () => {
      const { shown, tell } = await openWindow(new Map([['budgets.told.v1', stored]]))
      tell()
      assert.equal(shown.length, 1)
    })
  }

  it('come no more once the window has let go', async () => {
    const { shown, stop, tell } = await openWindow()
    stop()
    tell()
    assert.deepEqual(shown, [])
  })
})
