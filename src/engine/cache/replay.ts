// Sends a recorded answer again, piece by piece as it was first sent, as fast as the client reads.
import type { Cancellation, ResponseSink } from '../ports.ts'
import { type HeadChange, type Recording, sendHead } from './recording.ts'

/** Resolves with whether the client got all of it: false when it left. Never rejects. */
export function replay(
  recording: Recording,
  change: HeadChange,
  sink: ResponseSink,
  signal: Cancellation,
): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted || sink.closed) {
      resolve(false)
      return
    }
    sendHead(sink, recording, change)
    const { bytes, ends, endsWithPiece } = recording
    const written = endsWithPiece ? ends.length - 1 : ends.length
    let index = 0
    let settled = false

    function settle(whole: boolean): void {
      if (settled) return
      settled = true
      signal.removeEventListener('abort', leave)
      resolve(whole)
    }

    function leave(): void {
      settle(false)
    }

    function send(): void {
      while (!settled && index < written) {
        if (sink.closed) break
        const piece = bytes.subarray(ends[index - 1] ?? 0, ends[index])
        index++
        if (!sink.write(piece)) {
          sink.onDrain(send)
          return
        }
      }
      if (settled) return
      if (sink.closed) {
        leave()
        return
      }
      if (endsWithPiece) sink.end(bytes.subarray(ends[written - 1] ?? 0))
      else sink.end()
      settle(true)
    }

    signal.addEventListener('abort', leave, { once: true })
    send()
  })
}
