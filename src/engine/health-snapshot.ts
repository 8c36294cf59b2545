// The entries of the health book as they are kept over a restart. What is read back was on disk: it is checked, and an entry that
// isn't understood is left out.
import * as z from 'zod'
import { type FailureCode, failures } from '../core/errors.ts'
import type { JsonObject } from '../core/json.ts'
import type { QuotaSource } from '../core/quota.ts'

export interface Entry {
  /** An account, or all accounts of a provider. */
  readonly account?: string | undefined
  readonly provider?: string | undefined
  /** Absent when the whole account rests. */
  readonly model?: string | undefined
  readonly code: FailureCode
  readonly until: number
  readonly named: boolean
  readonly at: number
  readonly source?: QuotaSource | undefined
  /** Failures in a row; kept beyond the rest. */
  readonly streak: number
  /** When somebody last found out whether the rest still holds. */
  checkedAt: number
}

/** No rest that is worth keeping is longer: the longest quota is a month. */
const longestMs = 31 * 24 * 3_600_000

const name = z.string().min(1).max(500)
const instant = z.number().nonnegative()
const entryShape = z.object({
  account: name.optional(),
  provider: name.optional(),
  model: name.optional(),
  code: z.string().refine((code): code is FailureCode => Object.hasOwn(failures, code)),
  until: instant,
  at: instant,
  checkedAt: instant,
  source: z.enum(['header', 'body', 'endpoint']).optional(),
})

export function entryToJson({ account, provider, model, code, until, at, checkedAt, source }: Entry): JsonObject {
  return { account, provider, model, code, until, at, checkedAt, source }
}

/** The entries that still hold at `now`. Times from a clock that has since been set back are brought back to `now`. */
export function jsonToEntries(value: unknown, now: number): Entry[] {
  if (!Array.isArray(value)) return []
  return value.slice(0, 5_000).flatMap((one) => {
    const { success, data } = entryShape.safeParse(one)
    if (!success || data.until <= now || (data.account === undefined && data.provider === undefined)) return []
    const at = Math.min(data.at, now)
    const until = Math.min(data.until, at + longestMs)
    if (until <= now) return []
    return [{ ...data, at, until, checkedAt: Math.min(data.checkedAt, now), named: true, streak: 0 }]
  })
}
