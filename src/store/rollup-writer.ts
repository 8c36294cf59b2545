// Keeps the roll-ups as records are written. The hours being added to are held in memory and written whole, in the same entry as
// the rows they sum up, so that after a crash both say the same. Whoever applies the statements calls `forget` when that fails.
import type { RequestRecord } from '../core/trace.ts'
import type { Database } from './database.ts'
import {
  addRecord,
  addTotals,
  dayStart,
  emptyTotals,
  hourStart,
  nextDayStart,
  type RollupKey,
  rollupKey,
} from './rollup.ts'
import { fromRollupRow, putRollup, type RollupRow, rollupColumns, type Span, toRollupRow } from './rollup-row.ts'
import { type Entry, type Statement, statement } from './statement.ts'

/** A record is written when it ends and counts for the hour in which it began. */
const hoursInMemory = 4
/** A client may call itself anything, in every request; above this many rows in an hour, new names become `other`. */
const mostRowsPerHour = 500
const hoursKeptMs = 30 * 24 * 3600_000
const daysKeptMs = 2 * 366 * 24 * 3600_000

type Rows = Map<string, RollupRow>

export class RollupWriter {
  readonly #database: Database
  readonly #hours = new Map<number, Rows>()
  #lastStart = Number.NaN

  constructor(database: Database) {
    this.#database = database
  }

  /** What to write along with the rows of these records. */
  add(records: readonly RequestRecord[]): Statement {
    this.#dropOldHours()
    const changed = new Set<RollupRow>()
    for (const record of records) {
      const row = this.#rowOf(record)
      addRecord(row.totals, record)
      changed.add(row)
    }
    return toStatement(changed)
  }

  /** For records that were added without a cost, which is known now. */
  price(records: readonly { readonly record: RequestRecord; readonly usd: number }[]): Statement {
    this.#dropOldHours()
    const changed = new Set<RollupRow>()
    for (const { record, usd } of records) {
      const row = this.#rowOf(record)
      // They may have been cleared since.
      if (row.totals.unpriced === 0) continue
      row.totals.usd += usd
      row.totals.unpriced -= 1
      changed.add(row)
    }
    return toStatement(changed)
  }

  /** After a write that failed: what is in memory is more than what is stored. */
  forget(): void {
    this.#hours.clear()
  }

  /** Turns the hours of the oldest day that is past its time into days; one day at a time, so that it is never felt. */
  compaction(now: number): Entry | undefined {
    const [oldest] = this.#database.all('SELECT min(start) FROM rollups WHERE day = 0')[0] ?? []
    if (typeof oldest !== 'number' || oldest >= dayStart(now - hoursKeptMs)) return undefined
    const [from, to] = [dayStart(oldest), nextDayStart(oldest)]
    for (const start of this.#hours.keys()) if (start < to) this.#hours.delete(start)
    const days: Rows = new Map(this.#stored('day', from, from + 1).map((row) => [keyText(row), row]))
    for (const { totals, ...hour } of this.#stored('hour', from, to)) {
      const text = keyText(hour)
      const day = days.get(text) ?? { ...hour, span: 'day', start: from, totals: emptyTotals() }
      addTotals(day.totals, totals)
      days.set(text, day)
    }
    return [
      toStatement(days.values()),
      statement('DELETE FROM rollups WHERE day = 0 AND start < ?', [to]),
      statement('DELETE FROM rollups WHERE day = 1 AND start < ?', [dayStart(now - daysKeptMs)]),
    ]
  }

  #rowOf(record: RequestRecord): RollupRow {
    // Most records are of the hour of the one before, and asking the calendar takes longer than all else here.
    const { at } = record
    const start = at >= this.#lastStart && at < this.#lastStart + 3600_000 ? this.#lastStart : hourStart(at)
    this.#lastStart = start
    const rows = this.#hour(start)
    const key = rollupKey(record)
    const text = keyText(key)
    const row = rows.get(text)
    if (row) return row
    if (rows.size < mostRowsPerHour) return newRow(rows, start, key, text)
    const other = { ...key, client: 'other', workspace: '' }
    const otherText = keyText(other)
    return rows.get(otherText) ?? newRow(rows, start, other, otherText)
  }

  /** Between batches only: within one, an hour may hold what is not stored yet. */
  #dropOldHours(): void {
    for (const start of this.#hours.keys()) {
      if (this.#hours.size <= hoursInMemory) return
      this.#hours.delete(start)
    }
  }

  #hour(start: number): Rows {
    const known = this.#hours.get(start)
    if (known) return known
    const stored = this.#stored('hour', start, start + 1)
    const rows: Rows = new Map(stored.map((row) => [keyText(row), row]))
    this.#hours.set(start, rows)
    return rows
  }

  #stored(span: Span, from: number, to: number): RollupRow[] {
    const found = `SELECT ${rollupColumns} FROM rollups WHERE day = ? AND start >= ? AND start < ?`
    return this.#database.all(found, [span === 'day' ? 1 : 0, from, to]).map(fromRollupRow)
  }
}

function newRow(rows: Rows, start: number, key: RollupKey, text: string): RollupRow {
  const row: RollupRow = { ...key, span: 'hour', start, totals: emptyTotals() }
  rows.set(text, row)
  return row
}

function keyText({ model, account, key, client, workspace }: RollupKey): string {
  return `${model}\n${account}\n${key}\n${client}\n${workspace}`
}

function toStatement(rows: Iterable<RollupRow>): Statement {
  return { sql: putRollup, rows: Array.from(rows, toRollupRow) }
}
