// Anthropic's headers: the limits a minute of an API key, and the windows of a subscription (`unified`), which say the share that
// is used and whether the vendor still serves. https://docs.anthropic.com/en/api/rate-limits; unified as Claude Code gets it, 2026-11.
import type { QuotaWindow } from '../../core/quota.ts'
import { numberIn, type QuotaReading, resetAt, textIn, windowOf } from './header-values.ts'

const units = ['requests', 'tokens', 'input-tokens', 'output-tokens'] as const
const prefix = 'anthropic-ratelimit-unified-'

export function readAnthropic(reading: QuotaReading): readonly QuotaWindow[] {
  const { headers, model, now } = reading
  const windows = units.flatMap((unit) => {
    const window = windowOf(
      {
        id: `${unit}/minute`,
        unit,
        model,
        limit: numberIn(headers, `anthropic-ratelimit-${unit}-limit`),
        remaining: numberIn(headers, `anthropic-ratelimit-${unit}-remaining`),
        resetsAt: resetAt(textIn(headers, `anthropic-ratelimit-${unit}-reset`), headers, now),
        lengthMs: 60_000,
        refills: true,
      },
      now,
    )
    return window ? [window] : []
  })
  return [...windows, ...readUnified(reading)]
}

/** `representative-claim` names the window that decided. */
const windowOfClaim: Readonly<Record<string, string>> = { five_hour: '5h', seven_day: '7d' }

function readUnified({ headers, model, now }: QuotaReading): readonly QuotaWindow[] {
  const status = textIn(headers, `${prefix}status`)
  const claim = textIn(headers, `${prefix}representative-claim`)
  const decisive = claim === undefined ? undefined : (windowOfClaim[claim] ?? claim.replace(/^seven_day_/, '7d_'))
  const windows: QuotaWindow[] = []
  for (const header in headers) {
    const name = header.startsWith(prefix)
      ? /^([0-9a-z_]+)-utilization$/.exec(header.slice(prefix.length))?.[1]
      : undefined
    // `overage` is money that may be spent beyond the plan, no window of it.
    if (name === undefined || name === 'overage') continue
    const usedShare = numberIn(headers, header)
    const own = textIn(headers, `${prefix}${name}-status`)
    const resetsAt = resetAt(textIn(headers, `${prefix}${name}-reset`), headers, now)
    const lengthMs = lengthOf(name)
    const isRejected = status === 'rejected' && (own === 'rejected' || decisive === name)
    windows.push({
      id: `unified/${name}`,
      unit: 'share',
      // Windows with more than a length in their name are about a family of models.
      ...(/^\d+[hd]$/.test(name) ? {} : { model }),
      ...(usedShare === undefined ? {} : { usedShare }),
      ...(resetsAt === undefined ? {} : { resetsAt }),
      ...(lengthMs === undefined ? {} : { lengthMs }),
      // All may be used and yet served: the vendor's own word counts.
      ...(status === undefined ? {} : { exhausted: isRejected }),
      source: 'header',
      at: now,
    })
  }
  if (status !== 'rejected' || windows.some((window) => window.exhausted)) return windows
  const resetsAt = resetAt(textIn(headers, `${prefix}reset`), headers, now)
  if (resetsAt === undefined) return windows
  const scope = claim === undefined || windowOfClaim[claim] !== undefined ? {} : { model }
  return [
    ...windows,
    {
      id: `unified/${decisive ?? 'plan'}`,
      unit: 'share',
      ...scope,
      resetsAt,
      exhausted: true,
      source: 'header',
      at: now,
    },
  ]
}

function lengthOf(name: string): number | undefined {
  const [, amount, unit] = /^(\d{1,3})([hd])/.exec(name) ?? []
  return amount === undefined ? undefined : Number(amount) * (unit === 'h' ? 3_600_000 : 86_400_000)
}
