// The request log. Adding a record is a push: rows are written in batches a moment later, off the path of the request. Nobody
// is told that a row is safe, so a crash may cost those of the last moments.
import { GatewayError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { RequestRecord } from '../core/trace.ts'
import type { Database } from './database.ts'
import type { Write } from './persistence.ts'
import { fromRequestRow, requestColumns, searchStart, toRequestRow, toSearchText } from './request-row.ts'
import { type Parameter, type Statement, statement } from './statement.ts'

export interface RequestFilter {
  /** Looked for in models, client, account, failure and id, in either case. */
  readonly text?: string
  readonly outcome?: 'all' | 'served' | 'failed'
}

export interface RequestPage {
  readonly rows: RequestRecord[]
  /** Cursor of the page of older rows, when there is one. */
  readonly next?: string
  /** All rows that pass the filter. */
  readonly total: number
}

export interface RequestsOptions {
  readonly log: Log
  readonly now: () => number
  /** Ids of the accounts whose label holds a text, so that the filter finds requests by it. */
  readonly accountsLabelled: (text: string) => readonly string[]
  /** After many rows have gone, so that their space is given back. */
  readonly onCleared: () => void
}

const insert = `INSERT INTO requests (${requestColumns}) VALUES (?, ?, ?, ?, ?)`
const flushAfterMs = 150
/** A batch this large is written at once: more rows in one turn would be felt by the requests running beside it. */
const batchRows = 64
const expiryEveryMs = 60 * 60 * 1000
const keptMs = 30 * 24 * 60 * 60 * 1000

export class Requests {
  readonly #database: Database
  readonly #write: Write
  readonly #options: RequestsOptions
  #pending: RequestRecord[] = []
  #timer: NodeJS.Timeout | undefined
  #counted: Count | undefined
  #nextExpiry = Number.NEGATIVE_INFINITY
  #failing = false
  #cap = 10_000

  constructor(database: Database, write: Write, options: RequestsOptions) {
    this.#database = database
    this.#write = write
    this.#options = options
  }

  add(record: RequestRecord): void {
    const pending = this.#pending.push(record)
    if (pending === batchRows) setImmediate(() => this.writePending())
    else this.#timer ??= setTimeout(() => this.writePending(), flushAfterMs)
  }

  /** How many rows are kept. Takes effect with the next batch, or now when there is none coming. */
  setCap(rows: number): void {
    this.#cap = Math.max(0, Math.floor(rows))
    this.#timer ??= setTimeout(() => this.writePending(), flushAfterMs)
  }

  /** Newest first. Rows added while someone pages appear above and move nothing. */
  page(query: { readonly cursor?: string; readonly limit: number; readonly filter?: RequestFilter }): RequestPage {
    this.writePending()
    const { conditions, parameters } = this.#conditions(query.filter ?? {})
    const before = query.cursor === undefined ? Number.MAX_SAFE_INTEGER : readCursor(query.cursor)
    const found = this.#database.all(
      `SELECT sequence, at, data FROM requests WHERE sequence < ?${conditions} ORDER BY sequence DESC LIMIT ?`,
      [before, ...parameters, query.limit + 1],
    )
    const shown = found.slice(0, query.limit)
    const total = conditions === '' ? this.#count().rows : this.#countWhere(conditions, parameters)
    const rows = shown.map(([, at, data]) => fromRequestRow(at, data))
    return found.length > shown.length ? { rows, next: String(shown.at(-1)?.[0]), total } : { rows, total }
  }

  get(id: string): RequestRecord | undefined {
    this.writePending()
    const newest = 'SELECT at, data FROM requests WHERE instr(search, ?) = 1 ORDER BY sequence DESC LIMIT 1'
    const [row] = this.#database.all(newest, [searchStart(id)])
    return row && fromRequestRow(row[0], row[1])
  }

  async clear(): Promise<void> {
    this.#pending = []
    const count = this.#count()
    const written = this.#write([statement('DELETE FROM requests')])
    count.rows = 0
    this.#options.onCleared()
    await written
  }

  /** Applies what was added, so that reads see it; it becomes durable soon after. */
  writePending(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const records = this.#pending
    this.#pending = []
    try {
      const count = this.#count()
      const rows = records.map((record, index) => toRequestRow(record, count.nextSequence + index))
      if (rows.length > 0) this.#apply(statement(insert, ...rows))
      count.rows += rows.length
      count.nextSequence += rows.length
      this.#prune(count)
      this.#failing = false
    } catch (error) {
      if (error instanceof GatewayError && error.code === 'shutting_down') return
      if (!this.#failing) this.#options.log.error(`The request log could not be written: ${String(error)}`)
      this.#failing = true
    }
  }

  #apply(one: Statement): void {
    // Whoever writes to disk logs a failure there; nobody waits for these rows.
    this.#write([one], 'later').catch(() => undefined)
  }

  #prune(count: Count): void {
    const excess = count.rows - this.#cap
    if (excess > 0) {
      const last = 'SELECT sequence FROM requests ORDER BY sequence LIMIT 1 OFFSET ?'
      const boundary = Number(this.#database.all(last, [excess - 1])[0]?.[0])
      this.#apply(statement('DELETE FROM requests WHERE sequence <= ?', [boundary]))
      count.rows -= excess
    }
    const now = this.#options.now()
    if (now < this.#nextExpiry) return
    this.#nextExpiry = now + expiryEveryMs
    const expired = this.#countWhere(' AND at < ?', [now - keptMs])
    if (expired === 0) return
    this.#apply(statement('DELETE FROM requests WHERE at < ?', [now - keptMs]))
    count.rows -= expired
  }

  #conditions({ text, outcome = 'all' }: RequestFilter): { conditions: string; parameters: Parameter[] } {
    const parameters: Parameter[] = []
    let conditions = ''
    if (outcome !== 'all') {
      conditions += ' AND failed = ?'
      parameters.push(outcome === 'failed' ? 1 : 0)
    }
    if (text !== undefined && text !== '') {
      const accounts = this.#options.accountsLabelled(text.toLowerCase())
      conditions += ` AND (${['', ...accounts].map(() => 'instr(search, ?) > 0').join(' OR ')})`
      parameters.push(toSearchText(text), ...accounts.map(toSearchText))
    }
    return { conditions, parameters }
  }

  #count(): Count {
    if (this.#counted) return this.#counted
    const [row] = this.#database.all('SELECT count(*), max(sequence) FROM requests')
    this.#counted = { rows: Number(row?.[0]), nextSequence: Number(row?.[1] ?? 0) + 1 }
    return this.#counted
  }

  #countWhere(conditions: string, parameters: readonly Parameter[]): number {
    const [row] = this.#database.all(`SELECT count(*) FROM requests WHERE sequence > 0${conditions}`, parameters)
    return Number(row?.[0])
  }
}

interface Count {
  rows: number
  nextSequence: number
}

function readCursor(cursor: string): number {
  const sequence = Number(cursor)
  if (!Number.isSafeInteger(sequence)) throw new GatewayError('invalid_request', 'The cursor is not one of this log.')
  return sequence
}
