// The schema, as numbered steps that only go forward. A step that has shipped is never changed; a new one is added. They go
// through the journal like any other write, so an old journal replays on the schema it was written for.
import { type Entry, statement } from './statement.ts'

/** Step n brings a database of version n (its index) to n + 1. */
export const schemaSteps: readonly (readonly string[])[] = [
  [
    'CREATE TABLE accounts (id TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID',
    'CREATE TABLE models (account TEXT NOT NULL, source TEXT NOT NULL, data BLOB NOT NULL, PRIMARY KEY (account, source)) WITHOUT ROWID',
    'CREATE TABLE combos (id TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID',
    'CREATE TABLE keys (id TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID',
    'CREATE TABLE settings (id TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID',
    // `search` is what the text filter looks in; `data` stands last so that filters need not read past it. Both are bytes:
    // binding text costs twice as much, and this table gets a row for every request.
    'CREATE TABLE requests (sequence INTEGER PRIMARY KEY, at INTEGER NOT NULL, failed INTEGER NOT NULL, search BLOB NOT NULL, data BLOB NOT NULL)',
  ],
  [
    `CREATE TABLE rollups (
      day INTEGER NOT NULL, start INTEGER NOT NULL,
      model TEXT NOT NULL, account TEXT NOT NULL, key_id TEXT NOT NULL, client TEXT NOT NULL, workspace TEXT NOT NULL,
      requests INTEGER NOT NULL, failed INTEGER NOT NULL,
      input INTEGER NOT NULL, cache_read INTEGER NOT NULL, cache_write INTEGER NOT NULL, output INTEGER NOT NULL,
      usd REAL NOT NULL, unpriced INTEGER NOT NULL,
      first_byte_ms REAL NOT NULL, first_bytes INTEGER NOT NULL, total_ms REAL NOT NULL,
      first_byte_times BLOB NOT NULL, total_times BLOB NOT NULL,
      PRIMARY KEY (day, start, model, account, key_id, client, workspace)
    ) WITHOUT ROWID`,
    'CREATE TABLE state (id TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID',
  ],
]

/** What a database of a version still lacks, as entries to be applied and recorded in order. Empty when it is up to date. */
export function missingMigrations(version: number, steps: readonly (readonly string[])[] = schemaSteps): Entry[] {
  return steps
    .map((step, index) => [...step.map((sql) => statement(sql)), statement(`PRAGMA user_version = ${index + 1}`)])
    .slice(version)
}
