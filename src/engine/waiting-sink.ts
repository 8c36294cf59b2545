// Keeps a streaming client from giving up while its request waits for a limit, another try or a slow upstream: after some silence
// it is sent the head of a stream and the wire's keep-alive, again and again until the answer begins. From then on every call is
// only handed on. For wires in server-sent events; a JSON array has no keep-alive and must not be wrapped.
import type { Clock } from '../core/clock.ts'
import type { ResponseSink } from './ports.ts'
import { Ticker, type Ticking } from './ticker.ts'

export type WaitingRoom = Ticker

/** One timer for all waiting clients of a gateway. */
export function createWaitingRoom(clock: Clock): WaitingRoom {
  return new Ticker(clock)
}

export class WaitingSink implements ResponseSink, Ticking {
  /**
   * True once the client has been told 200 and an event stream: a refusal can then only be told in band, by the wire's
   * `writeStreamError`.
   */
  headSent = false
  readonly #room: WaitingRoom
  readonly #sink: ResponseSink
  readonly #keepAlive: string
  readonly #everyMs: number
  readonly #requestId: string
  #due: number

  /** `everyMs` is positive: with 0 there is nothing to wrap. */
  constructor(room: WaitingRoom, sink: ResponseSink, keepAlive: string, everyMs: number, requestId: string) {
    this.#room = room
    this.#sink = sink
    this.#keepAlive = keepAlive
    this.#everyMs = everyMs
    this.#requestId = requestId
    this.#due = room.clock.now() + everyMs
    room.add(this, this.#due)
  }

  get closed(): boolean {
    return this.#sink.closed
  }

  head(status: number, headers: Readonly<Record<string, string>>): void {
    this.#room.remove(this)
    if (!this.headSent) this.#sink.head(status, headers)
  }

  write(chunk: Buffer | string): boolean {
    return this.#sink.write(chunk)
  }

  onDrain(listener: () => void): void {
    this.#sink.onDrain(listener)
  }

  end(chunk?: Buffer | string): void {
    this.#room.remove(this)
    this.#sink.end(chunk)
  }

  tick(now: number): number | undefined {
    if (this.#sink.closed) return undefined
    if (now < this.#due) return this.#due
    if (!this.headSent) {
      this.headSent = true
      this.#sink.head(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-cache',
        'x-omniroute-request-id': this.#requestId,
      })
    }
    this.#sink.write(this.#keepAlive)
    this.#due = now + this.#everyMs
    return this.#due
  }
}
