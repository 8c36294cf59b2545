// What a notification says of a budget that came to a level: whose it is, what is spent, what happens now. Pure.
import type { AccountView, KeyView, MethodOutput } from '../../admin/contract.ts'
import { formatDollars, formatInstant } from '../format.ts'
import type { Localizer } from '../localizer.ts'
import type { Wording } from '../standing-view.ts'
import type { BudgetReached } from './budgets.ts'

type Budget = MethodOutput<'settings.get'>['budgets'][number]

/** What the names in a budget's scope are read from. */
export interface KnownNames {
  readonly budgets: readonly Budget[]
  readonly accounts: readonly Pick<AccountView, 'id' | 'label' | 'provider' | 'providerName'>[]
  readonly keys: readonly Pick<KeyView, 'id' | 'name'>[]
}

/** `names` is absent when they could not be read; what is spent is told all the same. */
export function noticeText(reached: BudgetReached, names: KnownNames | undefined, wording: Wording): string {
  const { l10n, language, now } = wording
  const budget = names?.budgets.find(({ id }) => id === reached.id)
  const name = names === undefined || budget === undefined ? l10n.t('Budget') : nameOf(budget, names, l10n)
  const spent = formatDollars(reached.spentUsd, language)
  const sum = formatDollars(reached.usd, language)
  const end = formatInstant(reached.endsAt, now, language)
  switch (reached.level) {
    case 'warn':
      return l10n.t('{0}: {1} of {2} spent. It begins anew at {3}.', name, spent, sum, end)
    case 'reroute':
      return l10n.t('{0}: {1} of {2} spent. Cheaper tiers come first until {3}.', name, spent, sum, end)
    case 'stop':
      return l10n.t('{0}: {1} of {2} spent. Nothing more is spent until {3}.', name, spent, sum, end)
  }
}

function nameOf(budget: Budget, names: KnownNames, l10n: Localizer): string {
  const whose = scopeText(budget.scope, names, l10n)
  switch (budget.period) {
    case 'day':
      return l10n.t('Daily budget for {0}', whose)
    case 'week':
      return l10n.t('Weekly budget for {0}', whose)
    case 'month':
      return l10n.t('Monthly budget for {0}', whose)
  }
}

function scopeText(scope: Budget['scope'], { accounts, keys }: KnownNames, l10n: Localizer): string {
  switch (scope.kind) {
    case 'all':
      return l10n.t('all requests')
    case 'tier':
      return l10n.t('the tier "{0}"', tierText(scope.tier, l10n))
    case 'provider':
      return accounts.find(({ provider }) => provider === scope.id)?.providerName ?? scope.id
    case 'account':
      return l10n.t('the account "{0}"', accounts.find(({ id }) => id === scope.id)?.label ?? scope.id)
    case 'key':
      return l10n.t('the key "{0}"', keys.find(({ id }) => id === scope.id)?.name ?? scope.id)
    case 'workspace':
      return l10n.t('the workspace "{0}"', scope.id)
  }
}

function tierText(tier: AccountView['tier'], l10n: Localizer): string {
  switch (tier) {
    case 'subscription':
      return l10n.t('Subscription')
    case 'api-key':
      return l10n.t('API key')
    case 'cheap':
      return l10n.t('Low cost')
    case 'free':
      return l10n.t('Free')
    case 'local':
      return l10n.t('Local')
  }
}
