// The windows as they are kept over a restart. What is read back was on disk: it is checked, and what isn't understood is left out.
import * as z from 'zod'
import type { JsonObject } from '../../core/json.ts'
import type { QuotaWindow } from '../../core/quota.ts'
import { withinReason } from './window-life.ts'

const name = z.string().min(1).max(500)
const amount = z.number().nonnegative()
const windowShape = z.object({
  account: name,
  id: name,
  unit: z.enum(['requests', 'tokens', 'input-tokens', 'output-tokens', 'credits', 'share']),
  model: z.exactOptional(name),
  limit: z.exactOptional(amount),
  remaining: z.exactOptional(amount),
  usedShare: z.exactOptional(amount),
  resetsAt: z.exactOptional(amount),
  lengthMs: z.exactOptional(amount),
  exhausted: z.exactOptional(z.boolean()),
  refills: z.exactOptional(z.boolean()),
  source: z.enum(['header', 'body', 'endpoint']),
  at: amount,
  checkedAt: amount,
})

export interface KeptWindow {
  readonly accountId: string
  readonly window: QuotaWindow
  readonly checkedAt: number
}

export function windowToJson(accountId: string, window: QuotaWindow, checkedAt: number): JsonObject {
  return { ...window, account: accountId, checkedAt }
}

/** Times from a clock that has since been set back are brought back to `now`. */
export function jsonToWindows(value: unknown, now: number): readonly KeptWindow[] {
  if (!Array.isArray(value)) return []
  return value.slice(0, 20_000).flatMap((one) => {
    const parsed = windowShape.safeParse(one)
    if (!parsed.success) return []
    const { account, checkedAt, ...window } = parsed.data
    const at = Math.min(window.at, now)
    return [{ accountId: account, window: withinReason({ ...window, at }), checkedAt: Math.min(checkedAt, now) }]
  })
}
