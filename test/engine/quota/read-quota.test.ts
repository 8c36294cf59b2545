// The headers of vendors, as they send them, and what is read of them.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { QuotaWindow } from '../../../src/core/quota.ts'
import { readQuota } from '../../../src/engine/quota/read-quota.ts'
import { readRefusalBody } from '../../../src/engine/quota/refusal-body.ts'

const now = Date.parse('2026-11-22T10:00:00.400Z')
const date = 'Sun, 22 Nov 2026 10:00:00 GMT'
const inSeconds = (seconds: number): number => now + seconds * 1000
const hour = 3600
const day = 24 * hour

type Expected = Partial<QuotaWindow>
const own = { model: 'm', source: 'header', at: now } as const
const shared = { source: 'header', at: now } as const
const minute = { lengthMs: 60_000 } as const
const aDay = { lengthMs: day * 1000 } as const

const cases: readonly (readonly [string, string, Record<string, string | string[]>, readonly Expected[]])[] = [
  [
    'OpenAI',
    'openai',
    {
      'x-ratelimit-limit-requests': '10000',
      'x-ratelimit-limit-tokens': '30000000',
      'x-ratelimit-remaining-requests': '9999',
      'x-ratelimit-remaining-tokens': '29999000',
      'x-ratelimit-reset-requests': '8.64s',
      'x-ratelimit-reset-tokens': '6m0s',
    },
    [
      {
        id: 'requests',
        unit: 'requests',
        ...own,
        limit: 10_000,
        remaining: 9_999,
        resetsAt: inSeconds(8.64),
        refills: true,
      },
      {
        id: 'tokens',
        unit: 'tokens',
        ...own,
        limit: 3e7,
        remaining: 29_999_000,
        resetsAt: inSeconds(360),
        refills: true,
      },
    ],
  ],
  [
    'Groq: requests are a day’s, tokens a minute’s',
    'groq',
    {
      'x-ratelimit-limit-requests': '1000',
      'x-ratelimit-limit-tokens': '8000',
      'x-ratelimit-remaining-requests': '999',
      'x-ratelimit-remaining-tokens': '7890',
      'x-ratelimit-reset-requests': '1m26.4s',
      'x-ratelimit-reset-tokens': '825ms',
    },
    [
      {
        id: 'requests/day',
        unit: 'requests',
        ...own,
        ...aDay,
        limit: 1000,
        remaining: 999,
        resetsAt: inSeconds(86.4),
        refills: true,
      },
      {
        id: 'tokens/minute',
        unit: 'tokens',
        ...own,
        ...minute,
        limit: 8000,
        remaining: 7890,
        resetsAt: now + 825,
        refills: true,
      },
    ],
  ],
  [
    'xAI: no resets',
    'xai',
    { 'x-ratelimit-limit-requests': '480', 'x-ratelimit-remaining-requests': '479' },
    [{ id: 'requests', unit: 'requests', ...own, limit: 480, remaining: 479 }],
  ],
  [
    'Cerebras',
    'cerebras',
    {
      'x-ratelimit-limit-requests-day': '14400',
      'x-ratelimit-limit-tokens-minute': '60000',
      'x-ratelimit-remaining-requests-day': '13693',
      'x-ratelimit-remaining-tokens-minute': '60000',
      'x-ratelimit-reset-requests-day': '11726.2840924263',
      'x-ratelimit-reset-tokens-minute': '26.28409242630005',
    },
    [
      {
        id: 'requests/day',
        unit: 'requests',
        ...own,
        ...aDay,
        limit: 14_400,
        remaining: 13_693,
        resetsAt: now + 11_726_285,
      },
      {
        id: 'tokens/minute',
        unit: 'tokens',
        ...own,
        ...minute,
        limit: 60_000,
        remaining: 60_000,
        resetsAt: now + 26_285,
      },
    ],
  ],
  [
    'Mistral, by size and by minute',
    'mistral',
    {
      'x-ratelimit-limit-tokens-minute': '5000000',
      'x-ratelimit-remaining-tokens-minute': '4999911',
      'x-ratelimit-tokens-query-cost': '52',
      'x-ratelimit-limit-req-minute': '720',
      'x-ratelimit-remaining-req-minute': '717',
      'ratelimitbysize-limit': '500000',
      'ratelimitbysize-reset': '12',
      'x-ratelimitbysize-remaining-minute': '499900',
      'x-ratelimitbysize-limit-month': '1000000000',
      'x-ratelimitbysize-remaining-month': '999000000',
    },
    [
      { id: 'tokens/minute', unit: 'tokens', ...own, ...minute, limit: 5e6, remaining: 4_999_911 },
      { id: 'requests/minute', unit: 'requests', ...own, ...minute, limit: 720, remaining: 717 },
      {
        id: 'tokens-by-size/minute',
        unit: 'tokens',
        ...own,
        ...minute,
        limit: 500_000,
        remaining: 499_900,
        resetsAt: inSeconds(12),
      },
      {
        id: 'tokens-by-size/month',
        unit: 'tokens',
        ...own,
        lengthMs: 31 * day * 1000,
        limit: 1e9,
        remaining: 999_000_000,
      },
    ],
  ],
  [
    'Fireworks: prompts and replies',
    'fireworks',
    {
      'x-ratelimit-limit-tokens-prompt': '60000',
      'x-ratelimit-remaining-tokens-prompt': '59000',
      'x-ratelimit-remaining-tokens-generated': '5999',
    },
    [
      { id: 'input-tokens', unit: 'input-tokens', ...own, limit: 60_000, remaining: 59_000 },
      { id: 'output-tokens', unit: 'output-tokens', ...own, remaining: 5_999 },
    ],
  ],
  [
    'OpenRouter: an instant in milliseconds',
    'openrouter',
    { 'x-ratelimit-limit': '50', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now + 5000) },
    [{ id: 'requests', unit: 'requests', ...own, limit: 50, remaining: 0, resetsAt: now + 5000 }],
  ],
  [
    'Together',
    'together',
    {
      'x-ratelimit-limit': '10',
      'x-ratelimit-remaining': '9',
      'x-tokenlimit-limit': '3000',
      'x-tokenlimit-remaining': '2900',
    },
    [
      { id: 'requests', unit: 'requests', ...own, limit: 10, remaining: 9 },
      { id: 'tokens', unit: 'tokens', ...own, limit: 3000, remaining: 2900 },
    ],
  ],
  [
    'Anthropic: an API key',
    'anthropic',
    {
      'anthropic-ratelimit-requests-limit': '50',
      'anthropic-ratelimit-requests-remaining': '49',
      'anthropic-ratelimit-requests-reset': '2026-11-22T10:00:12Z',
      'anthropic-ratelimit-input-tokens-limit': '30000',
      'anthropic-ratelimit-input-tokens-remaining': '0',
    },
    [
      {
        id: 'requests/minute',
        unit: 'requests',
        ...own,
        ...minute,
        limit: 50,
        remaining: 49,
        resetsAt: Date.parse('2026-11-22T10:00:12Z'),
        refills: true,
      },
      {
        id: 'input-tokens/minute',
        unit: 'input-tokens',
        ...own,
        ...minute,
        limit: 30_000,
        remaining: 0,
        refills: true,
      },
    ],
  ],
  [
    'Anthropic: a subscription that is served on although the week is used up',
    'anthropic',
    {
      'anthropic-ratelimit-unified-status': 'allowed_warning',
      'anthropic-ratelimit-unified-5h-utilization': '0.42',
      'anthropic-ratelimit-unified-5h-reset': String(Math.floor(now / 1000) + hour),
      'anthropic-ratelimit-unified-7d-utilization': '1.02',
      'anthropic-ratelimit-unified-overage-utilization': '0.1',
      'anthropic-ratelimit-unified-representative-claim': 'five_hour',
    },
    [
      {
        id: 'unified/5h',
        unit: 'share',
        ...shared,
        usedShare: 0.42,
        lengthMs: 5 * hour * 1000,
        resetsAt: now - 400 + hour * 1000,
        exhausted: false,
      },
      { id: 'unified/7d', unit: 'share', ...shared, usedShare: 1.02, lengthMs: 7 * day * 1000, exhausted: false },
    ],
  ],
  [
    'Anthropic: a subscription whose five hours are used up',
    'anthropic',
    {
      'anthropic-ratelimit-unified-status': 'rejected',
      'anthropic-ratelimit-unified-5h-utilization': '1',
      'anthropic-ratelimit-unified-5h-reset': String(Math.floor(now / 1000) + hour),
      'anthropic-ratelimit-unified-7d-utilization': '0.3',
      'anthropic-ratelimit-unified-representative-claim': 'five_hour',
    },
    [
      {
        id: 'unified/5h',
        unit: 'share',
        ...shared,
        usedShare: 1,
        lengthMs: 5 * hour * 1000,
        resetsAt: now - 400 + hour * 1000,
        exhausted: true,
      },
      { id: 'unified/7d', unit: 'share', ...shared, usedShare: 0.3, lengthMs: 7 * day * 1000, exhausted: false },
    ],
  ],
  [
    'Anthropic: the week of one family of models',
    'anthropic',
    {
      'anthropic-ratelimit-unified-status': 'rejected',
      'anthropic-ratelimit-unified-reset': String(Math.floor(now / 1000) + hour),
      'anthropic-ratelimit-unified-representative-claim': 'seven_day_opus',
    },
    [{ id: 'unified/7d_opus', unit: 'share', ...own, resetsAt: now - 400 + hour * 1000, exhausted: true }],
  ],
  [
    'Codex',
    'codex',
    {
      'x-codex-primary-used-percent': '100',
      'x-codex-primary-window-minutes': '300',
      'x-codex-primary-reset-after-seconds': '13873',
      'x-codex-primary-reset-at': '1777936568',
      'x-codex-secondary-used-percent': '80',
      'x-codex-secondary-window-minutes': '10080',
      'x-codex-secondary-reset-at': String(Math.floor(now / 1000) + day),
    },
    [
      {
        id: 'codex/primary',
        unit: 'share',
        ...shared,
        usedShare: 1,
        lengthMs: 5 * hour * 1000,
        resetsAt: inSeconds(13_873),
      },
      {
        id: 'codex/secondary',
        unit: 'share',
        ...shared,
        usedShare: 0.8,
        lengthMs: 7 * day * 1000,
        resetsAt: now - 400 + day * 1000,
      },
    ],
  ],
  [
    'Codex: a plan with one window',
    'codex',
    {
      'x-codex-primary-used-percent': '3',
      'x-codex-primary-window-minutes': '43200',
      'x-codex-secondary-used-percent': '0',
      'x-codex-secondary-window-minutes': '0',
      'x-codex-secondary-reset-at': '',
    },
    [{ id: 'codex/primary', unit: 'share', ...shared, usedShare: 0.03, lengthMs: 30 * day * 1000 }],
  ],
  [
    'the IETF’s separate headers',
    'any',
    { 'ratelimit-limit': '100, 100;w=60', 'ratelimit-remaining': '50', 'ratelimit-reset': '30' },
    [{ id: 'requests', unit: 'requests', ...own, limit: 100, remaining: 50, resetsAt: inSeconds(30) }],
  ],
  [
    'the IETF’s single header',
    'any',
    { ratelimit: 'limit=100, remaining=0, reset=30', 'ratelimit-policy': '100;w=60' },
    [{ id: 'requests', unit: 'requests', ...own, ...minute, limit: 100, remaining: 0, resetsAt: inSeconds(30) }],
  ],
  [
    'the IETF’s structured header',
    'any',
    {
      ratelimit: '"burst";r=5;t=3, "daily";r=900;t=3600',
      'ratelimit-policy': '"burst";q=10;w=60,"daily";q=1000;w=86400',
    },
    [
      { id: 'burst', unit: 'requests', ...own, ...minute, limit: 10, remaining: 5, resetsAt: inSeconds(3) },
      { id: 'daily', unit: 'requests', ...own, ...aDay, limit: 1000, remaining: 900, resetsAt: inSeconds(hour) },
    ],
  ],
  [
    'nobody',
    'any',
    { 'content-type': 'application/json', 'x-request-id': 'r', 'access-control-allow-origin': '*' },
    [],
  ],
  [
    'words instead of numbers',
    'any',
    { 'x-ratelimit-limit-requests': 'unlimited', 'x-ratelimit-remaining-requests': '-1' },
    [],
  ],
]

describe('the quota headers', () => {
  for (const [name, provider, headers, expected] of cases) {
    it(`of ${name}`, () => assert.deepEqual(readQuota(provider, { date, ...headers }, now, 'm'), expected))
  }

  it('are held against the clock of the server that named them', () => {
    const theirs = Date.parse('2020-01-01T00:00:00Z')
    const headers = {
      date: 'Wed, 01 Jan 2020 00:00:00 GMT',
      'anthropic-ratelimit-requests-remaining': '0',
      'anthropic-ratelimit-requests-reset': new Date(theirs + 9_000).toISOString(),
    }
    assert.equal(readQuota('anthropic', headers, now, 'm')[0]?.resetsAt, now + 9_000)
  })

  it('cost answers without them no object', () => {
    assert.equal(readQuota('a', { via: 'x', 'x-a': 'b' }, now, 'm'), readQuota('b', {}, now, 'n'))
  })

  it('may hold anything at all', () => {
    const names = cases.flatMap(([, , headers]) => Object.keys(headers))
    const value = fc.oneof(fc.string(), fc.integer().map(String), fc.double().map(String), fc.array(fc.string()))
    const headers = fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), value)
    fc.assert(
      fc.property(headers, (some) => {
        for (const window of readQuota('groq', some, now, 'm')) {
          for (const number of [window.limit, window.remaining, window.usedShare, window.resetsAt]) {
            assert.ok(number === undefined || (Number.isFinite(number) && number >= 0))
          }
        }
      }),
    )
  })
})

describe('the quotas in the body of a refusal', () => {
  const reading = { provider: 'gemini', model: 'm', headers: { date }, now }
  const google = (quotaId: string, retryDelay: string): string =>
    JSON.stringify({
      error: {
        code: 429,
        status: 'RESOURCE_EXHAUSTED',
        details: [
          { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: [{ quotaId, quotaValue: '50' }] },
          { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay },
        ],
      },
    })

  it('are a day’s at Google until midnight in California', () => {
    assert.deepEqual(readRefusalBody(google('GenerateRequestsPerDayPerProjectPerModel-FreeTier', '37s'), reading), [
      {
        id: 'requests/day',
        unit: 'requests',
        model: 'm',
        limit: 50,
        remaining: 0,
        resetsAt: Date.parse('2026-11-23T08:00:00Z'),
        lengthMs: day * 1000,
        exhausted: true,
        source: 'body',
        at: now,
      },
    ])
  })

  it('are a minute’s at Google for as long as RetryInfo says', () => {
    const [window] = readRefusalBody(google('GenerateContentInputTokensPerModelPerMinute-FreeTier', '37s'), reading)
    assert.equal(window?.id, 'input-tokens/minute')
    assert.equal(window.resetsAt, inSeconds(37))
  })

  it('are what OpenRouter repeats of its headers', () => {
    const body = JSON.stringify({
      error: {
        message: 'Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free model requests per day',
        code: 429,
        metadata: {
          headers: {
            'X-RateLimit-Limit': '50',
            'X-RateLimit-Remaining': '0',
            'X-RateLimit-Reset': String(now + day * 500),
          },
        },
      },
    })
    assert.deepEqual(readRefusalBody(body, reading), [
      {
        id: 'requests/day',
        unit: 'requests',
        model: 'm',
        limit: 50,
        remaining: 0,
        resetsAt: now + day * 500,
        lengthMs: day * 1000,
        source: 'body',
        at: now,
      },
    ])
  })

  it('are none in anything else', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (body) => {
        assert.deepEqual(readRefusalBody(body, reading), [])
      }),
    )
    assert.deepEqual(readRefusalBody('{"error":{"details":[{"@type":"QuotaFailure"}]}}', reading), [])
  })
})
