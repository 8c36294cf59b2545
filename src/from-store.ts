// What the engine asks of the stored state: the catalogue that is built from it, and which roll-ups a budget is about.
import type { Credentials } from './admin/context.ts'
import { withSecrets } from './admin/credentials.ts'
import type { Account } from './core/account.ts'
import type { ProviderDefinition } from './core/provider.ts'
import type { Budget, RoutingSettings } from './core/settings.ts'
import { buildCatalogue, type Catalogue, mergeModels, type Target } from './engine/catalogue.ts'
import type { RollupFilter } from './store/rollups.ts'
import type { Store } from './store/store.ts'

/** The targets of a public id; none when an account is gone by now. */
export function targetsNamed(catalogue: Catalogue, publicId: string): readonly Target[] {
  try {
    return catalogue.resolve(publicId)
  } catch {
    return []
  }
}

/** Everything that can be asked for, from what is stored and what providers ship. */
export function readCatalogue(
  store: Store,
  byId: ReadonlyMap<string, ProviderDefinition>,
  credentials: Pick<Credentials, 'headers' | 'proxy'>,
  settings: RoutingSettings,
): Catalogue {
  return buildCatalogue({
    settings,
    accounts: store.accounts.list().map((account) => withSecrets(account, credentials)),
    combos: store.combos.list(),
    providers: byId,
    models: (account) => {
      const own = store.models.list(account.id)
      const live = own.filter((model) => model.source === 'live')
      const user = own.filter((model) => model.source === 'user')
      const bundled = byId.get(account.provider)?.models ?? []
      return mergeModels(bundled, live, user)
    },
  })
}

/** The accounts, keys or workspaces that a budget is about, as roll-ups know them. */
export function scopeInRollups(scope: Budget['scope'], { accounts }: Pick<Store, 'accounts'>): RollupFilter {
  const idsOf = (fits: (account: Account) => boolean): string[] =>
    accounts
      .list()
      .filter(fits)
      .map(({ id }) => id)
  switch (scope.kind) {
    case 'all':
      return {}
    case 'tier':
      return { account: idsOf(({ tier }) => tier === scope.tier) }
    case 'provider':
      return { account: idsOf(({ provider }) => provider === scope.id) }
    default:
      return { [scope.kind]: [scope.id] }
  }
}
