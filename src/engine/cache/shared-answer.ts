// One answer, many clients: what an upstream call writes is kept up to a limit and given to each client live, also to those who
// come later. For the call it is the sink and the cancellation in one: it goes on as long as anyone still wants the answer.
import { GatewayError } from '../../core/errors.ts'
import type { ResponseSink } from '../ports.ts'
import { OwnCancellation } from './cancellation.ts'
import { type AnswerHead, copyOfEnding, copyOfWritten, type Recording, toRecording } from './recording.ts'
import { type Delivery, type SharedSource, Subscriber, type SubscriberInput } from './subscriber.ts'

export class SharedAnswer extends OwnCancellation implements ResponseSink, SharedSource {
  answerHead: AnswerHead | undefined
  ending: Buffer | undefined
  ended = false
  readonly #limit: number
  readonly #subscribers = new Set<Subscriber>()
  #pieces: Buffer[] = []
  /** Pieces that were let go because everyone has them. */
  #dropped = 0
  #held = 0
  #closed = false
  #resume: (() => void)[] = []

  /** `limit` is what is held in bytes, for those who come late or read slowly. */
  constructor(limit: number) {
    super()
    this.#limit = limit
  }

  get closed(): boolean {
    return this.aborted
  }

  get length(): number {
    return this.#dropped + this.#pieces.length
  }

  piece(index: number): Buffer | undefined {
    return this.#pieces[index - this.#dropped]
  }

  /** Whether a client that comes now can still get all of it. */
  joinable(): boolean {
    return !this.aborted && !this.#closed && !this.outgrown()
  }

  /** Whether it has grown larger than what is held. */
  outgrown(): boolean {
    return this.#dropped > 0
  }

  /** Resolves with how it went for this client; rejects with the failure when nothing was sent to it. */
  subscribe(input: SubscriberInput): Promise<Delivery> {
    return new Promise((resolve, reject) => {
      const subscriber = new Subscriber(this, input, (delivery, error) => {
        this.#subscribers.delete(subscriber)
        if (error) reject(error)
        else resolve(delivery)
      })
      this.#subscribers.add(subscriber)
      if (input.signal.aborted) subscriber.finish('left')
      else subscriber.pump()
      this.onProgress()
    })
  }

  head(status: number, headers: Readonly<Record<string, string>>): void {
    this.answerHead ??= { status, headers }
    this.#pumpAll()
  }

  /** False when every client has asked to wait: the quickest sets the pace. */
  write(chunk: Buffer | string): boolean {
    if (this.ended || chunk.length === 0) return true
    const piece = copyOfWritten(chunk)
    this.#pieces.push(piece)
    this.#held += piece.length
    this.#pumpAll()
    if (this.#held > this.#limit) this.#makeRoom()
    return !this.#allWait()
  }

  onDrain(listener: () => void): void {
    this.#resume.push(listener)
  }

  end(chunk?: Buffer | string): void {
    if (this.ended) return
    this.ended = true
    if (chunk !== undefined) this.ending = copyOfEnding(chunk)
    this.#pumpAll()
  }

  /** The call is over. Who still waits for an end that did not come is told the failure. */
  close(error?: GatewayError): void {
    if (this.#closed) return
    this.#closed = true
    if (this.ended) return
    const failure =
      error ?? new GatewayError('stream_interrupted', 'The answer that this request shared broke off before its end.')
    for (const subscriber of [...this.#subscribers]) subscriber.breakOff(failure)
  }

  /** All of it; undefined when it has no end or was too large to be held. */
  recording(): Recording | undefined {
    if (!this.answerHead || !this.ended || this.#dropped > 0) return undefined
    return toRecording(this.answerHead, this.#pieces, this.ending)
  }

  onProgress(): void {
    if (this.#subscribers.size === 0) {
      if (!this.ended) this.abort()
      return
    }
    if (this.#resume.length === 0 || this.#allWait()) return
    const listeners = this.#resume
    this.#resume = []
    for (const listener of listeners) listener()
  }

  #pumpAll(): void {
    for (const subscriber of [...this.#subscribers]) subscriber.pump()
  }

  #allWait(): boolean {
    for (const subscriber of this.#subscribers) if (!subscriber.waiting) return false
    return this.#subscribers.size > 0
  }

  /** Lets go of what everyone has; if that is not enough, the slowest are broken off. The quickest never is. */
  #makeRoom(): void {
    for (;;) {
      let slowest: Subscriber | undefined
      let quickest = 0
      for (const subscriber of this.#subscribers) {
        if (!slowest || subscriber.next < slowest.next) slowest = subscriber
        quickest = Math.max(quickest, subscriber.next)
      }
      const dropping = this.#pieces.splice(0, (slowest?.next ?? this.length) - this.#dropped)
      this.#dropped += dropping.length
      for (const piece of dropping) this.#held -= piece.length
      if (this.#held <= this.#limit || !slowest || slowest.next === quickest) return
      slowest.breakOff(
        new GatewayError(
          'stream_interrupted',
          'This client read the shared answer too slowly for the rest to be kept.',
        ),
      )
    }
  }
}
