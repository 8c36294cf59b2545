// What the user has laid down, as one value: read from any database of ours, and changed all or nothing. Restoring a backup,
// importing a file and the editor's Settings Sync change many records at once; a crash must leave the old ones or the new ones.
import type { Account, AccountModel, GatewayKey } from '../core/account.ts'
import type { JsonValue } from '../core/json.ts'
import type { ModelInfo } from '../core/model.ts'
import type { Combo } from '../core/routing.ts'
import type { Accounts } from './accounts.ts'
import type { Combos } from './combos.ts'
import { putStatement, removeStatement } from './documents.ts'
import type { Keys } from './keys.ts'
import { type AccountModels, replaceModelsStatement, type StoredSource } from './models.ts'
import type { Write } from './persistence.ts'
import type { Settings } from './settings.ts'
import { type Entry, jsonText, type Statement } from './statement.ts'

/** Under which name the routing settings are kept. */
export const routingSetting = 'routing'

export interface Configuration {
  readonly accounts: readonly Account[]
  readonly models: readonly AccountModel[]
  readonly combos: readonly Combo[]
  readonly keys: readonly GatewayKey[]
  /** As it was stored; the reader checks its shape. */
  readonly routing: unknown
}

export interface ConfigurationChange {
  readonly accounts?: Change<Account>
  readonly combos?: Change<Combo>
  readonly keys?: Change<GatewayKey>
  /** Lists that take the place of an account's own or listed models. */
  readonly models?: readonly {
    readonly accountId: string
    readonly source: StoredSource
    readonly models: readonly ModelInfo[]
  }[]
  readonly routing?: JsonValue
}

interface Change<T> {
  readonly put?: readonly T[]
  readonly remove?: readonly string[]
}

export interface ConfigurationTables {
  readonly accounts: Accounts
  readonly models: AccountModels
  readonly combos: Combos
  readonly keys: Keys
  readonly settings: Settings
}

export function readConfiguration({ accounts, models, combos, keys, settings }: ConfigurationTables): Configuration {
  return {
    accounts: accounts.list(),
    models: models.list(),
    combos: combos.list(),
    keys: keys.list(),
    routing: settings.get(routingSetting),
  }
}

/** In effect at once, resolves when it is on disk. Throws, having changed nothing, when it cannot be applied. */
export async function changeConfiguration(
  tables: ConfigurationTables,
  write: Write,
  change: ConfigurationChange,
): Promise<void> {
  const entry = toEntry(tables.models, change)
  if (entry.length === 0) return
  const written = write(entry)
  for (const table of Object.values(tables)) table.reload()
  await written
}

function toEntry(models: AccountModels, change: ConfigurationChange): Entry {
  const statements: Statement[] = []
  const add = (table: 'accounts' | 'combos' | 'keys', part: Change<{ readonly id: string }> | undefined): void => {
    for (const id of part?.remove ?? []) statements.push(removeStatement(table, id))
    for (const document of part?.put ?? []) statements.push(putStatement(table, document.id, jsonText(document)))
  }
  add('accounts', change.accounts)
  add('combos', change.combos)
  add('keys', change.keys)
  for (const id of change.accounts?.remove ?? []) statements.push(models.removal(id))
  for (const { accountId, source, models: list } of change.models ?? []) {
    statements.push(replaceModelsStatement(accountId, source, jsonText(list)))
  }
  if (change.routing !== undefined) {
    statements.push(putStatement('settings', routingSetting, jsonText({ value: change.routing })))
  }
  return statements
}
