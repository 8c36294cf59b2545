// The matrix that is printed at the end: rows are clients, columns upstreams, and a cell counts the tests that passed.
import { appendFileSync } from 'node:fs'
import type { Context } from 'mocha'

export interface Passes {
  /** Notes the test that has just run; for `afterEach`. */
  note(row: string, column: string, context: Context): void
  table(): string
}

/** Shows a table at the end of the run: `npm test` prints what is in this file, good or bad. */
export function show(table: string): void {
  const file = process.env['OMNIROUTE_TEST_REPORT']
  if (file === undefined) process.stdout.write(`\n${table}\n`)
  else appendFileSync(file, `${table}\n\n`)
}

export function createPasses(columns: readonly string[], corner = 'client \\ upstream'): Passes {
  const cells = new Map<string, Map<string, { passed: number; all: number }>>()
  return {
    note(row, column, context) {
      const cellsOfRow = cells.get(row) ?? new Map<string, { passed: number; all: number }>()
      const cell = cellsOfRow.get(column) ?? { passed: 0, all: 0 }
      cell.all += 1
      if (context.currentTest?.state === 'passed') cell.passed += 1
      cells.set(row, cellsOfRow.set(column, cell))
    },
    table() {
      const rows = [...cells].map(([row, cellsOfRow]) => [
        row,
        ...columns.map((column) => {
          const cell = cellsOfRow.get(column)
          return cell === undefined ? '-' : `${cell.passed}/${cell.all}${cell.passed === cell.all ? '' : ' !'}`
        }),
      ])
      const all = [[corner, ...columns], ...rows]
      const widths = columns.map((column, index) =>
        Math.max(column.length, ...rows.map((row) => row[index + 1]?.length ?? 0)),
      )
      const first = Math.max(...all.map((row) => row[0]?.length ?? 0))
      return all
        .map(([head = '', ...rest]) =>
          [head.padEnd(first), ...rest.map((cell, index) => cell.padStart(widths[index] ?? 0))].join('  '),
        )
        .join('\n')
    },
  }
}
