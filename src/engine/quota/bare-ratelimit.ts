// `x-ratelimit-limit`, `-remaining` and `-reset` without a unit: OpenRouter (an instant in milliseconds) and Together, which adds
// `x-tokenlimit-…`. How long the window is, only the reset tells. OpenRouter's limits count for free models only, so they are
// booked with the model.
import type { QuotaWindow } from '../../core/quota.ts'
import { numberIn, type QuotaReading, resetAt, textIn, windowOf } from './header-values.ts'

const families = [
  ['x-ratelimit', 'requests'],
  ['x-tokenlimit', 'tokens'],
] as const

export function readBareRatelimit({ headers, model, now }: QuotaReading): readonly QuotaWindow[] {
  return families.flatMap(([family, unit]) => {
    const counts = {
      id: unit,
      unit,
      model,
      limit: numberIn(headers, `${family}-limit`),
      remaining: numberIn(headers, `${family}-remaining`),
      resetsAt: resetAt(textIn(headers, `${family}-reset`), headers, now),
    }
    const window = windowOf(counts, now)
    return window ? [window] : []
  })
}
