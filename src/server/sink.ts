// An HTTP response as the engine sees it.
import type { ServerResponse } from 'node:http'
import type { Cancellation, ResponseSink } from '../engine/ports.ts'

/** Bytes. */
const shortBody = 16 * 1024

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
      // Node sends a short string together with the head in one piece, bytes as a second one.
      else if (typeof chunk !== 'string' && chunk.length <= shortBody) response.end(chunk.toString('latin1'), 'latin1')
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

/** The same without the machinery of an AbortController, which every small request would pay for. */
export function leaveCancellation(response: ServerResponse): Cancellation {
  let listener: (() => void) | undefined
  let aborted = false
  response.once('close', () => {
    if (response.writableFinished) return
    aborted = true
    listener?.()
  })
  return {
    get aborted() {
      return aborted
    },
    addEventListener(_, added) {
      listener = added
    },
    removeEventListener(_, removed) {
      if (listener === removed) listener = undefined
    },
  }
}
