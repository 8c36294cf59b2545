// A roll-up as a row of its table, and back. Pure.
import { readJson, type SqlValue } from './database.ts'
import { fromPairs, toPairs } from './histogram.ts'
import type { RollupKey, Totals } from './rollup.ts'
import { jsonText, type Parameter } from './statement.ts'

export interface RollupRow extends RollupKey {
  readonly span: Span
  /** Epoch milliseconds. */
  readonly start: number
  readonly totals: Totals
}

export type Span = 'hour' | 'day'

const keyColumns = 'day, start, model, account, key_id, client, workspace'
const sumColumns =
  'requests, failed, input, cache_read, cache_write, output, usd, unpriced, first_byte_ms, first_bytes, total_ms'
export const rollupColumns = `${keyColumns}, ${sumColumns}, first_byte_times, total_times`

/** Writes the row whole: what it says replaces what was there. */
export const putRollup = `INSERT OR REPLACE INTO rollups (${rollupColumns}) VALUES (${rollupColumns
  .split(', ')
  .map(() => '?')
  .join(', ')})`

export function toRollupRow({ span, start, totals, ...key }: RollupRow): Parameter[] {
  return [
    span === 'day' ? 1 : 0,
    start,
    key.model,
    key.account,
    key.key,
    key.client,
    key.workspace,
    totals.requests,
    totals.failed,
    totals.input,
    totals.cacheRead,
    totals.cacheWrite,
    totals.output,
    totals.usd,
    totals.unpriced,
    totals.firstByteMs,
    totals.firstBytes,
    totals.totalMs,
    jsonText(toPairs(totals.firstByteTimes)),
    jsonText(toPairs(totals.totalTimes)),
  ]
}

export function fromRollupRow(row: readonly SqlValue[]): RollupRow {
  const text = (index: number): string => String(row[index])
  const number = (index: number): number => Number(row[index])
  return {
    span: number(0) === 1 ? 'day' : 'hour',
    start: number(1),
    model: text(2),
    account: text(3),
    key: text(4),
    client: text(5),
    workspace: text(6),
    totals: {
      requests: number(7),
      failed: number(8),
      input: number(9),
      cacheRead: number(10),
      cacheWrite: number(11),
      output: number(12),
      usd: number(13),
      unpriced: number(14),
      firstByteMs: number(15),
      firstBytes: number(16),
      totalMs: number(17),
      firstByteTimes: fromPairs(readJson(row[18])),
      totalTimes: fromPairs(readJson(row[19])),
    },
  }
}
