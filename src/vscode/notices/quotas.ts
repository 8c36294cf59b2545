// Which quotas have come to a level that people want to know of: 80 and 95 percent used. Pure.
import type { StandingView } from '../../admin/contract.ts'

type Quota = StandingView['accounts'][number]['quotas'][number]

export interface QuotaReached {
  /** The same for the same account, window and level. */
  readonly key: string
  /** Keys of lower levels, which need not be told any more. */
  readonly below: readonly string[]
  readonly account: string
  readonly quota: Quota
  readonly usedShare: number
  /** Until when it is old news. */
  readonly until: number
}

const levels = [0.95, 0.8]
const hourMs = 3_600_000
/** How long a quota whose end is unknown counts as told. */
const unknownEndMs = 24 * hourMs

/** The highest level of each quota. Windows shorter than an hour fill up and empty too often to be news. */
export function quotasReached({ accounts }: Pick<StandingView, 'accounts'>, now: number): QuotaReached[] {
  return accounts.flatMap(({ id, label, quotas }) =>
    quotas.flatMap((quota): QuotaReached[] => {
      const left = quota.remainingShare
      const { resetsAt } = quota
      if (left === undefined || (resetsAt !== undefined && resetsAt <= now)) return []
      const lengthMs = quota.lengthMs ?? (resetsAt === undefined ? Number.POSITIVE_INFINITY : resetsAt - quota.at)
      if (lengthMs < hourMs) return []
      // A share of 0.05 left may come as 0.05000000000000004.
      const [level, ...lower] = levels.filter((each) => 1 - left >= each - 1e-9)
      if (level === undefined) return []
      const keyOf = (at: number) => JSON.stringify([id, quota.window, quota.unit, quota.model ?? '', at])
      return [
        {
          key: keyOf(level),
          below: lower.map(keyOf),
          account: label,
          quota,
          usedShare: 1 - left,
          until: resetsAt ?? now + unknownEndMs,
        },
      ]
    }),
  )
}
