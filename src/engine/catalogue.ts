// The models that can be asked for: accounts × models, combos and `auto`, by public name. Built whole from plain data and
// then only read, so that resolving a name is a map look-up.
import { LRUCache } from 'lru-cache'
import type { Account, AccountModel } from '../core/account.ts'
import { GatewayError } from '../core/errors.ts'
import type { ModelInfo } from '../core/model.ts'
import type { ProviderDefinition } from '../core/provider.ts'
import type { Combo, Origin } from '../core/routing.ts'
import { defaultRoutingSettings, type RoutingSettings } from '../core/settings.ts'
import { indexNames } from './nearest.ts'
import type { Resolution } from './resolution.ts'
import { sortAliases } from './resolve/aliases.ts'
import { automaticRoutes } from './resolve/automatic.ts'
import { anyOf, takeInventory } from './resolve/inventory.ts'
import type { DefaultModel, Refusal } from './resolve/meaning.ts'
import { type Answer, createResolver } from './resolve/resolver.ts'
import { targetsOf } from './resolve/targets.ts'

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
  /** What lists show: the user's name for it, or the vendor's. */
  readonly name: string
  /** False for a hidden one: it can be called, but lists leave it out. */
  readonly listed: boolean
  readonly targets: readonly Target[]
}

export interface Catalogue {
  readonly accounts: readonly Account[]
  /** Every model that can be called, by public id, with the accounts that serve it in order. Blocked ones are not here. */
  readonly entries: readonly CatalogueEntry[]
  readonly combos: readonly Combo[]
  /**
   * What a name means as a client writes it, for whoever asks. Throws `unknown_model`, `model_blocked` or `no_target`. The same name
   * gives the same object as long as it is asked for often enough.
   */
  find(name: string, origin?: Origin): Resolution
  /** All targets of a name, in the order in which they stand in the user's tree. Throws as `find` does. */
  resolve(name: string): readonly Target[]
}

export interface CatalogueSource {
  readonly accounts: readonly Account[]
  /** What is known of an account's models, already merged. */
  readonly models: (account: Account) => readonly (ModelInfo | AccountModel)[]
  readonly combos: readonly Combo[]
  readonly providers: ReadonlyMap<string, ProviderDefinition>
  readonly settings?: RoutingSettings
}

export const automaticRoute = 'auto'

/** Names whose meaning is kept, and the length from which a name is not worth keeping: no model's is so long. */
const keptNames = 2_000
const keptLength = 300

/** In the memory of answers: what this name means depends on who asks. */
const dependsOnOrigin = Symbol('depends on who asks')
type Kept = Resolution | Refused | typeof dependsOnOrigin

/** Kept instead of the error, which belongs to one request. */
class Refused {
  readonly code: Refusal['refused']
  readonly message: string

  constructor(code: Refusal['refused'], message: string) {
    this.code = code
    this.message = message
  }
}

/** Builds the catalogue. Disabled accounts serve nothing; an account of an unknown provider is left out. */
export function buildCatalogue(source: CatalogueSource): Catalogue {
  const { aliases, models, defaults } = source.settings ?? defaultRoutingSettings
  const inventory = takeInventory({ ...source, blocked: models.blocked })
  const isHidden = anyOf(models.hidden)
  const entries = [...inventory.models.values()].map(({ publicId, targets }): CatalogueEntry => {
    const facts = targets[0]?.model
    const given = Object.hasOwn(models.names, publicId) ? models.names[publicId] : undefined
    return { publicId, name: given ?? facts?.name ?? facts?.id ?? publicId, listed: !isHidden(publicId), targets }
  })
  const resolver = createResolver(inventory, source.combos, sortAliases(aliases))
  const kept = new LRUCache<string, Kept>({ max: keptNames })
  const keptByOrigin = new LRUCache<string, Resolution | Refused>({ max: keptNames })
  let nearest: ((name: string) => string[]) | undefined

  function find(name: string, origin?: Origin): Resolution {
    const known = kept.get(name)
    if (known !== undefined && known !== dependsOnOrigin) return unwrap(known)
    const standIn = defaultFor(defaults, origin)
    const key = `${standIn?.words}\n${standIn?.model}\n${name}`
    const knownHere = known === undefined ? undefined : keptByOrigin.get(key)
    if (knownHere) return unwrap(knownHere)
    const answer = resolver(name, standIn)
    const result = toResult(name, answer)
    if (name.length <= keptLength) {
      kept.set(name, answer.dependsOnDefault ? dependsOnOrigin : result)
      if (answer.dependsOnDefault) keptByOrigin.set(key, result)
    }
    return unwrap(result)
  }

  function toResult(asked: string, { meaning, steps }: Answer): Resolution | Refused {
    if ('choice' in meaning) {
      const { choice, reasoning } = meaning
      return reasoning ? { asked, root: choice, reasoning, steps } : { asked, root: choice, steps }
    }
    const way = steps.length > 0 ? ` (${steps.join('; ')}).` : '.'
    return new Refused(meaning.refused, meaning.message.replace(/\.$/, '') + way + hint(meaning.unknown))
  }

  function hint(unknown: string | undefined): string {
    if (unknown === undefined) return ''
    nearest ??= indexNames([
      ...entries.filter(({ listed }) => listed).map(({ publicId }) => publicId),
      ...source.combos.filter(({ enabled }) => enabled).map((combo) => combo.name),
      ...aliases.map(({ pattern }) => pattern).filter((pattern) => !pattern.includes('*')),
      ...automaticRoutes,
    ])
    const near = nearest(unknown).map((one) => `"${one}"`)
    return near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : ''
  }

  return {
    accounts: inventory.connected.map(({ account }) => account),
    entries,
    combos: source.combos,
    find,
    resolve: (name) => targetsOf(find(name).root),
  }
}

/** The key's own default, else the workspace's, else the general one. */
function defaultFor(defaults: RoutingSettings['defaults'], origin: Origin | undefined): DefaultModel | undefined {
  const { keyId, workspace } = origin ?? {}
  const ofKey = own(defaults.perKey, keyId)
  if (ofKey) return { model: ofKey, words: 'default model of this key' }
  const ofWorkspace = own(defaults.perWorkspace, workspace)
  if (ofWorkspace) return { model: ofWorkspace, words: `default model of the workspace "${workspace}"` }
  return defaults.model ? { model: defaults.model, words: 'default model' } : undefined
}

/** A workspace's name is whatever a client says: it must not reach what every object inherits. */
function own(record: Readonly<Record<string, string>>, key: string | undefined): string | undefined {
  return key !== undefined && Object.hasOwn(record, key) ? record[key] : undefined
}

function unwrap(result: Resolution | Refused): Resolution {
  if (!(result instanceof Refused)) return result
  throw new GatewayError(result.code, result.message, result.code === 'no_target' ? {} : { parameter: 'model' })
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
