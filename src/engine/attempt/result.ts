// What becomes of one attempt.
import type { Warning } from '../../core/conversation.ts'
import type { GatewayError } from '../../core/errors.ts'
import type { Usage } from '../../core/usage.ts'
import type { HeaderMap } from '../upstream.ts'

/** What was seen of an answer that reached the client, if only in part. */
export interface Seen {
  readonly firstByteAt: number
  readonly usage: Usage
  /** What the translation between two wires had to drop or change. */
  readonly warnings?: readonly Warning[]
  /** Whether the answer was a stream. */
  readonly streamed?: boolean
  /** The upstream's, for what they say of quotas. */
  readonly headers?: HeaderMap | undefined
  /** True when no upstream was asked: it says nothing of anybody's health. */
  readonly isLocal?: boolean
}

export type AttemptResult =
  | ({ readonly kind: 'served' } & Seen)
  /** Nothing has been sent to the client: the next candidate may be tried. */
  | { readonly kind: 'failed'; readonly error: GatewayError; readonly headers?: HeaderMap | undefined }
  /** The client has been sent a part of the answer and then the failure, in its own dialect. */
  | ({ readonly kind: 'broken'; readonly error: GatewayError } & Seen)
  | ({ readonly kind: 'left' } & Partial<Seen>)
