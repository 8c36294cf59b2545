// Recorded streams of test/wire/__fixtures__: one event's data a line.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { StreamPart } from '../../src/core/stream.ts'
import type { StreamReader } from '../../src/core/wire-format.ts'

export function linesOf(name: string): string[] {
  const file = path.join(import.meta.dirname, '__fixtures__', `${name}.chunks.txt`)
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
}

/** Everything a reader makes of a recorded stream, its end included. */
export function replay(reader: StreamReader, lines: readonly string[]): StreamPart[] {
  return [...lines.flatMap((data) => reader.read({ data })), ...reader.end()]
}
