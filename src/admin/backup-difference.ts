// What putting one configuration in the place of another would do: the change itself and, for people, one line for each record.
// Pure. Secrets have no part in it: accounts keep the keys they have, and the default key of the user's tools stays as it is.
import type { Account, AccountModel } from '../core/account.ts'
import type { JsonValue } from '../core/json.ts'
import type { ModelInfo } from '../core/model.ts'
import type { RoutingSettings } from '../core/settings.ts'
import type { Configuration, ConfigurationChange } from '../store/configuration.ts'
import type { BackupDifference } from './contract-backup.ts'
import { type RoutingSection, readRoutingSettings } from './routing-settings.ts'

/** The key whose secret this machine keeps for "Copy Key"; its hash belongs to that secret. */
const defaultKeyId = 'default'

export interface RestorePlan {
  readonly differences: readonly BackupDifference[]
  readonly change: ConfigurationChange
  /** Accounts that are new or call another server than before: what was learned of them is void. */
  readonly touched: readonly string[]
}

export function planRestore(
  now: Configuration,
  current: RoutingSettings,
  backup: Configuration,
  tailOf: (accountId: string) => string | undefined,
): RestorePlan {
  const differences: BackupDifference[] = []
  const accounts = compare(
    'account',
    now.accounts.map((account) => withTail(account, tailOf(account.id))),
    backup.accounts.map((account) => withTail(account, tailOf(account.id))),
    ({ label }) => label,
    differences,
  )
  const known = new Set(now.accounts.map(({ id }) => id))
  const models = backup.accounts.flatMap((account) => {
    const own = modelsOf(backup.models, account.id, 'user')
    const same = contentOf(own) === contentOf(modelsOf(now.models, account.id, 'user'))
    if (!same && known.has(account.id)) {
      differences.push({ kind: 'models', id: account.id, name: account.label, change: 'changed' })
    }
    const live = modelsOf(backup.models, account.id, 'live')
    return [
      ...(same ? [] : [{ accountId: account.id, source: 'user' as const, models: own }]),
      // A list fetched since is newer than the backup's.
      ...(known.has(account.id) || live.length === 0
        ? []
        : [{ accountId: account.id, source: 'live' as const, models: live }]),
    ]
  })
  const combos = compare('combo', now.combos, backup.combos, ({ name }) => name, differences)
  const others = (keys: Configuration['keys']): Configuration['keys'] => keys.filter(({ id }) => id !== defaultKeyId)
  const keys = compare('key', others(now.keys), others(backup.keys), ({ name }) => name, differences)
  const routing = routingAfter(current, backup.routing, differences)
  return {
    differences,
    change: { accounts, combos, keys, models, ...(routing === undefined ? {} : { routing }) },
    touched: [...accounts.put.map(({ id }) => id), ...accounts.remove],
  }
}

/** The same text for values that mean the same, whatever the order of their fields. */
export function contentOf(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}

function compare<T extends { readonly id: string }>(
  kind: BackupDifference['kind'],
  now: readonly T[],
  backup: readonly T[],
  nameOf: (record: T) => string,
  differences: BackupDifference[],
): { put: T[]; remove: string[] } {
  const current = new Map(now.map((record) => [record.id, record]))
  const put = backup.filter((record) => contentOf(current.get(record.id)) !== contentOf(record))
  const wanted = new Set(backup.map(({ id }) => id))
  const gone = now.filter(({ id }) => !wanted.has(id))
  for (const record of put) {
    const change = current.has(record.id) ? 'changed' : 'added'
    differences.push({ kind, id: record.id, name: nameOf(record), change })
  }
  for (const record of gone) differences.push({ kind, id: record.id, name: nameOf(record), change: 'removed' })
  return { put, remove: gone.map(({ id }) => id) }
}

/** Undefined when nothing would change. A section that can't be read in the backup stays as it is now. */
function routingAfter(current: RoutingSettings, kept: unknown, differences: BackupDifference[]): JsonValue | undefined {
  const { settings, damaged } = readRoutingSettings(kept)
  const sections = Object.keys(settings) as RoutingSection[]
  const changed = sections.filter(
    (section) => !damaged.includes(section) && contentOf(settings[section]) !== contentOf(current[section]),
  )
  if (changed.length === 0) return undefined
  for (const section of changed) differences.push({ kind: 'setting', id: section, name: section, change: 'changed' })
  const taken = Object.fromEntries(changed.map((section) => [section, settings[section]]))
  return structuredClone({ ...current, ...taken }) as unknown as JsonValue
}

function withTail({ keyTail: _, ...account }: Account, tail: string | undefined): Account {
  return tail === undefined ? account : { ...account, keyTail: tail }
}

export function modelsOf(
  models: readonly AccountModel[],
  accountId: string,
  source: AccountModel['source'],
): ModelInfo[] {
  return models
    .filter((model) => model.accountId === accountId && model.source === source)
    .map(({ accountId: _, source: __, ...model }) => model)
}
