// The request log. Adding a record is a push: rows are written in batches a moment later, off the path of the request. Nobody
// is told that a row is safe, so a crash may cost those of the last moments.
import type { Cost } from '../core/cost.ts'
import { GatewayError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { RequestRecord } from '../core/trace.ts'
import type { Database } from './database.ts'
import type { Write } from './persistence.ts'
import { fromRequestRow, requestColumns, searchStart, toRequestRow, toSearchText } from './request-row.ts'
import { isUnpriced } from './rollup.ts'
import type { RollupWriter } from './rollup-writer.ts'
import { type Entry, type Parameter, statement } from './statement.ts'

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

/** Tells what a request cost when it has not been told yet. */
export interface Pricing {
  /** Null when nobody knows; undefined when it may be known once `loaded` resolves. */
  costOf(record: RequestRecord): Cost | null | undefined
  loaded(): Promise<void>
}

const insert = `INSERT INTO requests (${requestColumns}) VALUES (?, ?, ?, ?, ?)`
const flushAfterMs = 150
/** A batch this large is written at once: more rows in one turn would be felt by the requests running beside it. */
const batchRows = 64
const expiryEveryMs = 60 * 60 * 1000
/** When the roll-ups of a day were compacted, there may be another such day. */
const moreAfterMs = 1000
const keptMs = 30 * 24 * 60 * 60 * 1000

export class Requests {
  readonly #database: Database
  readonly #write: Write
  readonly #options: RequestsOptions
  #pending: RequestRecord[] = []
  #timer: NodeJS.Timeout | undefined
  #counted: Count | undefined
  #nextExpiry = Number.NEGATIVE_INFINITY
  readonly #rollups: RollupWriter
  #pricing: Pricing | undefined
  /** Written without a cost that may yet be told, by sequence. */
  readonly #late = new Map<number, RequestRecord>()
  #failing = false
  #cap = 10_000

  constructor(database: Database, write: Write, rollups: RollupWriter, options: RequestsOptions) {
    this.#database = database
    this.#write = write
    this.#rollups = rollups
    this.#options = options
  }

  /** From now on, records that come without a cost are priced when they are written. */
  priceWith(pricing: Pricing): void {
    this.#pricing = pricing
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

  /** The roll-ups stay, so what was not written yet is counted first. */
  async clear(): Promise<void> {
    this.writePending()
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
    this.#attempt(() => {
      const count = this.#count()
      this.#insert(records, count)
      this.#prune(count)
    })
  }

  #insert(records: readonly RequestRecord[], count: Count): void {
    if (records.length === 0) return
    const costs = records.map((record) => this.#costOf(record))
    const priced = records.map((record, index) => withCost(record, costs[index]))
    const rows = priced.map((record, index) => toRequestRow(record, count.nextSequence + index))
    this.#apply([statement(insert, ...rows), this.#rollups.add(priced)])
    for (const [index, record] of records.entries()) {
      if (costs[index] === undefined) this.#late.set(count.nextSequence + index, record)
    }
    count.rows += rows.length
    count.nextSequence += rows.length
    if (this.#late.size > 0) void this.#pricing?.loaded().then(() => this.#attempt(() => this.#priceLate()))
  }

  #costOf(record: RequestRecord): Cost | null | undefined {
    return this.#pricing && isUnpriced(record) ? this.#pricing.costOf(record) : null
  }

  #priceLate(): void {
    const costs = Array.from(this.#late, ([sequence, record]) => ({ sequence, record, cost: this.#costOf(record) }))
    this.#late.clear()
    const found = costs.flatMap(({ sequence, record, cost }) => (cost ? [{ sequence, record, cost }] : []))
    if (found.length === 0) return
    const rows = found.map(({ sequence, record, cost }) => {
      const [, , , , data = null] = toRequestRow({ ...record, cost }, sequence)
      return [data, sequence]
    })
    const prices = found.map(({ record, cost }) => ({ record, usd: cost.usd }))
    this.#apply([statement('UPDATE requests SET data = ? WHERE sequence = ?', ...rows), this.#rollups.price(prices)])
  }

  #apply(entry: Entry): void {
    // Whoever writes to disk logs a failure there; nobody waits for these rows.
    this.#write(entry, 'later').catch(() => undefined)
  }

  /** What cannot be applied is lost, and the roll-ups must not count it. */
  #attempt(work: () => void): void {
    try {
      work()
      this.#failing = false
    } catch (error) {
      this.#rollups.forget()
      if (error instanceof GatewayError && error.code === 'shutting_down') return
      if (!this.#failing) this.#options.log.error(`The request log could not be written: ${String(error)}`)
      this.#failing = true
    }
  }

  #prune(count: Count): void {
    const excess = count.rows - this.#cap
    if (excess > 0) {
      const last = 'SELECT sequence FROM requests ORDER BY sequence LIMIT 1 OFFSET ?'
      const boundary = Number(this.#database.all(last, [excess - 1])[0]?.[0])
      this.#apply([statement('DELETE FROM requests WHERE sequence <= ?', [boundary])])
      count.rows -= excess
    }
    const now = this.#options.now()
    if (now < this.#nextExpiry) return
    const compaction = this.#rollups.compaction(now)
    if (compaction) this.#apply(compaction)
    this.#nextExpiry = now + (compaction ? moreAfterMs : expiryEveryMs)
    const expired = this.#countWhere(' AND at < ?', [now - keptMs])
    if (expired === 0) return
    this.#apply([statement('DELETE FROM requests WHERE at < ?', [now - keptMs])])
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

function withCost(record: RequestRecord, cost: Cost | null | undefined): RequestRecord {
  return cost ? { ...record, cost } : record
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
