// Tells a streaming client that its answer goes on while a translated upstream is silent: what the upstream sends to keep its own
// line warm is not passed on. Shares the timer of those who wait for an answer's beginning.
import type { ResponseSink } from './ports.ts'
import type { Ticker, Ticking } from './ticker.ts'

export class StreamKeepAlive implements Ticking {
  readonly #ticker: Ticker
  readonly #sink: ResponseSink
  readonly #words: string
  readonly #everyMs: number
  #due = 0

  /** `everyMs` of 0: never. */
  constructor(ticker: Ticker, sink: ResponseSink, words: string, everyMs: number) {
    this.#ticker = ticker
    this.#sink = sink
    this.#words = words
    this.#everyMs = everyMs
  }

  start(): void {
    if (this.#everyMs === 0) return
    this.spoke()
    this.#ticker.add(this, this.#due)
  }

  /** The client has been sent something. */
  spoke(): void {
    if (this.#everyMs > 0) this.#due = this.#ticker.clock.now() + this.#everyMs
  }

  stop(): void {
    this.#ticker.remove(this)
  }

  tick(now: number): number | undefined {
    if (this.#sink.closed) return undefined
    if (now >= this.#due) {
      this.#sink.write(Buffer.from(this.#words))
      this.#due = now + this.#everyMs
    }
    return this.#due
  }
}
