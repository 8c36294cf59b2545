// The IETF's rate limit headers in their three drafts: `ratelimit-limit: 100` …, `ratelimit: limit=100, remaining=50, reset=30`
// with `ratelimit-policy: 100;w=60`, and `ratelimit: "name";r=50;t=30` with `ratelimit-policy: "name";q=100;w=60`.
import type { QuotaWindow } from '../../core/quota.ts'
import { numberIn, type QuotaReading, resetAt, textIn, toNumber, windowOf } from './header-values.ts'

/** More than a vendor would name at a time. */
const most = 8

export function readIetf({ headers, model, now }: QuotaReading): readonly QuotaWindow[] {
  const policy = (textIn(headers, 'ratelimit-policy') ?? '').slice(0, 1_000)
  const text = (textIn(headers, 'ratelimit') ?? '').slice(0, 1_000)
  const named = text.includes('"') ? namedItems(text) : []
  if (named.length > 0) {
    const policies = new Map(namedItems(policy))
    return named.flatMap(([name, item]) =>
      one(
        name,
        field(item, 'r'),
        field(item, 't'),
        field(policies.get(name) ?? '', 'q'),
        field(policies.get(name) ?? '', 'w'),
      ),
    )
  }
  const remaining = field(text, 'remaining') ?? textIn(headers, 'ratelimit-remaining')
  const reset = field(text, 'reset') ?? textIn(headers, 'ratelimit-reset')
  const limit = field(text, 'limit') ?? textIn(headers, 'ratelimit-limit')
  return one('requests', remaining, reset, limit, field(policy, 'w'))

  function one(
    id: string,
    remainingText: string | undefined,
    resetText: string | undefined,
    limitText: string | undefined,
    lengthText: string | undefined,
  ): QuotaWindow[] {
    const seconds = toNumber(lengthText)
    const window = windowOf(
      {
        id,
        unit: 'requests',
        model,
        // `100, 100;w=60`: the first number is the limit that applies.
        limit: toNumber(/^\s*(\d{1,15})/.exec(limitText ?? '')?.[1]) ?? numberIn(headers, 'ratelimit-limit'),
        remaining: toNumber(remainingText),
        resetsAt: resetAt(resetText, headers, now),
        lengthMs: seconds === undefined ? undefined : seconds * 1000,
      },
      now,
    )
    return window ? [window] : []
  }
}

function namedItems(text: string): (readonly [string, string])[] {
  return [...text.matchAll(/"([^"]{1,60})"([^",]{0,200})/g)]
    .slice(0, most)
    .map(([, name = '', rest = '']) => [name, rest])
}

function field(text: string, key: string): string | undefined {
  return new RegExp(`(?:^|[;,\\s])${key}=(\\d{1,15})`).exec(text)?.[1]
}
