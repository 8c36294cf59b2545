// One connection to a server without a network, as undici's handlers know connections: it can be paused and cut off.
import type { Dispatcher } from 'undici'
import type { JsonObject } from '../core/json.ts'

export class InsideConnection {
  readonly #handler: Dispatcher.DispatchHandler
  readonly #left = new AbortController()
  readonly #controller: Dispatcher.DispatchController
  #reason: Error | null = null
  #paused = false
  #onResume: (() => void) | undefined
  #begun = false
  #over = false

  constructor(handler: Dispatcher.DispatchHandler) {
    this.#handler = handler
    const own = this
    this.#controller = {
      get aborted() {
        return own.#reason !== null
      },
      get paused() {
        return own.#paused
      },
      get reason() {
        return own.#reason
      },
      abort: (error) => this.#abort(error),
      pause: () => {
        this.#paused = true
      },
      resume: () => this.#resume(),
    }
    handler.onRequestStart?.(this.#controller, {})
  }

  /** Aborted when the caller has left. */
  get signal(): AbortSignal {
    return this.#left.signal
  }

  get hasBegun(): boolean {
    return this.#begun
  }

  /** One piece of an answer. Waits while the caller does not read; throws when it has left. */
  async send(type: string, text: string, status = 200): Promise<void> {
    this.#throwIfLeft()
    if (!this.#begun) {
      this.#begun = true
      this.#handler.onResponseStart?.(this.#controller, status, { 'content-type': type }, '')
    }
    await this.#reading()
    this.#handler.onResponseData?.(this.#controller, Buffer.from(text))
    await this.#reading()
  }

  async whole(status: number, body: JsonObject): Promise<void> {
    await this.send('application/json', JSON.stringify(body), status)
    this.end()
  }

  end(): void {
    this.#throwIfLeft()
    if (this.#over) return
    this.#over = true
    this.#handler.onResponseEnd?.(this.#controller, {})
  }

  /** Breaks the connection off. A caller that has left is told its own reason. */
  fail(thrown: unknown): void {
    if (this.#over) return
    this.#over = true
    const error = this.#reason ?? (thrown instanceof Error ? thrown : new Error(String(thrown)))
    this.#handler.onResponseError?.(this.#controller, error)
  }

  #abort(error: Error): void {
    this.#reason ??= error
    this.#left.abort(error)
    this.#resume()
  }

  #resume(): void {
    this.#paused = false
    const waiting = this.#onResume
    this.#onResume = undefined
    waiting?.()
  }

  async #reading(): Promise<void> {
    while (this.#paused && this.#reason === null) {
      await new Promise<void>((resolve) => {
        this.#onResume = resolve
      })
    }
    this.#throwIfLeft()
  }

  #throwIfLeft(): void {
    if (this.#reason !== null) throw this.#reason
  }
}
