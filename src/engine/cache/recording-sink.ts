// Records an answer on its way to one client. What flows is forwarded untouched, back-pressure included; the recording is given up
// when it grows too large or the client leaves before the end.
import type { ResponseSink } from '../ports.ts'
import { markMiss } from './answer-headers.ts'
import { type AnswerHead, copyOfEnding, copyOfWritten, type Recording, toRecording } from './recording.ts'

export class RecordingSink implements ResponseSink {
  readonly #sink: ResponseSink
  readonly #limit: number
  #head: AnswerHead | undefined
  #pieces: Buffer[] = []
  #ending: Buffer | undefined
  #size = 0
  #state: 'recording' | 'complete' | 'discarded' = 'recording'

  /** `limit` in bytes. */
  constructor(sink: ResponseSink, limit: number) {
    this.#sink = sink
    this.#limit = limit
  }

  get closed(): boolean {
    return this.#sink.closed
  }

  head(status: number, headers: Readonly<Record<string, string>>): void {
    this.#head ??= { status, headers }
    this.#sink.head(status, markMiss(headers))
  }

  write(chunk: Buffer | string): boolean {
    if (this.#takes(chunk.length)) this.#pieces.push(copyOfWritten(chunk))
    return this.#sink.write(chunk)
  }

  onDrain(listener: () => void): void {
    this.#sink.onDrain(listener)
  }

  end(chunk?: Buffer | string): void {
    const piece = chunk === undefined ? undefined : copyOfEnding(chunk)
    if (this.#takes(piece?.length ?? 0)) {
      this.#ending = piece
      this.#state = 'complete'
    }
    this.#sink.end(chunk)
  }

  /** The answer, once it has been sent to its end; undefined when it was not, or is too large. Can be had once. */
  recording(): Recording | undefined {
    const head = this.#head
    const complete = this.#state === 'complete' && head
    const recording = complete ? toRecording(head, this.#pieces, this.#ending) : undefined
    this.#discard()
    return recording
  }

  #takes(bytes: number): boolean {
    if (this.#state !== 'recording') return false
    this.#size += bytes
    if (this.#size <= this.#limit && !this.#sink.closed) return true
    this.#discard()
    return false
  }

  #discard(): void {
    this.#state = 'discarded'
    this.#pieces = []
    this.#ending = undefined
  }
}
