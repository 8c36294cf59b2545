// A table of JSON documents by id, small enough to be held decoded: reads cost a look-up, and requests read it all the time.
import { type Database, readJson } from './database.ts'
import type { Write } from './persistence.ts'
import { type JsonText, jsonText, type Statement, statement } from './statement.ts'

export type Table = 'accounts' | 'combos' | 'keys' | 'settings' | 'state'

export function putStatement(table: Table, id: string, data: JsonText): Statement {
  return statement(
    `INSERT INTO ${table} (id, data) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET data = excluded.data`,
    [id, data],
  )
}

export function removeStatement(table: Table, id: string): Statement {
  return statement(`DELETE FROM ${table} WHERE id = ?`, [id])
}

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
    const written = this.#write([putStatement(this.#table, id, data)])
    // What a restart would read back, and nothing the caller may still change.
    documents.set(id, JSON.parse(data.json))
    await written
  }

  /** Removes the document together with what `also` says, all or nothing; `applied` runs when it is done in memory. */
  async remove(id: string, also: readonly Statement[] = [], applied?: () => void): Promise<void> {
    const documents = this.#documents()
    const written = this.#write([removeStatement(this.#table, id), ...also])
    documents.delete(id)
    applied?.()
    await written
  }

  /** The table was changed by other means: it is read again when it is next asked for. */
  reload(): void {
    this.#loaded = undefined
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
