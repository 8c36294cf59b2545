// What a notification says of a quota that is nearly used up, and of accounts that need their user. Pure.
import { formatInstant, formatShare } from '../format.ts'
import type { Wording } from '../standing-view.ts'
import type { AccountTrouble } from './accounts.ts'
import type { QuotaReached } from './quotas.ts'

export function quotaText({ account, quota, usedShare }: QuotaReached, { l10n, language, now }: Wording): string {
  const name = quota.model === undefined ? quota.window : `${quota.window}, ${quota.model}`
  const used = formatShare(Math.min(usedShare, 1), language)
  if (quota.resetsAt === undefined) return l10n.t('{0}: {1} of the quota {2} is used.', account, used, name)
  const reset = formatInstant(quota.resetsAt, now, language)
  return l10n.t('{0}: {1} of the quota {2} is used. It is whole again at {3}.', account, used, name, reset)
}

/** All of one kind. */
export function accountsText(troubles: readonly AccountTrouble[], { l10n }: Pick<Wording, 'l10n'>): string {
  const labels = troubles.map(({ label }) => label).join(', ')
  if (troubles.some(({ kind }) => kind === 'refused')) {
    return l10n.t(
      'The key of {0} is refused by its provider. Requests go to other accounts until it is replaced.',
      labels,
    )
  }
  return l10n.t('{0} can not be used: there is no key in this editor.', labels)
}
