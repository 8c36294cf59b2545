// The record of every decision for one request, and the row the request log keeps of it.
import type { Warning } from './conversation.ts'
import type { Cost } from './cost.ts'
import type { FailureCode } from './errors.ts'
import type { Usage } from './usage.ts'
import type { WireId } from './wire-format.ts'

/** One target's fate. Times are milliseconds since the request arrived. */
export type TraceStep =
  | {
      readonly kind: 'skipped'
      readonly target: string
      readonly account: string
      /** The reason as a short stable word: `SkipCode` of src/engine/plan/verdict.ts. */
      readonly code?: string
      readonly reason: string
    }
  | {
      readonly kind: 'failed'
      readonly target: string
      readonly account: string
      readonly code: FailureCode
      readonly status?: number
      readonly message: string
      readonly startedAt: number
      readonly endedAt: number
    }
  /** Something beside the attempts: a wait for a limit, a second try, a refreshed token. `ms` is how long it took. */
  | {
      readonly kind: 'waited' | 'retried' | 'refreshed'
      readonly target: string
      readonly account: string
      readonly reason: string
      readonly ms?: number
    }
  /** What decided the order, in words: an alias, a combo's strategy, the conversation's own account, a cache. */
  | { readonly kind: 'decided'; readonly reason: string }
  | {
      readonly kind: 'served'
      readonly target: string
      readonly account: string
      readonly startedAt: number
      readonly firstByteAt: number
      readonly endedAt: number
    }

export interface RequestRecord {
  readonly id: string
  /** Epoch milliseconds when the request arrived. */
  readonly at: number
  readonly keyId?: string
  /** The client's product token (`user-agent`), shortened. */
  readonly client: string
  readonly wire: WireId | 'editor'
  readonly modelAsked: string
  /** `<prefix>/<model>` that answered; absent when none did. */
  readonly modelServed?: string
  readonly accountId?: string
  readonly stream: boolean
  readonly status: number
  readonly code?: FailureCode
  readonly message?: string
  readonly usage: Usage
  /** Absent when unknown: no price, or no counts. */
  readonly cost?: Cost
  /** Set when the answer came from a cache or was shared with another request. */
  readonly cache?: 'exact' | 'semantic' | 'shared'
  readonly workspace?: string
  /** Milliseconds to the first byte towards the client, and in all. */
  readonly firstByteMs?: number
  readonly totalMs: number
  readonly trace: readonly TraceStep[]
  readonly warnings: readonly Warning[]
}
