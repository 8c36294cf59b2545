// What importing a file would do, item by item, and the one change that comes of a person's choices. Pure. An address that would get
// a key it was not entered for is never taken over: whoever writes a file could have my key sent to a server of theirs.
import type { Account, AccountModel } from '../core/account.ts'
import type { JsonValue } from '../core/json.ts'
import type { Combo } from '../core/routing.ts'
import { defaultRoutingSettings, type RoutingSettings } from '../core/settings.ts'
import type { Configuration, ConfigurationChange } from '../store/configuration.ts'
import { contentOf, modelsOf } from './backup-difference.ts'
import type { AccountSecrets, Bundle, BundleAccount } from './bundle-format.ts'
import type { BundleChoice, BundleItem } from './contract-backup.ts'
import type { RoutingSection } from './routing-settings.ts'

export interface BundleWorld {
  readonly now: Configuration
  readonly routing: RoutingSettings
  /** The secrets of my account, as far as there are any. */
  readonly secretsOf: (accountId: string) => AccountSecrets
  readonly newId: () => string
}

export type Choose = (kind: BundleItem['kind'], id: string) => BundleChoice | undefined

export interface BundlePlan {
  readonly items: readonly (BundleItem & { readonly chosen: BundleChoice })[]
  readonly change: ConfigurationChange
  /** What is to be kept as the secrets of accounts. */
  readonly secrets: readonly (AccountSecrets & { readonly accountId: string })[]
}

type Item = BundlePlan['items'][number]

export function planImport(bundle: Bundle, world: BundleWorld, choose: Choose = () => undefined): BundlePlan {
  const items: Item[] = []
  const decide = (item: BundleItem): BundleChoice => {
    const wish = choose(item.kind, item.id)
    const chosen = wish !== undefined && item.choices.includes(wish) ? wish : (item.choices[0] ?? 'mine')
    items.push({ ...item, chosen })
    return chosen
  }
  const accounts = planAccounts(bundle, world, decide)
  const models = planModels(bundle, world, accounts, decide)
  const combos = planCombos(bundle, world, decide)
  const routing = planRouting(bundle, world, accounts.idOf, decide)
  return {
    items,
    secrets: accounts.secrets,
    change: {
      ...(accounts.put.length === 0 ? {} : { accounts: { put: accounts.put } }),
      ...(combos.length === 0 ? {} : { combos: { put: combos } }),
      ...(models.length === 0 ? {} : { models }),
      ...(routing === undefined ? {} : { routing }),
    },
  }
}

interface PlannedAccounts {
  readonly put: Account[]
  readonly secrets: (AccountSecrets & { readonly accountId: string })[]
  /** The id here of an account of the file; undefined when it was left out. */
  readonly idOf: ReadonlyMap<string, string>
  /** Ids of the file whose accounts are added. */
  readonly added: ReadonlySet<string>
}

function planAccounts(bundle: Bundle, world: BundleWorld, decide: (item: BundleItem) => BundleChoice): PlannedAccounts {
  const { now, secretsOf, newId } = world
  const put: Account[] = []
  const secrets: PlannedAccounts['secrets'] = []
  const idOf = new Map<string, string>()
  const added = new Set<string>()
  const taken = new Set(now.accounts.map(({ id }) => id))
  const firstOrder = now.accounts.length === 0 ? 0 : Math.max(...now.accounts.map(({ order }) => order)) + 1
  for (const [index, theirs] of bundle.accounts.entries()) {
    const opened = bundle.opened[theirs.id] ?? {}
    const mine = findAccount(now.accounts, theirs)
    const withSecret = opened.key !== undefined || opened.headers !== undefined
    const about = { kind: 'account', id: theirs.id, name: theirs.label, withSecret } as const
    const chosen = decide({ ...about, ...(mine ? judgeAccount(mine, theirs, opened, secretsOf(mine.id)) : fresh) })
    if (chosen === 'mine') {
      if (mine) idOf.set(theirs.id, mine.id)
      continue
    }
    const id = chosen === 'theirs' && mine ? mine.id : taken.has(theirs.id) ? newId() : theirs.id
    taken.add(id)
    idOf.set(theirs.id, id)
    const replaces = chosen === 'theirs' ? mine : undefined
    if (!replaces) added.add(theirs.id)
    const order = now.accounts.length === 0 ? theirs.order : firstOrder + index
    const label =
      chosen === 'both'
        ? freeName(
            theirs.label,
            ' ',
            now.accounts.map((account) => account.label),
          )
        : theirs.label
    const { baseUrl: _, ...rest } = replaces ?? {}
    put.push({
      // What the file doesn't carry, such as the account's proxy, stays.
      ...rest,
      ...theirs,
      id,
      label,
      headers: Object.fromEntries(theirs.headers.map((name) => [name, ''])),
      order: replaces?.order ?? order,
      createdAt: replaces?.createdAt ?? theirs.createdAt,
    })
    if (withSecret) secrets.push({ ...opened, accountId: id })
  }
  return { put, secrets, idOf, added }
}

const fresh = { state: 'new', choices: ['theirs', 'mine'] } satisfies Partial<BundleItem>

function findAccount(accounts: readonly Account[], theirs: BundleAccount): Account | undefined {
  const alike = ({ provider, label, baseUrl }: Account): boolean =>
    provider === theirs.provider && label === theirs.label && baseUrl === theirs.baseUrl
  return accounts.find(({ id }) => id === theirs.id) ?? accounts.find(alike)
}

function judgeAccount(
  mine: Account,
  theirs: BundleAccount,
  opened: AccountSecrets,
  held: AccountSecrets,
): Pick<BundleItem, 'state' | 'choices' | 'note'> {
  const facts = ({ provider, label, prefix, tier, enabled, baseUrl }: Account | BundleAccount): unknown[] => [
    provider,
    label,
    prefix,
    tier,
    enabled,
    baseUrl,
  ]
  const sameFacts =
    contentOf(facts(mine)) === contentOf(facts(theirs)) &&
    contentOf(Object.keys(mine.headers).sort()) === contentOf(theirs.headers.toSorted())
  const sameSecrets =
    (opened.key === undefined || opened.key === held.key) &&
    (opened.headers === undefined || contentOf(opened.headers) === contentOf(held.headers ?? {}))
  if (sameFacts && sameSecrets) return { state: 'same', choices: ['mine'] }
  const elsewhere = mine.provider !== theirs.provider || mine.baseUrl !== theirs.baseUrl
  const keyWouldFollow = held.key !== undefined && opened.key === undefined
  const headersWouldFollow = Object.keys(held.headers ?? {}).length > 0 && opened.headers === undefined
  if (elsewhere && (keyWouldFollow || headersWouldFollow)) {
    const note =
      'The file names another server for this account. Its key would be sent there, so it can only be added beside.'
    return { state: 'differs', choices: ['mine', 'both'], note }
  }
  return { state: 'differs', choices: ['mine', 'theirs', 'both'] }
}

function planModels(
  bundle: Bundle,
  { now }: BundleWorld,
  { idOf, added }: PlannedAccounts,
  decide: (item: BundleItem) => BundleChoice,
): NonNullable<ConfigurationChange['models']>[number][] {
  return bundle.models.flatMap(({ account, source, models }) => {
    const accountId = idOf.get(account)
    if (accountId === undefined) return []
    if (added.has(account)) return [{ accountId, source, models }]
    // A list that was fetched here is newer than the file's.
    if (source === 'live') return []
    const mine = modelsOf(now.models, accountId, 'user')
    const name = bundle.accounts.find(({ id }) => id === account)?.label ?? account
    const about = { kind: 'models', id: account, name, withSecret: false } as const
    const judged: Pick<BundleItem, 'state' | 'choices'> =
      contentOf(mine) === contentOf(models)
        ? { state: 'same', choices: ['mine'] }
        : mine.length === 0
          ? fresh
          : { state: 'differs', choices: ['mine', 'theirs', 'both'] }
    const chosen = decide({ ...about, ...judged })
    if (chosen === 'mine') return []
    const kept = chosen === 'both' ? mine.filter(({ id }) => !models.some((model) => model.id === id)) : []
    return [{ accountId, source, models: [...kept, ...models] }]
  })
}

function planCombos(bundle: Bundle, { now, newId }: BundleWorld, decide: (item: BundleItem) => BundleChoice): Combo[] {
  const ids = new Set(now.combos.map(({ id }) => id))
  const names = now.combos.map(({ name }) => name)
  return bundle.combos.flatMap((theirs): Combo[] => {
    const mine = now.combos.find(({ name }) => name === theirs.name) ?? now.combos.find(({ id }) => id === theirs.id)
    const about = { kind: 'combo', id: theirs.id, name: theirs.name, withSecret: false } as const
    const judged: Pick<BundleItem, 'state' | 'choices'> = !mine
      ? fresh
      : contentOf({ ...mine, id: '' }) === contentOf({ ...theirs, id: '' })
        ? { state: 'same', choices: ['mine'] }
        : { state: 'differs', choices: ['mine', 'theirs', 'both'] }
    const chosen = decide({ ...about, ...judged })
    if (chosen === 'mine') return []
    if (chosen === 'theirs' && mine) return [{ ...theirs, id: mine.id }]
    const name = freeName(theirs.name, '-', names)
    names.push(name)
    const id = ids.has(theirs.id) ? newId() : theirs.id
    ids.add(id)
    return [{ ...theirs, id, name }]
  })
}

function planRouting(
  bundle: Bundle,
  { routing }: BundleWorld,
  idOf: ReadonlyMap<string, string>,
  decide: (item: BundleItem) => BundleChoice,
): JsonValue | undefined {
  const { aliases = [], ...sections } = withAccountIds(bundle.routing, idOf)
  const changed: Record<string, unknown> = {}
  let merged = routing.aliases
  for (const alias of aliases) {
    const mine = merged.find(({ pattern }) => pattern === alias.pattern)
    const about = { kind: 'alias', id: alias.pattern, name: alias.pattern, withSecret: false } as const
    const judged: Pick<BundleItem, 'state' | 'choices'> = !mine
      ? fresh
      : mine.target === alias.target
        ? { state: 'same', choices: ['mine'] }
        : { state: 'differs', choices: ['mine', 'theirs'] }
    if (decide({ ...about, ...judged }) === 'mine') continue
    merged = mine ? merged.map((each) => (each === mine ? alias : each)) : [...merged, alias]
    changed['aliases'] = merged
  }
  for (const [section, theirs] of Object.entries(sections)) {
    if (theirs === undefined) continue
    const mine = contentOf(routing[section as RoutingSection])
    const about = { kind: 'setting', id: section, name: section, withSecret: false } as const
    const judged: Pick<BundleItem, 'state' | 'choices'> =
      mine === contentOf(theirs)
        ? { state: 'same', choices: ['mine'] }
        : mine === contentOf(defaultRoutingSettings[section as RoutingSection])
          ? fresh
          : { state: 'differs', choices: ['mine', 'theirs'] }
    if (decide({ ...about, ...judged }) !== 'mine') changed[section] = theirs
  }
  if (Object.keys(changed).length === 0) return undefined
  return structuredClone({ ...routing, ...changed }) as unknown as JsonValue
}

/** Limits and budgets name accounts by ids, which may be others here. */
function withAccountIds(routing: Bundle['routing'], idOf: ReadonlyMap<string, string>): Bundle['routing'] {
  const here = (id: string): string => idOf.get(id) ?? id
  const { limits, budgets } = routing
  return {
    ...routing,
    ...(limits && {
      limits: limits.map((rule) => (rule.account === undefined ? rule : { ...rule, account: here(rule.account) })),
    }),
    ...(budgets && {
      budgets: budgets.map((budget) =>
        budget.scope.kind === 'account' ? { ...budget, scope: { ...budget.scope, id: here(budget.scope.id) } } : budget,
      ),
    }),
  }
}

function freeName(name: string, separator: string, taken: readonly string[]): string {
  if (!taken.includes(name)) return name
  for (let number = 2; ; number++) {
    const candidate = `${name}${separator}${number}`
    if (!taken.includes(candidate)) return candidate
  }
}

/** The state after a change, for checking it before it is made. */
export function configurationAfter(now: Configuration, change: ConfigurationChange): Configuration {
  const after = <T extends { readonly id: string }>(
    list: readonly T[],
    part: { readonly put?: readonly T[]; readonly remove?: readonly string[] } = {},
  ): T[] => {
    const replaced = new Map((part.put ?? []).map((record) => [record.id, record]))
    const kept = list.filter(({ id }) => !replaced.has(id) && !part.remove?.includes(id))
    return [...kept, ...replaced.values()]
  }
  const lists = change.models ?? []
  const kept = now.models.filter(
    ({ accountId, source }) => !lists.some((list) => list.accountId === accountId && list.source === source),
  )
  const models: AccountModel[] = lists.flatMap(({ accountId, source, models: list }) =>
    list.map((model) => ({ ...model, accountId, source })),
  )
  return {
    accounts: after(now.accounts, change.accounts),
    combos: after(now.combos, change.combos),
    keys: after(now.keys, change.keys),
    models: [...kept, ...models],
    routing: change.routing ?? now.routing,
  }
}
