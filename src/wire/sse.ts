// Server-sent events: bytes of an upstream to events (rule 135), and events to text. Framing is left to eventsource-parser;
// this module decodes UTF-8 across chunk borders, bounds what is held (rule 136) and flushes an event that lacks its blank line.
import { createParser } from 'eventsource-parser'
import { GatewayError } from '../core/errors.ts'
import type { SseEvent } from '../core/wire-format.ts'

/** Longest line or unfinished event that is held, in characters. */
export const defaultSseLimit = 16 * 1024 * 1024

export interface SseParser {
  /** Events completed by these bytes. Throws `malformed_reply` when the stream outgrows the limit. */
  feed(bytes: Uint8Array): SseEvent[]
  /** Called once at the end of the stream: the last event, if it was not closed by a blank line. */
  end(): SseEvent[]
}

/** Splits a byte stream into events, wherever the chunks are cut. */
export function createSseParser(limit: number = defaultSseLimit): SseParser {
  let events: SseEvent[] = []
  let overflow = false
  // The parser itself drops a leading BOM; the decoder must not, else a second one would be lost too.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  const parser = createParser({
    maxBufferSize: limit,
    onEvent(message) {
      const { data, event } = message
      events.push(event === undefined ? { data } : { event, data })
    },
    onError(error) {
      // Unknown fields and bad `retry` values are to be ignored, says the SSE specification.
      if (error.type === 'max-buffer-size-exceeded') overflow = true
    },
  })

  function drain(text: string): SseEvent[] {
    if (overflow) return []
    if (text !== '') parser.feed(text)
    const complete = events
    events = []
    if (overflow && complete.length === 0) throw tooLong(limit)
    return complete
  }

  return {
    feed(bytes) {
      if (overflow) throw tooLong(limit)
      return drain(decoder.decode(bytes, { stream: true }))
    },
    end() {
      if (overflow) throw tooLong(limit)
      return drain(`${decoder.decode()}\n\n\n`)
    },
  }
}

/** The text of one event. Line breaks in the data become further `data:` lines. */
export function formatSse(event: SseEvent): string {
  const name = event.event === undefined ? '' : `event: ${event.event}\n`
  const data = /[\r\n]/.test(event.data) ? event.data.replace(/\r\n|\r|\n/g, '\ndata: ') : event.data
  return `${name}data: ${data}\n\n`
}

function tooLong(limit: number): GatewayError {
  return new GatewayError('malformed_reply', `The upstream sent an event of more than ${limit} characters.`)
}
