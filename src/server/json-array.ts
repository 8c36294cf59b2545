// Gemini streams come in two framings: server-sent events with `alt=sse`, one JSON array without. Upstreams are always asked
// for events; this turns them into the array for clients that asked for one.
import type { ResponseSink } from '../engine/ports.ts'
import { createSseParser } from '../wire/sse.ts'

/** A sink that takes SSE bytes and writes a JSON array of their data into `sink`. */
export function createJsonArraySink(sink: ResponseSink): ResponseSink {
  const parser = createSseParser()
  let streaming = false
  let count = 0

  function convert(chunk: Buffer): string {
    let text = ''
    for (const event of parser.feed(chunk)) {
      text += (count === 0 ? '[' : ',\r\n') + event.data
      count++
    }
    return text
  }

  return {
    get closed() {
      return sink.closed
    },
    head(status, headers) {
      streaming = headers['content-type']?.startsWith('text/event-stream') ?? false
      sink.head(status, streaming ? { ...headers, 'content-type': 'application/json; charset=utf-8' } : headers)
    },
    write(chunk) {
      if (!streaming) return sink.write(chunk)
      const text = convert(typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : chunk)
      return text === '' || sink.write(Buffer.from(text))
    },
    onDrain: (listener) => sink.onDrain(listener),
    end(chunk) {
      if (!streaming) return sink.end(chunk)
      const last = chunk === undefined ? '' : convert(Buffer.from(chunk))
      sink.end(`${last}${count === 0 ? '[' : ''}]`)
    },
  }
}
