// An HTTP response as the engine sees it.
import type { ServerResponse } from 'node:http'
import type { Cancellation, ResponseSink } from '../engine/ports.ts'

/** Bytes. */
const shortBody = 16 * 1024

/**
 * The response of one request, and whether its caller has left. A class because every request makes one: methods on a
 * prototype cost nothing, a dozen closures do.
 */
export class HttpSink implements ResponseSink, Cancellation {
  aborted = false
  readonly #response: ServerResponse
  #onAbort: (() => void) | undefined

  constructor(response: ServerResponse) {
    this.#response = response
    response.once('close', () => this.#left())
  }

  get closed(): boolean {
    return this.#response.destroyed || this.#response.writableEnded
  }

  head(status: number, headers: Readonly<Record<string, string>>): void {
    if (!this.#response.headersSent) this.#response.writeHead(status, headers)
  }

  write(chunk: Buffer | string): boolean {
    return typeof chunk === 'string' ? this.#response.write(chunk, 'latin1') : this.#response.write(chunk)
  }

  onDrain(listener: () => void): void {
    this.#response.once('drain', listener)
  }

  end(chunk?: Buffer | string): void {
    const response = this.#response
    if (response.writableEnded) return
    if (chunk === undefined) response.end()
    // Node sends a short string together with the head in one piece, bytes as a second one.
    else if (typeof chunk !== 'string' && chunk.length <= shortBody) response.end(chunk.toString('latin1'), 'latin1')
    else response.end(chunk)
  }

  addEventListener(_: 'abort', listener: () => void): void {
    this.#onAbort = listener
  }

  removeEventListener(_: 'abort', listener: () => void): void {
    if (this.#onAbort === listener) this.#onAbort = undefined
  }

  #left(): void {
    if (this.#response.writableFinished) return
    this.aborted = true
    this.#onAbort?.()
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
