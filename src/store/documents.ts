// A table of JSON documents by id, small enough to be held decoded: reads cost a look-up, and requests read it all the time.
import { type Database, readJson } from './database.ts'
import type { Write } from './persistence.ts'
import { jsonText, type Statement, statement } from './statement.ts'

type Table = 'accounts' | 'combos' | 'keys' | 'settings' | 'state'

export class Documents<T extends object> {
  readonly #database: Database
  readonly #write: Write
  readonly #table: Table
  #loaded: Map<string, T> | undefined

  constructor(database: Database, write: Write, table: Table) {
    this.#database = database
    this.#write = write
    this.#table = table
  }

  all(): ReadonlyMap<string, T> {
    return this.#documents()
  }

  get(id: string): T | undefined {
    return this.#documents().get(id)
  }

  async put(id: string, document: T): Promise<void> {
    const documents = this.#documents()
    const data = jsonText(document)
    const written = this.#write([
      statement(
        `INSERT INTO ${this.#table} (id, data) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET data = excluded.data`,
        [id, data],
      ),
    ])
    // What a restart would read back, and nothing the caller may still change.
    documents.set(id, JSON.parse(data.json))
    await written
  }

  /** Removes the document together with what `also` says, all or nothing; `applied` runs when it is done in memory. */
  async remove(id: string, also: readonly Statement[] = [], applied?: () => void): Promise<void> {
    const documents = this.#documents()
    const written = this.#write([statement(`DELETE FROM ${this.#table} WHERE id = ?`, [id]), ...also])
    documents.delete(id)
    applied?.()
    await written
  }

  #documents(): Map<string, T> {
    this.#loaded ??= new Map(
      this.#database
        .all(`SELECT id, data FROM ${this.#table}`)
        .map(([id, data]) => [String(id), readJson(data) as T] as const),
    )
    return this.#loaded
  }
}
