// The one shape of an attempt and of what is wrapped around it. A wrapper that has nothing to do for a target must hand on the
// inner promise as it is: on the common path nothing is added but a call.
import type { Origin } from '../../core/routing.ts'
import type { Candidate } from '../plan/plan.ts'
import type { Cancellation } from '../ports.ts'
import type { AttemptResult } from './result.ts'

/** One request on its way along the chain. Made once for a request. */
export interface Journey {
  readonly requestId: string
  readonly origin: Origin
  readonly signal: Cancellation
  /** Epoch milliseconds after which nothing new is begun. */
  readonly deadline: number
  /** Estimated input tokens plus what may come out; asked only where a limit or a budget counts tokens. */
  tokens(): number
  /** Notes something for the trace that is no attempt: a wait, a refresh, a second try. */
  note(step: JourneyNote): void
  /** The upstream call itself. Never rejects. `last` says that no further candidate is left. */
  call(candidate: Candidate, attempts: number): Promise<AttemptResult>
}

export interface JourneyNote {
  readonly kind: 'waited' | 'retried' | 'refreshed'
  readonly target: string
  readonly account: string
  /** Milliseconds that were waited. */
  readonly ms?: number
  readonly reason: string
}

export interface AttemptContext {
  readonly journey: Journey
  /** 1 for the first call of the request. */
  readonly attempts: number
  /** True when no other candidate is left: then waiting is better than giving up. */
  readonly last: boolean
}

export type Attempt = (candidate: Candidate, context: AttemptContext) => Promise<AttemptResult>

/** Made once per gateway; all that belongs to a request comes with the context. */
export type AttemptWrapper = (next: Attempt) => Attempt
