// What accounts are called and how they are, in words.
import type { AccountView, ProviderView } from '../../src/admin/contract.ts'
import { formatDistance, formatMoment } from '../format.ts'
import type { IconColor, IconName } from '../icon.ts'
import { t } from '../l10n.ts'

export type Tier = ProviderView['tier']

export const tierOrder: readonly Tier[] = ['subscription', 'api-key', 'cheap', 'free', 'local']

export function tierName(tier: Tier): string {
  switch (tier) {
    case 'subscription':
      return t('Subscription')
    case 'api-key':
      return t('API key')
    case 'cheap':
      return t('Low cost')
    case 'free':
      return t('Free')
    case 'local':
      return t('Local')
  }
}

export interface StateWords {
  readonly icon: IconName
  readonly color: IconColor
  readonly text: string
  readonly detail?: string
}

/** The state of an account as icon and text; `now` lets a resting account count down, where the time isn't told elsewhere. */
export function stateWords(account: AccountView, now: number, isTimed = true): StateWords {
  const { kind, reason, until } = account.state
  const detail = reason ? { detail: t(reason) } : {}
  switch (kind) {
    case 'ready':
      return { icon: 'pass-filled', color: 'good', text: t('Ready'), ...detail }
    case 'resting': {
      const text =
        until === undefined || !isTimed
          ? t('Resting')
          : t('Resting until {0} ({1})', formatMoment(until, now), formatDistance(Math.max(until, now), now))
      return { icon: 'watch', color: 'waiting', text, ...detail }
    }
    case 'needs-key':
      return { icon: 'key', color: 'waiting', text: t('Needs a key'), ...detail }
    case 'disabled':
      return { icon: 'circle-slash', color: 'quiet', text: t('Off'), ...detail }
  }
}

/** The proxy that an account's calls go through, and who laid it down. */
export function viaWords({ via, host }: NonNullable<AccountView['route']>): string {
  switch (via) {
    case 'account':
      return t('via proxy {0} (account)', host)
    case 'provider':
      return t('via proxy {0} (provider)', host)
    case 'global':
      return t('via proxy {0} (all providers)', host)
  }
}
