// The gateway's own keys, as hashes. `findByHash` runs for every request.
import type { GatewayKey } from '../core/account.ts'
import type { Database } from './database.ts'
import { Documents } from './documents.ts'
import type { Write } from './persistence.ts'

export class Keys {
  readonly #documents: Documents<GatewayKey>
  #byHash: ReadonlyMap<string, GatewayKey> | undefined

  constructor(database: Database, write: Write) {
    this.#documents = new Documents(database, write, 'keys')
  }

  reload(): void {
    this.#documents.reload()
    this.#byHash = undefined
  }

  /** Oldest first. */
  list(): GatewayKey[] {
    return [...this.#documents.all().values()].sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1))
  }

  findByHash(hash: string): GatewayKey | undefined {
    this.#byHash ??= new Map(this.list().map((key) => [key.hash, key]))
    return this.#byHash.get(hash)
  }

  put(key: GatewayKey): Promise<void> {
    const written = this.#documents.put(key.id, key)
    this.#byHash = undefined
    return written
  }

  remove(id: string): Promise<void> {
    const written = this.#documents.remove(id)
    this.#byHash = undefined
    return written
  }
}
