// The two windows of a ChatGPT plan as the Codex backend tells them. Which is which length differs by plan (five hours, a week, a
// month): only `window-minutes` says. The percentage is rounded, so 100 alone doesn't mean that nothing more is served: that is
// what the refusal says.
import type { QuotaWindow } from '../../core/quota.ts'
import { numberIn, type QuotaReading, resetAt, textIn } from './header-values.ts'

const names = ['primary', 'secondary'] as const

export function readCodex({ headers, now }: QuotaReading): readonly QuotaWindow[] {
  return names.flatMap((name): QuotaWindow[] => {
    const used = numberIn(headers, `x-codex-${name}-used-percent`)
    const minutes = numberIn(headers, `x-codex-${name}-window-minutes`)
    // Free plans have one window; the other comes with a length of 0.
    if (used === undefined || minutes === 0) return []
    const seconds = numberIn(headers, `x-codex-${name}-reset-after-seconds`)
    const resetsAt = seconds ? now + seconds * 1000 : resetAt(textIn(headers, `x-codex-${name}-reset-at`), headers, now)
    return [
      {
        id: `codex/${name}`,
        unit: 'share',
        usedShare: used / 100,
        ...(resetsAt === undefined ? {} : { resetsAt }),
        ...(minutes === undefined ? {} : { lengthMs: minutes * 60_000 }),
        source: 'header',
        at: now,
      },
    ]
  })
}
