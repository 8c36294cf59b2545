// The editor's chats are parts, not bytes. For the caches each part is a line of JSON; when nothing stands between the chat and its
// caller, parts are handed over as they are.
import type { StreamPart } from '../../core/stream.ts'
import type { Cancellation, ResponseSink } from '../ports.ts'

/** Gives parts to a listener. It takes lines as well, one whole line a piece: caches keep the pieces apart. */
export class PartSink implements ResponseSink {
  readonly #onPart: (part: StreamPart) => void
  readonly #signal: Cancellation

  constructor(onPart: (part: StreamPart) => void, signal: Cancellation) {
    this.#onPart = onPart
    this.#signal = signal
  }

  get closed(): boolean {
    return this.#signal.aborted
  }

  part(part: StreamPart): void {
    this.#onPart(part)
  }

  head(): void {
    // Parts have no headers.
  }

  write(chunk: Buffer | string): boolean {
    const text = typeof chunk === 'string' ? Buffer.from(chunk, 'latin1').toString('utf8') : chunk.toString('utf8')
    // Written by `createPartWriter` in this very process, so its shape is known.
    this.#onPart(JSON.parse(text) as StreamPart)
    return true
  }

  onDrain(listener: () => void): void {
    listener()
  }

  end(chunk?: Buffer | string): void {
    if (chunk !== undefined && chunk.length > 0) this.write(Buffer.from(chunk))
  }
}

export interface PartWriter {
  part(part: StreamPart): void
  /** After the last part of a chat that was served. */
  end(): void
}

/** Writes parts into a sink. Failures are no parts here: they are the result of the run. */
export function createPartWriter(sink: ResponseSink): PartWriter {
  if (sink instanceof PartSink) return { part: (part) => sink.part(part), end: () => undefined }
  let begun = false
  return {
    part(part) {
      if (part.type === 'error') return
      if (!begun) sink.head(200, { 'content-type': 'application/x-ndjson' })
      begun = true
      sink.write(Buffer.from(`${JSON.stringify(part)}\n`))
    },
    end: () => sink.end(),
  }
}
