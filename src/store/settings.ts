// Small named values that belong to the data rather than to the editor's settings.
import type { JsonValue } from '../core/json.ts'
import type { Database } from './database.ts'
import { Documents } from './documents.ts'
import type { Write } from './persistence.ts'

export class Settings {
  readonly #documents: Documents<{ readonly value: JsonValue }>

  constructor(database: Database, write: Write) {
    this.#documents = new Documents(database, write, 'settings')
  }

  reload(): void {
    this.#documents.reload()
  }

  /** Undefined when it was never put; the reader checks the shape of what comes back. */
  get(key: string): unknown {
    return this.#documents.get(key)?.value
  }

  put(key: string, value: JsonValue): Promise<void> {
    return this.#documents.put(key, { value })
  }

  remove(key: string): Promise<void> {
    return this.#documents.remove(key)
  }
}
