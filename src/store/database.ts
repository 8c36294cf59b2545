// SQLite in memory (sql.js), with prepared statements kept by their text. Knows nothing of disks: the caller makes durable what
// it applies here. sql.js is loaded on first use, because most of a cold start's time in this folder goes there.
import { readFile } from 'node:fs/promises'
import type { Database as SqlJsDatabase, Statement as SqlJsStatement, SqlJsStatic, SqlValue } from 'sql.js'
import { GatewayError } from '../core/errors.ts'
import { type Entry, isJsonText, type Parameter } from './statement.ts'

export type { SqlJsStatic as Sqlite, SqlValue } from 'sql.js'

/** Free pages are given back when they are most of the database, as after clearing the log. */
const vacuumAbove = { pages: 64, share: 0.75 }

const loaded = new Map<string, Promise<SqlJsStatic>>()

/** One engine serves all databases that the process opens, one after the other. */
export function loadSqlite(wasmPath: string): Promise<SqlJsStatic> {
  const engine = loaded.get(wasmPath) ?? instantiate(wasmPath)
  loaded.set(wasmPath, engine)
  engine.catch(() => loaded.delete(wasmPath))
  return engine
}

async function instantiate(wasmPath: string): Promise<SqlJsStatic> {
  const [{ default: initialise }, wasm] = await Promise.all([import('sql.js'), readWasm(wasmPath)])
  return initialise({ wasmBinary: new Uint8Array(wasm).buffer })
}

export class Database {
  readonly #database: SqlJsDatabase
  readonly #statements = new Map<string, SqlJsStatement>()
  #closed = false

  constructor(sqlite: SqlJsStatic, image?: Uint8Array) {
    this.#database = new sqlite.Database(image)
    // All of it is memory, and one connection is all there is: SQLite need not lock or sync anything.
    this.#database.run('PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE')
    this.#database.run('PRAGMA temp_store=MEMORY')
  }

  get schemaVersion(): number {
    return Number(this.all('PRAGMA user_version')[0]?.[0])
  }

  all(sql: string, parameters: readonly Parameter[] = []): SqlValue[][] {
    try {
      const prepared = this.#prepare(sql)
      const rows: SqlValue[][] = []
      prepared.bind(parameters.map(toSqlValue))
      while (prepared.step()) rows.push(prepared.get())
      prepared.reset()
      return rows
    } catch (error) {
      if (error instanceof GatewayError) throw error
      const reason = error instanceof Error ? error.message : String(error)
      throw new GatewayError('internal', `The stored data could not be read: ${reason}.`, { cause: error })
    }
  }

  /** Applies all of it or, throwing what SQLite said, nothing. */
  apply(entries: readonly Entry[]): void {
    this.#run('BEGIN')
    try {
      for (const entry of entries) {
        for (const { sql, rows } of entry) {
          for (const row of rows) this.#run(sql, row)
        }
      }
      this.#run('COMMIT')
    } catch (error) {
      this.#rollBack()
      throw error
    }
  }

  /** A copy of the database as the bytes of a file. Takes a few milliseconds for each megabyte. */
  image(): Uint8Array {
    const pages = Number(this.all('PRAGMA page_count')[0]?.[0])
    const free = Number(this.all('PRAGMA freelist_count')[0]?.[0])
    if (pages > vacuumAbove.pages && free > pages * vacuumAbove.share) this.vacuum()
    return this.#database.export()
  }

  /** Gives back free pages, and with them what was deleted. */
  vacuum(): void {
    this.#run('VACUUM')
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#statements.clear()
    this.#database.close()
  }

  /** SQLite has rolled back by itself after some failures (out of memory) and then refuses. */
  #rollBack(): void {
    try {
      this.#run('ROLLBACK')
    } catch {
      return
    }
  }

  #run(sql: string, parameters: readonly Parameter[] = []): void {
    this.#prepare(sql).run(parameters.map(toSqlValue))
  }

  #prepare(sql: string): SqlJsStatement {
    if (this.#closed) throw new GatewayError('shutting_down', 'OmniRoute is stopping; its stored data is closed.')
    let prepared = this.#statements.get(sql)
    if (!prepared) {
      prepared = this.#database.prepare(sql)
      this.#statements.set(sql, prepared)
    }
    return prepared
  }
}

/** Binding bytes costs half of binding the same text: sql.js encodes strings character by character. */
function toSqlValue(parameter: Parameter): SqlValue {
  if (isJsonText(parameter)) return Buffer.from(parameter.json)
  return typeof parameter === 'number' && !Number.isFinite(parameter) ? null : parameter
}

/** The value of a column written as `JsonText`. */
export function readJson(value: SqlValue | undefined): unknown {
  if (!(value instanceof Uint8Array)) throw new GatewayError('internal', 'A stored record is not in the expected form.')
  return JSON.parse(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8'))
}

async function readWasm(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (error) {
    throw new GatewayError('internal', 'The database engine (sql-wasm.wasm) is missing; install OmniRoute again.', {
      cause: error,
    })
  }
}
