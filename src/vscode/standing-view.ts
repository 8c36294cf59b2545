// What people are told of how the accounts stand: which of them rest and why, and which quota is nearest to its end. Pure.
import type { StandingView } from '../admin/contract.ts'
import { formatInstant, formatShare } from './format.ts'
import type { Localizer } from './localizer.ts'

type Quota = StandingView['accounts'][number]['quotas'][number]

/** The words of somebody's language at one instant. */
export interface Wording {
  readonly l10n: Localizer
  readonly language: string
  /** Epoch milliseconds. */
  readonly now: number
}

export interface RestingAccount {
  readonly id: string
  readonly label: string
  /** One line for each thing that keeps it from work. */
  readonly reasons: readonly string[]
}

/** The accounts that rest, or have a quota that is used up, in the order of the accounts. */
export function restingAccounts({ accounts }: Pick<StandingView, 'accounts'>, wording: Wording): RestingAccount[] {
  const { l10n, now } = wording
  return accounts.flatMap(({ id, label, rests, quotas }) => {
    const reasons = [
      ...rests
        .filter(({ until }) => until > now)
        .map(({ reason, model, shared, until }) =>
          reasonText(shared ? l10n.t('{0} (all accounts of this provider)', reason) : reason, model, until, wording),
        ),
      ...quotas
        .filter((quota) => quota.remainingShare === 0 && isCurrent(quota, now))
        .map((quota) => reasonText(l10n.t('quota {0} used up', quota.window), quota.model, quota.resetsAt, wording)),
    ]
    return reasons.length === 0 ? [] : [{ id, label, reasons }]
  })
}

/** The quota of which the least is left, in words; undefined when none is known. */
export function tightestQuotaText(
  { accounts }: Pick<StandingView, 'accounts'>,
  { l10n, language, now }: Wording,
): string | undefined {
  let tightest: { label: string; quota: Quota; share: number } | undefined
  for (const { label, quotas } of accounts) {
    for (const quota of quotas) {
      const share = quota.remainingShare
      if (share === undefined || !isCurrent(quota, now)) continue
      if (tightest === undefined || share < tightest.share) tightest = { label, quota, share }
    }
  }
  if (tightest === undefined) return undefined
  const { label, quota, share } = tightest
  const left = formatShare(share, language)
  if (quota.resetsAt === undefined) return l10n.t('Tightest quota: {0}, {1}, {2} left', label, quota.window, left)
  const reset = formatInstant(quota.resetsAt, now, language)
  return l10n.t('Tightest quota: {0}, {1}, {2} left until {3}', label, quota.window, left, reset)
}

/** After its reset nothing is known of a window before the next answer. */
function isCurrent({ resetsAt }: Quota, now: number): boolean {
  return resetsAt === undefined || resetsAt > now
}

function reasonText(
  reason: string,
  model: string | undefined,
  until: number | undefined,
  { l10n, language, now }: Wording,
): string {
  const why = model === undefined ? reason : `${model}: ${reason}`
  return until === undefined ? why : l10n.t('{0} until {1}', why, formatInstant(until, now, language))
}
