// One client that is served from an answer shared by several. It reads at its own pace; the answer keeps for it what it has not
// yet taken.
import type { GatewayError } from '../../core/errors.ts'
import type { Cancellation, ResponseSink } from '../ports.ts'
import { type AnswerHead, type HeadChange, sendHead } from './recording.ts'

/** How it went for one client: all of it, the client left, or it was told in band that the answer ends here. */
export type Delivery = 'whole' | 'left' | 'broken'

export interface SubscriberInput {
  readonly sink: ResponseSink
  readonly signal: Cancellation
  /** The change of headers for this client. */
  readonly change: HeadChange
  /** The words of a failure in the client's wire, for a stream that has begun. */
  readonly lastWords: (error: GatewayError) => string
}

/** What a subscriber reads from. Pieces are counted from the answer's beginning. */
export interface SharedSource {
  readonly answerHead: AnswerHead | undefined
  readonly length: number
  readonly ended: boolean
  readonly ending: Buffer | undefined
  piece(index: number): Buffer | undefined
  /** The subscriber has taken all there is, or is gone. */
  onProgress(): void
}

export class Subscriber {
  /** The piece it takes next. */
  next = 0
  /** True while its client has asked to wait. */
  waiting = false
  readonly #source: SharedSource
  readonly #input: SubscriberInput
  readonly #settle: (delivery: Delivery, error?: GatewayError) => void
  readonly #onDrain = (): void => this.#drained()
  readonly #onAbort = (): void => this.finish('left')
  #headSent = false
  #settled = false

  constructor(
    source: SharedSource,
    input: SubscriberInput,
    settle: (delivery: Delivery, error?: GatewayError) => void,
  ) {
    this.#source = source
    this.#input = input
    this.#settle = settle
    input.signal.addEventListener('abort', this.#onAbort, { once: true })
  }

  get gone(): boolean {
    return this.#settled
  }

  /** Sends what there is, until the client asks to wait. */
  pump(): void {
    const { sink, change } = this.#input
    const { answerHead } = this.#source
    if (this.#settled || this.waiting || answerHead === undefined) return
    if (sink.closed) {
      this.finish('left')
      return
    }
    if (!this.#headSent) {
      this.#headSent = true
      sendHead(sink, answerHead, change)
    }
    while (this.next < this.#source.length) {
      const piece = this.#source.piece(this.next)
      if (piece === undefined) return
      this.next++
      if (!sink.write(piece)) {
        this.waiting = true
        sink.onDrain(this.#onDrain)
        return
      }
    }
    if (!this.#source.ended) return
    sink.end(this.#source.ending)
    this.finish('whole')
  }

  /** Ends it with a failure: in band when something was sent, otherwise as the result. */
  breakOff(error: GatewayError): void {
    if (this.#settled) return
    if (!this.#headSent) {
      this.finish('broken', error)
      return
    }
    const words = this.#input.lastWords(error)
    this.#input.sink.end(words === '' ? undefined : words)
    this.finish('broken')
  }

  finish(delivery: Delivery, error?: GatewayError): void {
    if (this.#settled) return
    this.#settled = true
    this.#input.signal.removeEventListener('abort', this.#onAbort)
    this.#settle(delivery, error)
    this.#source.onProgress()
  }

  #drained(): void {
    if (this.#settled) return
    this.waiting = false
    this.pump()
    this.#source.onProgress()
  }
}
