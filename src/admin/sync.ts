// The leader's side of Settings Sync: what the editor may carry to other machines, each record under a key that means the same there,
// and taking over what came from them. No accounts, no keys, no secrets. What can't be used on this machine is named and left.
import { randomUUID } from 'node:crypto'
import type { Account } from '../core/account.ts'
import type { JsonValue } from '../core/json.ts'
import type { ModelInfo } from '../core/model.ts'
import { type Alias, type Combo, toComboMember } from '../core/routing.ts'
import { defaultRoutingSettings, type RoutingSettings } from '../core/settings.ts'
import type { ConfigurationChange } from '../store/configuration.ts'
import { configurationChanged, refuseReadOnly } from './backup.ts'
import { contentOf, modelsOf } from './backup-difference.ts'
import { refuseConflicts } from './bundle.ts'
import { modelInfo } from './bundle-format.ts'
import type { AdminContext } from './context.ts'
import { comboInput, type MethodOutput, type MethodParsed } from './contract.ts'
import type { SyncValue } from './contract-backup.ts'
import { type RoutingSection, routingPatch, routingSections } from './routing-settings.ts'

const ownSetting = 'sync.own'

/** Those of the configuration file belong to its machine. */
const managed = (combo: Combo): boolean => combo.id.startsWith('config:')

export function readSync(context: AdminContext): MethodOutput<'sync.read'> {
  const { accounts, models, combos } = context.store.configuration()
  const routing = context.routing.current()
  const items = new Map<string, SyncValue['value']>()
  const add = (key: string, value: unknown): void => {
    if (!items.has(key)) items.set(key, structuredClone(value) as SyncValue['value'])
  }
  for (const combo of combos.filter((one) => !managed(one))) {
    const { id: _, ...shared } = combo
    add(`combo:${combo.name}`, shared)
  }
  for (const { pattern, target } of routing.aliases) add(`alias:${pattern}`, target)
  for (const { id, prefix } of accounts) {
    for (const model of modelsOf(models, id, 'user')) add(`model:${prefix}/${model.id}`, model)
  }
  for (const section of sectionNames) {
    const value = routing[section]
    // What nobody has changed says nothing, and must not undo what another machine has.
    if (contentOf(value) !== contentOf(defaultRoutingSettings[section])) add(`routing:${section}`, value)
  }
  return {
    items: [...items].map(([key, value]) => ({ key, value })),
    prefixes: [...new Set(accounts.map(({ prefix }) => prefix))],
    own: (context.store.settings.get(ownSetting) ?? null) as SyncValue['value'],
  }
}

export async function keepSync(context: AdminContext, own: SyncValue['value']): Promise<void> {
  refuseReadOnly(context)
  await context.store.settings.put(ownSetting, own as JsonValue)
}

/** Aliases are records of their own; which proxy leads out belongs to a machine. */
const notSections: readonly string[] = ['aliases', 'network']
const sectionNames = (Object.keys(routingSections) as RoutingSection[]).filter(
  (section) => !notSections.includes(section),
)

export async function applySync(
  context: AdminContext,
  { put, remove }: MethodParsed<'sync.apply'>,
): Promise<MethodOutput<'sync.apply'>> {
  refuseReadOnly(context)
  const skipped: { key: string; reason: string }[] = []
  const draft = draftOf(context)
  for (const key of remove) attempt(key, skipped, () => takeAway(draft, key))
  for (const { key, value } of put) attempt(key, skipped, () => takeOver(draft, { key, value }))
  const change = changeOf(context, draft)
  if (Object.keys(change).length > 0) {
    await context.store.change(change)
    configurationChanged(context, [])
  }
  return { skipped }
}

/** The present state, to be changed step by step before any of it is stored. */
interface Draft {
  readonly context: AdminContext
  readonly accounts: readonly Account[]
  combos: readonly Combo[]
  aliases: readonly Alias[]
  readonly models: Map<string, readonly ModelInfo[]>
  readonly sections: Record<string, unknown>
}

function draftOf(context: AdminContext): Draft {
  const { accounts, combos, models } = context.store.configuration()
  return {
    context,
    accounts,
    combos,
    aliases: context.routing.current().aliases,
    models: new Map(accounts.map(({ id }) => [id, modelsOf(models, id, 'user')])),
    sections: {},
  }
}

function attempt(key: string, skipped: { key: string; reason: string }[], step: () => void): void {
  try {
    step()
  } catch (error) {
    const reason = error instanceof Error && !('issues' in error) ? error.message : 'Its content is not understood.'
    skipped.push({ key, reason })
  }
}

function takeOver(draft: Draft, { key, value }: SyncValue): void {
  const [kind, name] = split(key)
  switch (kind) {
    case 'combo': {
      const parsed = comboInput.parse(value)
      const mine = draft.combos.find((combo) => combo.name === name)
      if (mine && managed(mine)) throw new Error('The configuration file of this machine has a combo of this name.')
      const combo = { ...parsed, name, members: parsed.members.map(toComboMember), id: mine?.id ?? randomUUID() }
      const combos = [...draft.combos.filter((other) => other.id !== combo.id), combo]
      refuseConflicts({ ...draft.context.store.configuration(), combos })
      draft.combos = combos
      return
    }
    case 'alias': {
      const [alias] = routingPatch.parse({ aliases: [{ pattern: name, target: value }] }).aliases ?? []
      if (!alias) return
      const known = draft.aliases.some(({ pattern }) => pattern === name)
      draft.aliases = known
        ? draft.aliases.map((each) => (each.pattern === name ? alias : each))
        : [...draft.aliases, alias]
      return
    }
    case 'model': {
      const model = modelInfo.parse(value)
      const accounts = accountsOf(draft, name)
      const holder = accounts.find(({ id }) => draft.models.get(id)?.some((own) => own.id === model.id)) ?? accounts[0]
      if (!holder) throw new Error('No account on this machine has this prefix.')
      const own = (draft.models.get(holder.id) ?? []).filter(({ id }) => id !== model.id)
      draft.models.set(holder.id, [...own, model])
      return
    }
    default:
      Object.assign(draft.sections, routingPatch.parse({ [sectionOf(kind, name)]: value }))
  }
}

function takeAway(draft: Draft, key: string): void {
  const [kind, name] = split(key)
  switch (kind) {
    case 'combo':
      draft.combos = draft.combos.filter((combo) => combo.name !== name || managed(combo))
      return
    case 'alias':
      draft.aliases = draft.aliases.filter(({ pattern }) => pattern !== name)
      return
    case 'model':
      for (const { id, prefix } of accountsOf(draft, name)) {
        const others = (draft.models.get(id) ?? []).filter((model) => `${prefix}/${model.id}` !== name)
        draft.models.set(id, others)
      }
      return
    default: {
      const section = sectionOf(kind, name)
      draft.sections[section] = defaultRoutingSettings[section]
    }
  }
}

function changeOf(context: AdminContext, draft: Draft): ConfigurationChange {
  const now = context.store.configuration()
  const current: RoutingSettings = context.routing.current()
  const kept = new Map(now.combos.map((combo) => [combo.id, contentOf(combo)]))
  const put = draft.combos.filter((combo) => kept.get(combo.id) !== contentOf(combo))
  const remove = now.combos.filter(({ id }) => !draft.combos.some((combo) => combo.id === id)).map(({ id }) => id)
  const models = [...draft.models]
    .filter(([id, own]) => contentOf(own) !== contentOf(modelsOf(now.models, id, 'user')))
    .map(([accountId, own]) => ({ accountId, source: 'user' as const, models: own }))
  const routing = { ...current, aliases: draft.aliases, ...draft.sections }
  return {
    ...(put.length + remove.length === 0 ? {} : { combos: { put, remove } }),
    ...(models.length === 0 ? {} : { models }),
    ...(contentOf(routing) === contentOf(current) ? {} : { routing: structuredClone(routing) as unknown as JsonValue }),
  }
}

/** Accounts of the prefix that a public model id begins with. */
function accountsOf({ accounts }: Draft, publicId: string): Account[] {
  return accounts.filter(({ prefix }) => publicId.startsWith(`${prefix}/`))
}

function split(key: string): [kind: string, name: string] {
  const colon = key.indexOf(':')
  return [key.slice(0, Math.max(colon, 0)), key.slice(colon + 1)]
}

function sectionOf(kind: string, name: string): RoutingSection {
  const section = sectionNames.find((known) => known === name)
  if (kind === 'routing' && section !== undefined) return section
  throw new Error('This version of OmniRoute does not know it.')
}
