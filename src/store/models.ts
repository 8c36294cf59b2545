// The models of each account: what its upstream listed and what the user typed in, one row for each of the two.
import type { AccountModel } from '../core/account.ts'
import type { ModelInfo } from '../core/model.ts'
import { type Database, readJson } from './database.ts'
import type { Write } from './persistence.ts'
import { type JsonText, jsonText, type Statement, statement } from './statement.ts'

export type StoredSource = 'live' | 'user'
type BySource = Partial<Record<StoredSource, readonly AccountModel[]>>

const upsert =
  'INSERT INTO models (account, source, data) VALUES (?, ?, ?) ON CONFLICT (account, source) DO UPDATE SET data = excluded.data'

export function replaceModelsStatement(accountId: string, source: StoredSource, data: JsonText): Statement {
  return statement(upsert, [accountId, source, data])
}

export class AccountModels {
  readonly #database: Database
  readonly #write: Write
  #loaded: Map<string, BySource> | undefined

  constructor(database: Database, write: Write) {
    this.#database = database
    this.#write = write
  }

  /** Of one account or of all, the user's own first. A model may occur in both sources; the caller merges. */
  list(accountId?: string): AccountModel[] {
    const accounts = this.#accounts()
    const chosen = accountId === undefined ? [...accounts.values()] : [accounts.get(accountId) ?? {}]
    return chosen.flatMap(({ user = [], live = [] }) => [...user, ...live])
  }

  /** Replaces what the upstream listed before; what the user typed in stays. */
  replaceLive(accountId: string, models: readonly ModelInfo[]): Promise<void> {
    return this.#replace(accountId, 'live', models)
  }

  setUser(accountId: string, models: readonly ModelInfo[]): Promise<void> {
    return this.#replace(accountId, 'user', models)
  }

  /** The table was changed by other means: it is read again when it is next asked for. */
  reload(): void {
    this.#loaded = undefined
  }

  /** For removing an account: the statement, and the step after it has been applied. */
  removal(accountId: string): Statement {
    return statement('DELETE FROM models WHERE account = ?', [accountId])
  }

  forget(accountId: string): void {
    this.#loaded?.delete(accountId)
  }

  async #replace(accountId: string, source: StoredSource, models: readonly ModelInfo[]): Promise<void> {
    const accounts = this.#accounts()
    const data = jsonText(models)
    const written = this.#write([replaceModelsStatement(accountId, source, data)])
    const replaced = toAccountModels(accountId, source, JSON.parse(data.json))
    accounts.set(accountId, { ...accounts.get(accountId), [source]: replaced })
    await written
  }

  #accounts(): Map<string, BySource> {
    if (this.#loaded) return this.#loaded
    const accounts = new Map<string, BySource>()
    for (const [account, source, data] of this.#database.all('SELECT account, source, data FROM models')) {
      const accountId = String(account)
      const of = source === 'user' ? 'user' : 'live'
      const models = toAccountModels(accountId, of, readJson(data) as ModelInfo[])
      accounts.set(accountId, { ...accounts.get(accountId), [of]: models })
    }
    this.#loaded = accounts
    return accounts
  }
}

/** Fields are chosen, so that a caller's richer object (an `AccountModel`, say) does not leave its own source behind. */
function toAccountModels(accountId: string, source: StoredSource, models: readonly ModelInfo[]): AccountModel[] {
  return models.map((model) => ({ ...model, accountId, source }))
}
