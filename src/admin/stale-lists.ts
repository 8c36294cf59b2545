// Model lists that are older than a day are fetched anew when the gateway starts.
import type { Account } from '../core/account.ts'
import { refreshModels } from './accounts.ts'
import type { Config } from './config.ts'
import type { AdminContext } from './context.ts'

const maxAgeMs = 24 * 3600_000
const fetchedSetting = (accountId: string): string => `models.fetched.${accountId}`

/** In the background, one after another; a server that is off keeps its last known list. */
export async function refreshStaleLists(context: AdminContext, config: Config | undefined): Promise<void> {
  for (const account of staleAccounts(context, config)) {
    try {
      await refreshModels(context, account.id)
      await context.store.settings.put(fetchedSetting(account.id), context.now())
    } catch (error) {
      context.log.info(`model list of ${account.label}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
}

/** Accounts with models from a configuration keep to those. */
function staleAccounts({ store, providers, now }: AdminContext, config: Config | undefined): Account[] {
  const fixed = new Set(config?.accounts.filter((entry) => entry.models !== undefined).map((entry) => entry.id))
  return store.accounts.list().filter((account) => {
    if (!account.enabled || fixed.has(account.id) || !providers.get(account.provider)?.modelList) return false
    const fetched = store.settings.get(fetchedSetting(account.id))
    return typeof fetched !== 'number' || now() - fetched > maxAgeMs
  })
}
