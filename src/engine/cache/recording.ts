// A recorded answer: status, headers, bytes and where its pieces ended, so that it can be sent again just as it came.
import type { ResponseSink } from '../ports.ts'

export interface AnswerHead {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
}

export interface Recording extends AnswerHead {
  readonly bytes: Buffer
  /** Offset after each piece; rises. */
  readonly ends: readonly number[]
  /** Whether the last piece came with the end, as the whole of a short answer does. */
  readonly endsWithPiece: boolean
}

/** What a recording takes in memory, roughly: bytes, headers, and the objects around them. */
export function sizeOfRecording({ bytes, ends, headers }: Recording): number {
  let size = bytes.length + ends.length * 8 + 512
  for (const name in headers) size += name.length + (headers[name]?.length ?? 0)
  return size
}

/** The bytes of what `ResponseSink.write` takes, in memory of their own. */
export function copyOfWritten(chunk: Buffer | string): Buffer {
  return typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : Buffer.from(chunk)
}

/** The bytes of what `ResponseSink.end` takes, in memory of their own. */
export function copyOfEnding(chunk: Buffer | string): Buffer {
  return Buffer.from(chunk)
}

/** Puts pieces together. The result owns its memory, and no more than it needs. */
export function toRecording(head: AnswerHead, pieces: readonly Buffer[], ending: Buffer | undefined): Recording {
  const all = ending === undefined ? pieces : [...pieces, ending]
  const bytes = Buffer.allocUnsafeSlow(all.reduce((size, piece) => size + piece.length, 0))
  const ends: number[] = []
  let at = 0
  for (const piece of all) {
    at += piece.copy(bytes, at)
    ends.push(at)
  }
  return { status: head.status, headers: { ...head.headers }, bytes, ends, endsWithPiece: ending !== undefined }
}

/** What stands in for a header of an answer that is not sent for the first time. */
export type HeadChange = (headers: Readonly<Record<string, string>>) => Record<string, string>

/** Sends the head with its changes. */
export function sendHead(sink: ResponseSink, head: AnswerHead, change: HeadChange): void {
  sink.head(head.status, change(head.headers))
}
