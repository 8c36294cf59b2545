// What an agent is told of usage: sums that hold, unknown costs kept apart, nothing that is over.
import assert from 'node:assert/strict'
import { usageSummary } from '../../../src/admin/agents/usage-summary.ts'
import type { RequestRow, StandingView } from '../../../src/admin/contract.ts'

const row = (facts: Partial<RequestRow>): RequestRow => ({
  id: 'r',
  at: 1_000,
  client: 'tool',
  wire: 'openai-chat',
  modelAsked: 'auto',
  stream: true,
  status: 200,
  usage: { input: 10, cacheRead: 5, cacheWrite: null, output: 2, reasoning: null },
  totalMs: 5,
  attempts: 1,
  ...facts,
})

const standing: StandingView = {
  accounts: [
    {
      id: 'a',
      label: 'Work',
      quotas: [
        {
          window: 'day',
          unit: 'requests',
          limit: 100,
          remaining: 29,
          remainingShare: 0.29,
          resetsAt: 9_000,
          source: 'header',
          at: 1,
        },
        { window: 'minute', unit: 'tokens', remainingShare: 0, resetsAt: 2_000, source: 'header', at: 1 },
      ],
      rests: [
        { reason: 'rate_limited', until: 9_000, named: true, model: 'm' },
        { reason: 'overloaded', until: 2_000, named: false },
      ],
    },
  ],
  breakers: [],
  limits: [],
  budgets: [{ id: 'b', level: 'warn', usd: 5, spentUsd: 4.1, reservedUsd: 0, unknown: 0, startsAt: 0, endsAt: 9_000 }],
  cache: { hits: 0, misses: 0, entries: 0, bytes: 0, semanticHits: 0, shared: 0 },
}

describe('usage for agents', () => {
  it('sums up by the model that answered, and keeps unknown costs apart', () => {
    const rows = [
      row({ modelServed: 'a/x', cost: { usd: 0.1, source: 'catalogue' } }),
      row({ modelServed: 'a/x', cost: { usd: 0.2, source: 'catalogue' } }),
      row({ modelServed: 'b/y' }),
      row({ status: 502, usage: { input: null, cacheRead: null, cacheWrite: null, output: null, reasoning: null } }),
    ]
    const summary = usageSummary({ rows, since: 0, more: true, standing, now: 5_000 })
    assert.deepEqual(summary, {
      since: '1970-01-01T00:00:00.000Z',
      note: 'There were more requests than are counted here; only the newest are.',
      requests: 4,
      failed: 1,
      models: [
        {
          model: 'a/x',
          requests: 2,
          failed: 0,
          inputTokens: 30,
          outputTokens: 4,
          knownCostUsd: 0.3,
          requestsOfUnknownCost: 0,
        },
        {
          model: 'b/y',
          requests: 1,
          failed: 0,
          inputTokens: 15,
          outputTokens: 2,
          knownCostUsd: 0,
          requestsOfUnknownCost: 1,
        },
        {
          model: 'auto',
          requests: 1,
          failed: 1,
          inputTokens: 0,
          outputTokens: 0,
          knownCostUsd: 0,
          requestsOfUnknownCost: 0,
        },
      ],
      quotas: [
        {
          account: 'Work',
          window: 'day',
          leftPercent: 29,
          left: '29 of 100 requests',
          resetsAt: '1970-01-01T00:00:09.000Z',
        },
      ],
      restingAccounts: [{ account: 'Work', model: 'm', reason: 'rate_limited', until: '1970-01-01T00:00:09.000Z' }],
      budgets: [{ budget: 'b', level: 'warn', spentUsd: 4.1, ofUsd: 5, endsAt: '1970-01-01T00:00:09.000Z' }],
    })
  })
})
