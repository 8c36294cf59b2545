// Reads what the record needs (usage, whether the stream ended properly) out of passing bytes, at the price of a byte search
// per chunk. Nothing is parsed before the stream is over.
import { GatewayError } from '../core/errors.ts'
import { mergeUsage, type Usage, unknownUsage } from '../core/usage.ts'
import type { WireInspector } from '../core/wire-format.ts'
import { parseEvents, parseObject } from './events.ts'

/** How many of the last chunks are kept to judge the end by: a finish, a usage and a terminal event fit with room to spare. */
const endWindow = 8

const errorKey = Buffer.from('"error"')
const space = 0x20
const colon = 0x3a
const lowerN = 0x6e

export interface StreamTap {
  /** Whole events only. */
  see(events: Buffer): void
  usage(): Usage
  /** `complete`, `broken` (no terminal event), or the error the upstream itself put into the stream. */
  ending(): 'complete' | 'broken' | GatewayError
}

export function createStreamTap(inspect: WireInspector): StreamTap {
  const usageMarkers = inspect.usageMarkers.map((marker) => Buffer.from(marker))
  const terminalMarkers = inspect.terminalMarkers.map((marker) => Buffer.from(marker))
  // Anthropic puts input counts in the first event and output counts in the last: the first and the last find are enough.
  let firstUsage: Buffer | undefined
  let lastUsage: Buffer | undefined
  const recent: Buffer[] = []

  return {
    see(events) {
      recent.push(events)
      if (recent.length > endWindow) recent.shift()
      for (const marker of usageMarkers) {
        if (!holdsValue(events, marker)) continue
        if (!firstUsage) firstUsage = events
        else lastUsage = events
        break
      }
    },
    usage() {
      let usage = unknownUsage
      for (const bytes of [firstUsage, lastUsage]) {
        if (!bytes) continue
        for (const event of parseEvents(bytes)) {
          const data = parseObject(event.data)
          const found = data && inspect.usage(data)
          if (found) usage = mergeUsage(usage, found)
        }
      }
      return usage
    },
    ending() {
      const end = Buffer.concat(recent)
      const complete = terminalMarkers.some((marker) => end.includes(marker))
      // An error event may be followed by a regular end (OpenRouter does so); only then, or without an end, is it worth parsing.
      if (complete && !end.includes(errorKey)) return 'complete'
      for (const event of parseEvents(end)) {
        const verdict = inspect.event(event)
        if (verdict instanceof GatewayError) return verdict
      }
      return complete ? 'complete' : 'broken'
    },
  }
}

/** Whether a key occurs with a value other than null: OpenAI writes `"usage":null` into every chunk but one. */
function holdsValue(bytes: Buffer, key: Buffer): boolean {
  for (let at = bytes.indexOf(key); at >= 0; at = bytes.indexOf(key, at + key.length)) {
    let next = at + key.length
    while (bytes[next] === space || bytes[next] === colon) next++
    if (bytes[next] !== lowerN) return true
  }
  return false
}
