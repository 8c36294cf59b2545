// What the body of a 429 says of windows, where headers say nothing: Google's QuotaFailure details and the headers that OpenRouter
// repeats in `metadata`. Only refusals are read here, so nothing of it costs an answer any time.
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { QuotaWindow } from '../../core/quota.ts'
import { allQuotas, isPerDay, msUntilPacificMidnight, retryDelayOf } from '../../wire/gemini-generate/error-details.ts'
import { parseJson, unwrapArray, wordOf } from '../../wire/json-text.ts'
import { clockOf } from '../../wire/upstream-failure.ts'
import { readBareRatelimit } from './bare-ratelimit.ts'
import { lengthOfPeriod, type QuotaReading, textIn, toNumber, windowOf } from './header-values.ts'

export function readRefusalBody(body: string, reading: QuotaReading): readonly QuotaWindow[] {
  if (body.length > 262_144 || !/QuotaFailure|ratelimit/i.test(body)) return []
  const error = unwrapArray(parseJson(body))?.['error']
  if (!isJsonObject(error)) return []
  return [...googleQuotas(error, reading), ...openRouterHeaders(error, reading)]
}

function googleQuotas(error: JsonObject, { model, headers, now }: QuotaReading): readonly QuotaWindow[] {
  const delay = retryDelayOf(error)
  return allQuotas(error).flatMap((quota) => {
    const name = wordOf(quota['quotaId'])
    const isDaily = isPerDay(quota)
    const period = isDaily ? 'day' : 'minute'
    const unit = !/token/i.test(name) ? 'requests' : /input/i.test(name) ? 'input-tokens' : 'tokens'
    // Daily quotas come back at midnight in California, whatever RetryInfo says.
    const wait = isDaily ? msUntilPacificMidnight(clockOf({ date: textIn(headers, 'date') ?? '' }, now)) : delay
    const window = windowOf(
      {
        id: `${unit}/${period}`,
        unit,
        model: /PerModel/i.test(name) || name === '' ? model : undefined,
        limit: toNumber(wordOf(quota['quotaValue'])),
        remaining: 0,
        resetsAt: wait === undefined ? undefined : now + wait,
        lengthMs: lengthOfPeriod(period),
        exhausted: true,
        source: 'body',
      },
      now,
    )
    return window ? [window] : []
  })
}

function openRouterHeaders(error: JsonObject, reading: QuotaReading): readonly QuotaWindow[] {
  const metadata = error['metadata']
  const repeated = isJsonObject(metadata) ? metadata['headers'] : undefined
  if (!isJsonObject(repeated)) return []
  const date = textIn(reading.headers, 'date')
  const headers: Record<string, string> = date === undefined ? {} : { date }
  for (const [name, value] of Object.entries(repeated)) headers[name.toLowerCase()] = wordOf(value)
  const period = /per-(min|day)/.exec(wordOf(error['message']))?.[1]
  return readBareRatelimit({ ...reading, headers }).map((window) => ({
    ...window,
    ...named(window, period),
    source: 'body',
  }))
}

function named({ unit }: QuotaWindow, period: string | undefined): Partial<QuotaWindow> {
  if (period === undefined) return {}
  const whole = period === 'min' ? 'minute' : period
  return { id: `${unit}/${whole}`, lengthMs: lengthOfPeriod(whole) ?? 0 }
}
