// Who rests and why, and which quota is nearest to its end: read from the standing, silent about what is over or unknown.
import assert from 'node:assert/strict'
import type { StandingView } from '../../src/admin/contract.ts'
import { english } from '../../src/vscode/localizer.ts'
import { restingAccounts, tightestQuotaText } from '../../src/vscode/standing-view.ts'

type Account = StandingView['accounts'][number]
type Quota = Account['quotas'][number]

const now = new Date(2026, 2, 4, 9, 30).getTime()
const minute = 60_000
const wording = { l10n: english, language: 'de', now }

const account = (id: string, facts: Partial<Account> = {}): Account => ({
  id,
  label: id.toUpperCase(),
  quotas: [],
  rests: [],
  ...facts,
})
const quota = (window: string, facts: Partial<Quota> = {}): Quota => ({
  window,
  unit: 'requests',
  source: 'header',
  at: now,
  ...facts,
})

describe('accounts that rest', () => {
  it('are those with a cool-down or a quota that is used up, with why and until when', () => {
    const accounts = [
      account('idle', { quotas: [quota('requests/day', { remainingShare: 0.1, resetsAt: now + minute })] }),
      account('cooling', {
        rests: [
          { reason: 'rate_limited (429)', model: 'llama', until: now + 30 * minute, named: true },
          { reason: 'account_refused (403)', until: now + 24 * 60 * minute, named: false },
        ],
      }),
      account('spent', {
        quotas: [
          quota('unified/5h', { remainingShare: 0, resetsAt: now + 60 * minute }),
          quota('credits', { remainingShare: 0 }),
        ],
      }),
      account('one-model', { quotas: [quota('requests/day', { model: 'opus', remainingShare: 0 })] }),
    ]
    assert.deepEqual(restingAccounts({ accounts }, wording), [
      {
        id: 'cooling',
        label: 'COOLING',
        reasons: ['llama: rate_limited (429) until 10:00', 'account_refused (403) until 05.03.2026, 09:30'],
      },
      { id: 'spent', label: 'SPENT', reasons: ['quota unified/5h used up until 10:30', 'quota credits used up'] },
      { id: 'one-model', label: 'ONE-MODEL', reasons: ['opus: quota requests/day used up'] },
    ])
  })

  it('say what rests with all accounts of a provider', () => {
    const shared = account('shared', {
      rests: [{ reason: 'overloaded (529)', until: now + 30 * minute, named: true, shared: true }],
    })
    assert.deepEqual(restingAccounts({ accounts: [shared] }, wording)[0]?.reasons, [
      'overloaded (529) (all accounts of this provider) until 10:00',
    ])
  })

  it('are none once the time is over', () => {
    const over = account('over', {
      rests: [{ reason: 'rate_limited (429)', until: now, named: true }],
      quotas: [quota('requests/minute', { remainingShare: 0, resetsAt: now - 1 })],
    })
    assert.deepEqual(restingAccounts({ accounts: [over] }, wording), [])
  })
})

describe('the tightest quota', () => {
  it('is the one of which the least is left, over all accounts, with its reset', () => {
    const accounts = [
      account('a', { quotas: [quota('requests/day', { remainingShare: 0.5, resetsAt: now + minute })] }),
      account('b', {
        quotas: [
          quota('tokens/minute', { remainingShare: 0.9 }),
          quota('unified/5h', { remainingShare: 0.12, resetsAt: now + 30 * minute }),
        ],
      }),
    ]
    const text = tightestQuotaText({ accounts }, wording)
    assert.equal(text?.replace(/\s/gu, ' '), 'Tightest quota: B, unified/5h, 12 % left until 10:00')
  })

  it('is told without a reset where none is known', () => {
    const accounts = [account('a', { quotas: [quota('credits', { remainingShare: 0.25 })] })]
    assert.equal(
      tightestQuotaText({ accounts }, { ...wording, language: 'en' }),
      'Tightest quota: A, credits, 25% left',
    )
  })

  it('is none while shares are unknown or of a window that is over', () => {
    const accounts = [
      account('a', { quotas: [quota('requests/day', { remaining: 4 })] }),
      account('b', { quotas: [quota('requests/minute', { remainingShare: 0, resetsAt: now })] }),
    ]
    assert.equal(tightestQuotaText({ accounts }, wording), undefined)
    assert.equal(tightestQuotaText({ accounts: [] }, wording), undefined)
  })
})
