// The models that can be asked for: accounts × models, combos and `auto`, by public name. Built whole from plain data and
// then only read, so that resolving a name is a map look-up.
import type { Account, AccountModel } from '../core/account.ts'
import { GatewayError } from '../core/errors.ts'
import { type ModelInfo, tiers } from '../core/model.ts'
import type { ProviderDefinition } from '../core/provider.ts'
import type { Combo } from '../core/routing.ts'
import { nearestNames } from './nearest.ts'

/** Account × model: what one attempt calls. */
export interface Target {
  readonly account: Account
  readonly provider: ProviderDefinition
  readonly model: ModelInfo
  /** `<prefix>/<model>`. */
  readonly publicId: string
}

export interface CatalogueEntry {
  readonly publicId: string
  readonly targets: readonly Target[]
}

export interface Catalogue {
  readonly accounts: readonly Account[]
  /** Every model by public id, with the accounts that serve it in order. */
  readonly entries: readonly CatalogueEntry[]
  readonly combos: readonly Combo[]
  /** Ordered candidates for a name as a client writes it. Throws `unknown_model` or `no_target`. */
  resolve(name: string): readonly Target[]
}

export interface CatalogueSource {
  readonly accounts: readonly Account[]
  /** What is known of an account's models, already merged. */
  readonly models: (account: Account) => readonly (ModelInfo | AccountModel)[]
  readonly combos: readonly Combo[]
  readonly providers: ReadonlyMap<string, ProviderDefinition>
}

export const automaticRoute = 'auto'

/** Builds the catalogue. Disabled accounts serve nothing; an account of an unknown provider is left out. */
export function buildCatalogue(source: CatalogueSource): Catalogue {
  const accounts = inOrder(
    source.accounts.filter((account) => account.enabled && source.providers.has(account.provider)),
  )
  const byId = new Map<string, Target[]>()
  const byBareId = new Map<string, Set<string>>()
  const byPrefix = new Map<string, Account[]>()
  const automatic: Target[] = []

  for (const account of accounts) {
    const provider = source.providers.get(account.provider)
    if (!provider) continue
    append(byPrefix, account.prefix, account)
    const models = source.models(account)
    for (const model of models) {
      const target = { account, provider, model, publicId: `${account.prefix}/${model.id}` }
      append(byId, target.publicId, target)
      const bare = byBareId.get(model.id) ?? new Set()
      byBareId.set(model.id, bare.add(target.publicId))
    }
    const preferred = models.find((model) => model.id === provider.defaultModel) ?? models[0]
    if (preferred)
      automatic.push({ account, provider, model: preferred, publicId: `${account.prefix}/${preferred.id}` })
  }
  // The demo must never stand in for a real account in silence: it takes part only while there is nothing else.
  const real = automatic.filter((target) => !target.provider.builtIn)
  const automaticTargets = real.length > 0 ? real : automatic
  const combos = new Map(source.combos.filter((combo) => combo.enabled).map((combo) => [combo.name, combo]))

  /** Each combo is expanded once, wherever it is nested: that ends cycles and keeps the work linear. */
  function lookUp(name: string, expanded: Set<string>): readonly Target[] {
    const combo = combos.get(name)
    if (combo) {
      if (expanded.has(name)) return []
      expanded.add(name)
      return unique(combo.members.flatMap((member) => lookUp(member.model, expanded)))
    }
    const exact = byId.get(name)
    if (exact) return exact
    if (name === automaticRoute) return automaticTargets
    const passedOn = underPrefix(name)
    if (passedOn.length > 0) return passedOn
    const bare = byBareId.get(name)
    if (bare?.size === 1) return byId.get([...bare][0] ?? '') ?? []
    return []
  }

  /** A model that is in no list is passed on as it is, to the accounts under its prefix. */
  function underPrefix(name: string): Target[] {
    const slash = name.indexOf('/')
    if (slash <= 0 || slash === name.length - 1) return []
    const model: ModelInfo = { id: name.slice(slash + 1), limits: {}, capabilities: {} }
    return (byPrefix.get(name.slice(0, slash)) ?? []).flatMap((account) => {
      const provider = source.providers.get(account.provider)
      return provider ? [{ account, provider, model, publicId: name }] : []
    })
  }

  return {
    accounts,
    entries: [...byId].map(([publicId, targets]) => ({ publicId, targets })),
    combos: source.combos,
    resolve(name) {
      const targets = lookUp(name, new Set())
      if (targets.length > 0) return targets
      if (combos.has(name)) {
        throw new GatewayError(
          'no_target',
          `No member of the combo "${name}" belongs to an account that is connected and enabled.`,
        )
      }
      if (name === automaticRoute) throw new GatewayError('no_target', 'No account is connected and enabled yet.')
      const near = nearestNames(name, [...byId.keys(), ...combos.keys()])
      const hint = near.length > 0 ? ` Did you mean ${near.map((one) => `"${one}"`).join(' or ')}?` : ''
      throw new GatewayError('unknown_model', `There is no model or combo "${name.slice(0, 200)}".${hint}`, {
        parameter: 'model',
      })
    },
  }
}

/** Bundled facts, the upstream's live list and the user's own entries as one list; the more specific source wins. */
export function mergeModels(
  bundled: readonly ModelInfo[],
  live: readonly ModelInfo[],
  user: readonly ModelInfo[],
): ModelInfo[] {
  const facts = new Map(bundled.map((model) => [model.id, model]))
  const merged = new Map<string, ModelInfo>()
  for (const model of live.length > 0 ? live : bundled) merged.set(model.id, overlay(facts.get(model.id), model))
  for (const model of user) merged.set(model.id, overlay(merged.get(model.id) ?? facts.get(model.id), model))
  return [...merged.values()]
}

function overlay(base: ModelInfo | undefined, top: ModelInfo): ModelInfo {
  if (!base) return top
  return {
    ...base,
    ...top,
    limits: { ...base.limits, ...top.limits },
    capabilities: { ...base.capabilities, ...top.capabilities },
  }
}

/** Tier first, then the user's order, then age. A built-in provider comes last in its tier. */
function inOrder(accounts: readonly Account[]): Account[] {
  return [...accounts].sort(
    (a, b) =>
      tiers.indexOf(a.tier) - tiers.indexOf(b.tier) ||
      a.order - b.order ||
      a.createdAt - b.createdAt ||
      (a.id < b.id ? -1 : 1),
  )
}

function unique(targets: readonly Target[]): Target[] {
  const seen = new Set<string>()
  return targets.filter((target) => {
    const key = `${target.account.id} ${target.model.id}`
    return !seen.has(key) && seen.add(key)
  })
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}
