// What can be called, indexed by every form of its name: accounts × models without those that the user blocked. Plain maps,
// built once for each catalogue.
import type { Account, AccountModel } from '../../core/account.ts'
import { capture, type Glob, parseGlob } from '../../core/glob.ts'
import { type ModelInfo, tiers } from '../../core/model.ts'
import type { ProviderDefinition } from '../../core/provider.ts'
import type { Target } from '../catalogue.ts'
import type { ModelChoice } from '../resolution.ts'

export interface ConnectedAccount {
  readonly account: Account
  readonly provider: ProviderDefinition
  /** Without the blocked ones. */
  readonly models: readonly (ModelInfo | AccountModel)[]
}

export interface Inventory {
  /** Enabled, of a known provider, in order. */
  readonly connected: readonly ConnectedAccount[]
  /** By public id. */
  readonly models: ReadonlyMap<string, ModelChoice>
  /** The public ids that a bare id has, one for each prefix. */
  readonly bareIds: ReadonlyMap<string, readonly string[]>
  /** Of bare ids whose model is blocked everywhere it is known. */
  readonly blockedBareIds: ReadonlyMap<string, string>
  isBlocked(publicId: string): boolean
  /** A model that is in no list, at the accounts under its prefix; undefined without such a prefix. Not for blocked ones. */
  passOn(name: string): ModelChoice | undefined
}

export interface InventorySource {
  readonly accounts: readonly Account[]
  /** What is known of an account's models, already merged. */
  readonly models: (account: Account) => readonly (ModelInfo | AccountModel)[]
  readonly providers: ReadonlyMap<string, ProviderDefinition>
  /** Globs. */
  readonly blocked: readonly string[]
}

/** Disabled accounts serve nothing; an account of an unknown provider is left out. */
export function takeInventory(source: InventorySource): Inventory {
  const isBlocked = anyOf(source.blocked)
  const connected: ConnectedAccount[] = []
  const targets = new Map<string, Target[]>()
  const bareIds = new Map<string, string[]>()
  const blockedBareIds = new Map<string, string>()
  const byPrefix = new Map<string, ConnectedAccount[]>()

  for (const account of inOrder(source.accounts)) {
    const provider = source.providers.get(account.provider)
    if (!provider || !account.enabled) continue
    const models: ModelInfo[] = []
    for (const model of source.models(account)) {
      const publicId = `${account.prefix}/${model.id}`
      if (isBlocked(publicId)) {
        blockedBareIds.set(model.id, publicId)
        continue
      }
      models.push(model)
      if (!targets.has(publicId)) append(bareIds, model.id, publicId)
      append(targets, publicId, { account, provider, model, publicId })
    }
    const one = { account, provider, models }
    connected.push(one)
    append(byPrefix, account.prefix, one)
  }
  for (const id of bareIds.keys()) blockedBareIds.delete(id)

  return {
    connected,
    models: new Map([...targets].map(([publicId, list]) => [publicId, toChoice(publicId, list)])),
    bareIds,
    blockedBareIds,
    isBlocked,
    passOn(name) {
      const slash = name.indexOf('/')
      if (slash <= 0 || slash === name.length - 1) return undefined
      const model: ModelInfo = { id: name.slice(slash + 1), limits: {}, capabilities: {} }
      const under = byPrefix.get(name.slice(0, slash))
      return (
        under &&
        toChoice(
          name,
          under.map(({ account, provider }) => ({ account, provider, model, publicId: name })),
        )
      )
    },
  }
}

/**
 * Whether one of the globs fits a name, whatever the case of its letters: many upstreams take an id in any case, and a blocked
 * model must not be reached by writing it differently.
 */
export function anyOf(globs: readonly string[]): (name: string) => boolean {
  if (globs.length === 0) return () => false
  const exact = new Set<string>()
  const open: Glob[] = []
  for (const glob of globs) {
    if (glob.includes('*')) open.push(parseGlob(glob.toLowerCase()))
    else exact.add(glob.toLowerCase())
  }
  return (name) => {
    const plain = name.toLowerCase()
    return exact.has(plain) || open.some((glob) => capture(glob, plain) !== undefined)
  }
}

function toChoice(publicId: string, targets: readonly Target[]): ModelChoice {
  return { kind: 'model', publicId, targets, weight: 1 }
}

/** Tier first, then the user's order, then age. */
function inOrder(accounts: readonly Account[]): Account[] {
  return [...accounts].sort(
    (a, b) =>
      tiers.indexOf(a.tier) - tiers.indexOf(b.tier) ||
      a.order - b.order ||
      a.createdAt - b.createdAt ||
      (a.id < b.id ? -1 : 1),
  )
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}
