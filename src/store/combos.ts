// The combos of the user: named lists of models.
import { type Combo, toComboMember } from '../core/routing.ts'
import type { Database } from './database.ts'
import { Documents } from './documents.ts'
import type { Write } from './persistence.ts'

export class Combos {
  readonly #documents: Documents<Combo>

  constructor(database: Database, write: Write) {
    this.#documents = new Documents(database, write, 'combos')
  }

  reload(): void {
    this.#documents.reload()
  }

  /** By name. */
  list(): Combo[] {
    return [...this.#documents.all().values()]
      .map(current)
      .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  }

  get(id: string): Combo | undefined {
    const combo = this.#documents.get(id)
    return combo && current(combo)
  }

  put(combo: Combo): Promise<void> {
    return this.#documents.put(combo.id, combo)
  }

  remove(id: string): Promise<void> {
    return this.#documents.remove(id)
  }
}

/** Until 0.1 members were bare names. */
function current(combo: Combo): Combo {
  return { ...combo, members: combo.members.map(toComboMember) }
}
