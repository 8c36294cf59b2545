// The accounts of the user, without their secrets.
import type { Account } from '../core/account.ts'
import type { Database } from './database.ts'
import { Documents } from './documents.ts'
import type { AccountModels } from './models.ts'
import type { Write } from './persistence.ts'

export class Accounts {
  readonly #documents: Documents<Account>
  readonly #models: AccountModels

  constructor(database: Database, write: Write, models: AccountModels) {
    this.#documents = new Documents(database, write, 'accounts')
    this.#models = models
  }

  reload(): void {
    this.#documents.reload()
  }

  /** In the user's order. */
  list(): Account[] {
    return [...this.#documents.all().values()].sort(
      (a, b) => a.order - b.order || a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1),
    )
  }

  get(id: string): Account | undefined {
    return this.#documents.get(id)
  }

  put(account: Account): Promise<void> {
    return this.#documents.put(account.id, account)
  }

  /** Its models go with it. */
  remove(id: string): Promise<void> {
    return this.#documents.remove(id, [this.#models.removal(id)], () => this.#models.forget(id))
  }
}
