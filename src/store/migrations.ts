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
]

/** What a database of a version still lacks, as entries to be applied and recorded in order. Empty when it is up to date. */
export function missingMigrations(version: number, steps: readonly (readonly string[])[] = schemaSteps): Entry[] {
  return steps
    .map((step, index) => [...step.map((sql) => statement(sql)), statement(`PRAGMA user_version = ${index + 1}`)])
    .slice(version)
}
