// What is shown of an account's quota windows and in which order. Pure. Past its reset a window is unknown, never full.
import type { StandingView } from '../../src/admin/contract.ts'

export type AccountStanding = StandingView['accounts'][number]
export type Quota = AccountStanding['quotas'][number]
export type Rest = AccountStanding['rests'][number]

/** For so long a window stays listed as unknown after its reset: windows of minutes would come and go all the time. */
const keptAfterResetMs = 3_600_000

export function hasReset({ resetsAt }: Quota, now: number): boolean {
  return resetsAt !== undefined && resetsAt <= now
}

/** From 0 to 1 what is left; undefined when that isn't known. */
export function shareLeft(quota: Quota, now: number): number | undefined {
  return hasReset(quota, now) ? undefined : quota.remainingShare
}

export function quotaKey({ window, unit, model }: Quota): string {
  return JSON.stringify([window, unit, model])
}

/** What the gateway tells, and those it told of before that have been reset since. */
export function withReset(before: readonly Quota[], told: readonly Quota[], now: number): Quota[] {
  const keys = new Set(told.map(quotaKey))
  const kept = before.filter(
    (quota) =>
      quota.resetsAt !== undefined &&
      quota.resetsAt <= now &&
      now - quota.resetsAt < keptAfterResetMs &&
      !keys.has(quotaKey(quota)),
  )
  return [...told, ...kept]
}

/** The tightest first, the unknown ones last; those alike by name, so that they keep their places. */
export function tightestFirst(quotas: readonly Quota[], now: number): Quota[] {
  return quotas
    .map((quota) => ({ quota, share: shareLeft(quota, now) ?? 2, key: quotaKey(quota) }))
    .sort((one, other) => one.share - other.share || (one.key < other.key ? -1 : 1))
    .map(({ quota }) => quota)
}

/** Each account's standing by its id. */
export function standingById(
  before: ReadonlyMap<string, AccountStanding>,
  { accounts }: Pick<StandingView, 'accounts'>,
  now: number,
): ReadonlyMap<string, AccountStanding> {
  return new Map(
    accounts.map((account) => {
      const quotas = withReset(before.get(account.id)?.quotas ?? [], account.quotas, now)
      return [account.id, { ...account, quotas }]
    }),
  )
}

/** Rests that aren't over: the account's own first, then the longest. Of those alike, which an account shares, one. */
export function currentRests(rests: readonly Rest[], now: number): Rest[] {
  const sorted = rests
    .filter(({ until }) => until > now)
    .sort(
      (one, other) => Number(one.model !== undefined) - Number(other.model !== undefined) || other.until - one.until,
    )
  return [...new Map(sorted.toReversed().map((rest) => [restKey(rest), rest])).values()].toReversed()
}

export function restKey({ model, shared, reason }: Rest): string {
  return JSON.stringify([model, shared, reason])
}

/** Whether something of it is shown in seconds, so that it has to be drawn anew each second. */
export function countsSeconds({ quotas, rests }: AccountStanding, now: number): boolean {
  const soon = (at: number | undefined) => at !== undefined && at > now - 2_000 && at < now + 95_000
  return quotas.some(({ resetsAt }) => soon(resetsAt)) || rests.some(({ until }) => soon(until))
}
