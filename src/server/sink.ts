// An HTTP response as the engine sees it.
import type { ServerResponse } from 'node:http'
import type { ResponseSink } from '../engine/ports.ts'

export function createSink(response: ServerResponse): ResponseSink {
  return {
    get closed() {
      return response.destroyed || response.writableEnded
    },
    head(status, headers) {
      if (!response.headersSent) response.writeHead(status, headers)
    },
    write: (chunk) => (typeof chunk === 'string' ? response.write(chunk, 'latin1') : response.write(chunk)),
    onDrain(listener) {
      response.once('drain', listener)
    },
    end(chunk) {
      if (response.writableEnded) return
      if (chunk === undefined) response.end()
      else response.end(chunk)
    },
  }
}

/** A signal that fires when the caller goes away before the answer is complete. */
export function leaveSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) controller.abort()
  })
  return controller.signal
}
