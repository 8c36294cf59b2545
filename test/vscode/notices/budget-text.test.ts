// What a person reads when a budget comes to a level.
import assert from 'node:assert/strict'
import { english } from '../../../src/vscode/localizer.ts'
import { type KnownNames, noticeText } from '../../../src/vscode/notices/budget-text.ts'

const now = new Date(2026, 2, 4, 9, 30).getTime()
const endsAt = new Date(2026, 3, 1).getTime()
const wording = { l10n: english, language: 'de', now }
const reached = { id: 'b1', level: 'warn', spentUsd: 8.5, usd: 10, endsAt } as const

type Budget = KnownNames['budgets'][number]

function names(scope: Budget['scope'], period: Budget['period'] = 'month'): KnownNames {
  return {
    budgets: [
      { id: 'b0', scope: { kind: 'all' }, period: 'day', usd: 1, warnAt: 0.8, rerouteAt: 0.95 },
      { id: 'b1', scope, period, usd: 10, warnAt: 0.8, rerouteAt: 0.95 },
    ],
    accounts: [{ id: 'a1', label: 'Work', provider: 'groq', providerName: 'Groq' }],
    keys: [{ id: 'k1', name: 'CI' }],
  }
}

const plain = (text: string) => text.replace(/\s/gu, ' ')

describe('the notice of a budget', () => {
  it('says at each level what is spent and what happens now', () => {
    const at = (level: 'warn' | 'reroute' | 'stop') =>
      plain(noticeText({ ...reached, level }, names({ kind: 'all' }), wording))
    const start = 'Monthly budget for all requests: 8,50 $ of 10,00 $ spent.'
    assert.equal(at('warn'), `${start} It begins anew at 01.04.2026, 00:00.`)
    assert.equal(at('reroute'), `${start} Cheaper tiers come first until 01.04.2026, 00:00.`)
    assert.equal(at('stop'), `${start} Nothing more is spent until 01.04.2026, 00:00.`)
  })

  const scopes: [Budget['scope'], string][] = [
    [{ kind: 'tier', tier: 'api-key' }, 'the tier "API key"'],
    [{ kind: 'provider', id: 'groq' }, 'Groq'],
    [{ kind: 'provider', id: 'gone' }, 'gone'],
    [{ kind: 'account', id: 'a1' }, 'the account "Work"'],
    [{ kind: 'account', id: 'gone' }, 'the account "gone"'],
    [{ kind: 'key', id: 'k1' }, 'the key "CI"'],
    [{ kind: 'workspace', id: 'shop' }, 'the workspace "shop"'],
  ]
  for (const [scope, words] of scopes) {
    it(`names whose it is: ${words}`, () => {
      assert.ok(noticeText(reached, names(scope, 'day'), wording).startsWith(`Daily budget for ${words}: `))
    })
  }

  it('does without a name when the budgets can not be read or it is gone', () => {
    for (const known of [undefined, { ...names({ kind: 'all' }), budgets: [] }]) {
      assert.match(plain(noticeText(reached, known, wording)), /^Budget: 8,50 \$ of 10,00 \$ spent\./)
    }
  })
})
