// The combos of the user: named lists of models.
import type { Combo } from '../core/account.ts'
import type { Database } from './database.ts'
import { Documents } from './documents.ts'
import type { Write } from './persistence.ts'

export class Combos {
  readonly #documents: Documents<Combo>

  constructor(database: Database, write: Write) {
    this.#documents = new Documents(database, write, 'combos')
  }

  /** By name. */
  list(): Combo[] {
    return [...this.#documents.all().values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  }

  get(id: string): Combo | undefined {
    return this.#documents.get(id)
  }

  put(combo: Combo): Promise<void> {
    return this.#documents.put(combo.id, combo)
  }

  remove(id: string): Promise<void> {
    return this.#documents.remove(id)
  }
}
