// What the engine knows of the world and should not have to learn again after a restart: health, quotas, budgets. Documents by
// name, written a moment later with the next frame: a crash may cost what was put in the last second.
import type { JsonValue } from '../core/json.ts'
import type { Database } from './database.ts'
import { Documents } from './documents.ts'
import type { Write } from './persistence.ts'

export class EngineState {
  readonly #documents: Documents<{ readonly value: JsonValue }>

  constructor(database: Database, write: Write) {
    this.#documents = new Documents(database, (entry) => write(entry, 'later'), 'state')
  }

  /** Undefined when it was never put; the reader checks the shape of what comes back. */
  get(name: string): unknown {
    return this.#documents.get(name)?.value
  }

  /** Whoever puts often gathers first. Nobody waits: a failure is logged where it happens, and costs no more than the knowledge. */
  put(name: string, value: JsonValue): void {
    this.#documents.put(name, { value }).catch(() => undefined)
  }

  remove(name: string): void {
    this.#documents.remove(name).catch(() => undefined)
  }
}
