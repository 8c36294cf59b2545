// Reads what the record needs (usage, whether the stream ended properly) out of passing events without looking at most of them:
// only the first stretch and the last few are kept, and parsed when the stream is over.
import { GatewayError } from '../core/errors.ts'
import { mergeUsage, type Usage, unknownUsage } from '../core/usage.ts'
import type { AnswerContext, WireInspector } from '../core/wire-format.ts'
import { parseEvents, parseObject } from './events.ts'

/** The end of a stream (finish, usage, terminal event) fits into this with room to spare, in characters. */
const endWindow = 16 * 1024

const errorKey = '"error"'

export interface StreamTap {
  /** Whole events only, as latin1 text: one character a byte. */
  see(events: string): void
  usage(): Usage
  /** `complete`, `broken` (no terminal event), or the error the upstream itself put into the stream. */
  ending(): 'complete' | 'broken' | GatewayError
}

export function createStreamTap(inspect: WireInspector, context?: AnswerContext): StreamTap {
  // Anthropic counts the input in the first event and the output in the last; all others count at the end.
  let first: string | undefined
  let recent: string[] = []
  let recentSize = 0

  return {
    see(events) {
      if (first === undefined) first = events
      recent.push(events)
      recentSize += events.length
      while (recent.length > 1 && recentSize - (recent[0]?.length ?? 0) >= endWindow) {
        recentSize -= recent.shift()?.length ?? 0
      }
    },
    usage() {
      let usage = unknownUsage
      const end = recent.join('')
      recent = [end]
      const stretches = first === undefined || end.startsWith(first) ? [end] : [first, end]
      for (const stretch of stretches) {
        for (const event of eventsHolding(stretch, inspect.usageMarkers)) {
          const data = parseObject(event)
          const found = data && inspect.usage(data)
          if (found) usage = mergeUsage(usage, found)
        }
      }
      return usage
    },
    ending() {
      const end = recent.join('')
      const complete = inspect.terminalMarkers.some((marker) => holds(end, marker))
      // An error event may be followed by a regular end (OpenRouter does so); only then, or without an end, is it worth parsing.
      if (complete && !end.includes(errorKey)) return 'complete'
      for (const event of parseEvents(Buffer.from(end, 'latin1'))) {
        const verdict = inspect.event(event, context)
        if (verdict instanceof GatewayError) return verdict
      }
      return complete ? 'complete' : 'broken'
    },
  }
}

/** The data of the first and the last event that hold one of the markers. */
function eventsHolding(text: string, markers: readonly string[]): string[] {
  return markers.flatMap((marker) => {
    const first = text.indexOf(marker)
    if (first < 0) return []
    const last = text.lastIndexOf(marker)
    return last > first ? [dataAround(text, first), dataAround(text, last)] : [dataAround(text, first)]
  })
}

/** Quotes within strings are escaped, so a quoted marker is never part of what the model said; any other has to begin a line. */
function holds(text: string, marker: string): boolean {
  if (marker.startsWith('"')) return text.includes(marker)
  for (let at = text.indexOf(marker); at >= 0; at = text.indexOf(marker, at + 1)) {
    if (at === 0 || text[at - 1] === '\n' || text[at - 1] === '\r') return true
  }
  return false
}

/** The data line that surrounds a place, decoded. No vendor spreads an event's JSON over several lines. */
function dataAround(text: string, at: number): string {
  const start = Math.max(text.lastIndexOf('\n', at), text.lastIndexOf('\r', at)) + 1
  const length = text.slice(at).search(/[\r\n]/)
  const line = text.slice(start, length < 0 ? undefined : at + length)
  return Buffer.from(line.replace(/^data: ?/, '').trimEnd(), 'latin1').toString('utf8')
}
