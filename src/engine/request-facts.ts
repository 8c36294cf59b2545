// What a plan may need to know of a request. Each answer is worked out when it is first asked for and then kept: most requests
// are passed on as bytes, and reading them costs more than routing them.

import type { Continuation } from './plan/continuation.ts'

export interface RequestFacts {
  /** Size of the body in bytes; infinite where the request never was a body. Costs nothing. */
  readonly bytes: number
  /** The bytes without embedded pictures and other files. Costs a quick search for them. */
  textBytes(): number
  /** Estimated input tokens, tools included. Reads the whole request; ask only when the bytes don't settle it. */
  inputTokens(): number
  usesTools(): boolean
  hasImages(): boolean
  /** Whether a JSON schema is asked for. */
  wantsSchema(): boolean
  /** What the client set as the most output tokens; undefined when it set none. */
  maxOutputTokens(): number | undefined
  /** What the request goes on from by an id alone; undefined when it holds its whole conversation. */
  continues(): Continuation | undefined
  /** The same for all requests of one conversation; undefined when that can't be told. */
  conversation(): string | undefined
}
