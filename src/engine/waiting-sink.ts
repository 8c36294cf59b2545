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

export interface Waiting {
  /** What the wire sends to say that the answer is still coming. */
  readonly keepAlive: string
  /** Positive: with 0 there is nothing to wrap. */
  readonly everyMs: number
  readonly requestId: string
  /** Asked once, after the first silence: whoever waits for a whole body can be told nothing before it. */
  readonly wantsStream: () => boolean
  /** A refusal, which can no longer have its status, as an event of the client's wire. */
  readonly lastWords: (status: number, headers: Readonly<Record<string, string>>, body: string) => string
}

interface Refusal {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly chunks: Buffer[]
}

export class WaitingSink implements ResponseSink, Ticking {
  /** True once the client has been told 200 and an event stream: a refusal can then only be told in band. */
  headSent = false
  place = -1
  readonly #room: WaitingRoom
  readonly #sink: ResponseSink
  readonly #waiting: Waiting
  #refusal: Refusal | undefined
  #due: number

  constructor(room: WaitingRoom, sink: ResponseSink, waiting: Waiting) {
    this.#room = room
    this.#sink = sink
    this.#waiting = waiting
    this.#due = room.clock.now() + waiting.everyMs
    room.add(this, this.#due)
  }

  get closed(): boolean {
    return this.#sink.closed
  }

  head(status: number, headers: Readonly<Record<string, string>>): void {
    this.#room.remove(this)
    if (!this.headSent) this.#sink.head(status, headers)
    else if (status >= 400) this.#refusal = { status, headers, chunks: [] }
  }

  write(chunk: Buffer | string): boolean {
    if (!this.#refusal) return this.#sink.write(chunk)
    this.#refusal.chunks.push(typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : Buffer.from(chunk))
    return true
  }

  onDrain(listener: () => void): void {
    this.#sink.onDrain(listener)
  }

  end(chunk?: Buffer | string): void {
    this.#room.remove(this)
    if (!this.#refusal) {
      this.#sink.end(chunk)
      return
    }
    const { status, headers, chunks } = this.#refusal
    const rest = chunk === undefined ? [] : [Buffer.from(chunk)]
    this.#sink.end(this.#waiting.lastWords(status, headers, Buffer.concat([...chunks, ...rest]).toString('utf8')))
  }

  tick(now: number): number | undefined {
    if (this.#sink.closed) return undefined
    if (now < this.#due) return this.#due
    const { keepAlive, everyMs, requestId, wantsStream } = this.#waiting
    if (!this.headSent) {
      if (!wantsStream()) return undefined
      this.headSent = true
      this.#sink.head(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-cache',
        'x-omniroute-request-id': requestId,
      })
    }
    this.#sink.write(keepAlive)
    this.#due = now + everyMs
    return this.#due
  }
}
