// What the tests of the engine share: accounts, providers and targets with chosen fields.
import type { Account } from '../../src/core/account.ts'
import type { ModelInfo } from '../../src/core/model.ts'
import type { ProviderDefinition } from '../../src/core/provider.ts'
import type { CatalogueSource, Target } from '../../src/engine/catalogue.ts'

export function provider(id: string, more: Partial<ProviderDefinition> = {}): ProviderDefinition {
  return {
    id,
    name: id.toUpperCase(),
    tier: 'api-key',
    wires: ['openai-chat'],
    baseUrl: `http://${id}.invalid/v1`,
    auth: { header: 'authorization', scheme: 'Bearer' },
    key: 'required',
    models: [],
    checked: '2026-11-22',
    ...more,
  }
}

export function account(id: string, more: Partial<Account> = {}): Account {
  return {
    id,
    provider: 'groq',
    label: `Account ${id}`,
    prefix: 'groq',
    tier: 'api-key',
    enabled: true,
    headers: {},
    order: 0,
    createdAt: 0,
    ...more,
  }
}

export function model(id: string, more: Partial<ModelInfo> = {}): ModelInfo {
  return { id, limits: {}, capabilities: {}, ...more }
}

export function target(accountId: string, more: { provider?: ProviderDefinition; model?: string } = {}): Target {
  const definition = more.provider ?? provider('groq')
  const own = account(accountId, { provider: definition.id, prefix: accountId })
  const info = model(more.model ?? 'm')
  return { account: own, provider: definition, model: info, publicId: `${own.prefix}/${info.id}` }
}

/** A source for `buildCatalogue`; each account's models are given by its id. */
export function source(
  accounts: readonly Account[],
  models: Readonly<Record<string, readonly string[]>>,
  more: Partial<CatalogueSource> = {},
): CatalogueSource {
  const providers = [...new Set(accounts.map((one) => one.provider))].map((id) =>
    provider(id, id === 'demo' ? { builtIn: true, key: 'none' } : {}),
  )
  return {
    accounts,
    models: (one) => (models[one.id] ?? []).map((id) => model(id)),
    combos: [],
    providers: new Map(providers.map((one) => [one.id, one])),
    ...more,
  }
}
