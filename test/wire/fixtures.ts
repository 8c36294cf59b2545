// Recorded shapes of upstream streams: `__fixtures__/<case>.chunks.txt` holds one event a line, as it stands on the wire; `\n`
// within a line separates the fields of an event.
import { readFileSync } from 'node:fs'
import type { SseEvent } from '../../src/core/wire-format.ts'
import { createSseParser } from '../../src/wire/sse.ts'

/** The bytes of a recorded stream. */
export function fixtureBytes(name: string): Uint8Array {
  const text = readFileSync(new URL(`__fixtures__/${name}.chunks.txt`, import.meta.url), 'utf8')
  const events = text.trimEnd().split('\n')
  return new TextEncoder().encode(events.map((line) => `${line.replace(/^(event: [a-z._]+)\\n/, '$1\n')}\n\n`).join(''))
}

export function eventsOf(bytes: Uint8Array): SseEvent[] {
  const parser = createSseParser()
  return [...parser.feed(bytes), ...parser.end()]
}

export function fixtureEvents(name: string): SseEvent[] {
  return eventsOf(fixtureBytes(name))
}
