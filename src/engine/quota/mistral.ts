// Mistral's limits of tokens by size: `[x-]ratelimitbysize-{limit,remaining,reset}[-{period}]`. Its others are x-ratelimit headers.
import type { QuotaWindow } from '../../core/quota.ts'
import { lengthOfPeriod, numberIn, type QuotaReading, resetAt, textIn, windowOf } from './header-values.ts'

const periods = ['minute', 'month'] as const

export function readBySize({ headers, model, now }: QuotaReading): readonly QuotaWindow[] {
  return periods.flatMap((period) => {
    const isMinute = period === 'minute'
    const counts = {
      id: `tokens-by-size/${period}`,
      unit: 'tokens',
      model,
      limit:
        numberIn(headers, `x-ratelimitbysize-limit-${period}`) ??
        (isMinute ? numberIn(headers, 'ratelimitbysize-limit') : undefined),
      remaining:
        numberIn(headers, `x-ratelimitbysize-remaining-${period}`) ??
        (isMinute ? numberIn(headers, 'ratelimitbysize-remaining') : undefined),
      resetsAt: isMinute ? resetAt(textIn(headers, 'ratelimitbysize-reset'), headers, now) : undefined,
      lengthMs: lengthOfPeriod(period),
    } as const
    const window = windowOf(counts, now)
    return window ? [window] : []
  })
}
