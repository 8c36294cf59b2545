// Quotas and accounts are told of once, by the window that leads, until there is something new to say.
import assert from 'node:assert/strict'
import type { AccountView, RequestRow, StandingView } from '../../../src/admin/contract.ts'
import { english } from '../../../src/vscode/localizer.ts'
import { followStanding } from '../../../src/vscode/notices/follow.ts'
import { accountsText, quotaText } from '../../../src/vscode/notices/standing-text.ts'
import { Session } from '../../../src/vscode/session.ts'
import { createManualClock } from '../../engine/manual-clock.ts'
import { FakeGateway, silentLog } from '../fake-gateway.ts'

const hour = 3_600_000
const start = 1_000 * hour
type Quota = StandingView['accounts'][number]['quotas'][number]
type Rest = StandingView['accounts'][number]['rests'][number]

function account(facts: Partial<AccountView> = {}): AccountView {
  return {
    id: 'a1',
    provider: 'groq',
    providerName: 'Groq',
    label: 'Work',
    prefix: 'groq',
    tier: 'api-key',
    enabled: true,
    headers: {},
    hasKey: true,
    keyTail: 'cdef',
    order: 0,
    modelCount: 1,
    state: { kind: 'ready' },
    ...facts,
  }
}

function quota(usedPercent: number, facts: Partial<Quota> = {}): Quota {
  return {
    window: 'requests/day',
    unit: 'requests',
    remainingShare: (100 - usedPercent) / 100,
    resetsAt: start + 10 * hour,
    lengthMs: 24 * hour,
    source: 'header',
    at: start,
    ...facts,
  }
}

const refusal: Rest = { reason: 'account_refused (403)', until: start + hour / 6, named: false }

/** A window over a memory that may be shared with others. */
async function openWindow(
  stored = new Map<string, unknown>(),
  role: 'leader' | 'follower' = 'leader',
  at = start,
  accounts = [account()],
) {
  const world = { accounts, quotas: [] as Quota[], rests: [] as Rest[], off: new Set<string>() }
  const gateway = new FakeGateway(
    {
      'standing.get': () => ({
        accounts: world.accounts.map(({ id, label }) => ({ id, label, quotas: world.quotas, rests: world.rests })),
        breakers: [],
        limits: [],
        budgets: [],
        cache: { hits: 0, misses: 0, entries: 0, bytes: 0, semanticHits: 0, shared: 0 },
      }),
      'accounts.list': () => world.accounts,
    },
    { kind: 'running', role, endpoint: 'http://127.0.0.1:20128' },
  )
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
  const clock = createManualClock(at)
  const wording = () => ({ l10n: english, language: 'en', now: clock.now() })
  const shown: string[] = []
  const stop = followStanding(session, {
    memory: { get: (key) => stored.get(key), update: async (key, value) => void stored.set(key, value) },
    clock,
    wants: (kind) => !world.off.has(kind),
    showQuota: (reached) => shown.push(quotaText(reached, wording()).replace(/\s/gu, ' ')),
    showAccounts: (troubles) => shown.push(accountsText(troubles, wording())),
  })
  await session.start()
  await clock.advance(0)
  /** Something happens, and the window has had time to look. */
  const happen = async (served?: string) => {
    const row = { status: 200, accountLabel: served } as RequestRow
    gateway.emit(
      served === undefined ? { event: 'accounts.changed', data: {} } : { event: 'requests.added', data: row },
    )
    await clock.advance(10_000)
    return shown.splice(0)
  }
  return { gateway, world, stored, happen, stop, clock }
}

describe('notices of quotas', () => {
  it('come at 80 and at 95 percent, once each, with the account, the window and its end', async () => {
    const { world, happen } = await openWindow()
    world.quotas = [quota(79)]
    assert.deepEqual(await happen('Work'), [])
    world.quotas = [quota(80)]
    const [text, ...others] = await happen('Work')
    assert.match(text ?? '', /^Work: 80% of the quota requests\/day is used\. It is whole again at .+\.$/)
    assert.deepEqual(others, [])
    world.quotas = [quota(90)]
    assert.deepEqual(await happen('Work'), [])
    world.quotas = [quota(95)]
    assert.match((await happen('Work')).join(), /^Work: 95% /)
    world.quotas = [quota(100)]
    assert.deepEqual(await happen('Work'), [])
  })

  it('come only for the higher level when both are passed at once', async () => {
    const { world, happen } = await openWindow()
    world.quotas = [quota(97)]
    assert.equal((await happen()).length, 1)
    world.quotas = [quota(85)]
    assert.deepEqual(await happen(), [])
  })

  it('come again in the next period, and for each window and model of its own', async () => {
    const { world, happen, clock } = await openWindow()
    world.quotas = [quota(85), quota(85, { window: 'tokens/day', unit: 'tokens' }), quota(85, { model: 'big' })]
    assert.equal((await happen()).length, 3)
    await clock.advance(10 * hour)
    world.quotas = [quota(85, { resetsAt: start + 34 * hour, at: clock.now() })]
    assert.equal((await happen()).length, 1)
  })

  it('leave out short windows, windows that are over, and what is not known', async () => {
    const { world, happen } = await openWindow()
    const { lengthMs: _, ...endOnly } = quota(99, { resetsAt: start + 60_000 })
    const { remainingShare: __, ...shareless } = quota(99)
    world.quotas = [quota(99, { lengthMs: 60_000 }), endOnly, quota(99, { resetsAt: start - 1 }), shareless]
    assert.deepEqual(await happen(), [])
  })

  it('come in the leading window only, and not again after a restart', async () => {
    const follower = await openWindow(new Map(), 'follower')
    follower.world.quotas = [quota(85)]
    assert.deepEqual(await follower.happen(), [])
    const leader = await openWindow()
    leader.world.quotas = [quota(85)]
    assert.equal((await leader.happen()).length, 1)
    const next = await openWindow(leader.stored, 'leader', start + hour)
    next.world.quotas = [quota(85)]
    assert.deepEqual(await next.happen(), [])
  })

  it('are not given while they are turned off, and are news when they are turned on again', async () => {
    const { world, happen } = await openWindow()
    world.quotas = [quota(85)]
    world.off.add('quotas')
    assert.deepEqual(await happen(), [])
    world.off.clear()
    assert.equal((await happen()).length, 1)
  })
})

describe('notices of accounts', () => {
  it('come once when a key is refused, however often it is refused', async () => {
    const { world, happen, clock } = await openWindow()
    world.rests = [refusal]
    assert.deepEqual(await happen(), [
      'The key of Work is refused by its provider. Requests go to other accounts until it is replaced.',
    ])
    await clock.advance(hour)
    assert.deepEqual(await happen(), [])
    world.rests = [{ ...refusal, until: clock.now() + hour }]
    assert.deepEqual(await happen(), [])
  })

  for (const [how, mend] of [
    ['another key', { keyTail: 'wxyz' }],
    ['an answer', {}],
  ] as const) {
    it(`come again after ${how}`, async () => {
      const { world, happen } = await openWindow()
      world.rests = [refusal]
      assert.equal((await happen()).length, 1)
      world.rests = []
      world.accounts = [account(mend)]
      assert.deepEqual(await happen(how === 'an answer' ? 'Work' : undefined), [])
      world.rests = [refusal]
      assert.equal((await happen()).length, 1)
    })
  }

  it('come once for several accounts without a key, and again when one loses it later', async () => {
    const { world, happen, stored } = await openWindow()
    const bare = (id: string, label: string) => account({ id, label, state: { kind: 'needs-key' } })
    world.accounts = [bare('a1', 'Work'), bare('a2', 'Home'), { ...bare('a3', 'Off'), enabled: false }]
    assert.deepEqual(await happen(), ['Work, Home can not be used: there is no key in this editor.'])
    assert.deepEqual(await happen(), [])
    world.accounts = [account(), bare('a2', 'Home')]
    assert.deepEqual(await happen(), [])
    const next = await openWindow(stored, 'leader', start, [bare('a1', 'Work'), bare('a2', 'Home')])
    assert.deepEqual(await next.happen(), ['Work can not be used: there is no key in this editor.'])
  })

  it('come no more once the window has let go', async () => {
    const { world, happen, stop } = await openWindow()
    stop()
    world.rests = [refusal]
    assert.deepEqual(await happen(), [])
  })
})
