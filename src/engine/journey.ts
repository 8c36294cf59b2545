// What the wrappers of an attempt see of a request on its way along the chain.
import type { Origin } from '../core/routing.ts'
import type { TraceStep } from '../core/trace.ts'
import type { Journey, JourneyNote } from './attempt/attempt.ts'
import type { AttemptResult } from './attempt/result.ts'
import type { ChainInput } from './chain.ts'
import type { Candidate } from './plan/plan.ts'
import type { Cancellation } from './ports.ts'
import type { Resolution } from './resolution.ts'

/** What a reply is taken for where the client sets no limit; most are shorter. */
const usualOutput = 1_024

export class ChainJourney implements Journey {
  readonly requestId: string
  readonly origin: Origin
  readonly signal: Cancellation
  readonly deadline: number
  /** Upstream calls so far. */
  calls = 0
  /** Epoch milliseconds of the last of them. */
  calledAt = 0
  readonly #input: ChainInput
  readonly #resolution: Resolution
  readonly #trace: TraceStep[]
  #tokens: number | undefined

  constructor(input: ChainInput, resolution: Resolution, trace: TraceStep[], deadline: number) {
    this.requestId = input.requestId
    this.origin = input.origin
    this.signal = input.signal
    this.deadline = deadline
    this.#input = input
    this.#resolution = resolution
    this.#trace = trace
  }

  inputTokens(): number {
    return this.#input.facts.inputTokens()
  }

  outputTokens(): number {
    return Math.min(this.#input.facts.maxOutputTokens() ?? usualOutput, usualOutput)
  }

  tokens(): number {
    this.#tokens ??= this.inputTokens() + this.outputTokens()
    return this.#tokens
  }

  note(step: JourneyNote): void {
    this.#trace.push(step)
  }

  call(candidate: Candidate): Promise<AttemptResult> {
    this.calls += 1
    const { ports } = this.#input
    this.calledAt = ports.now()
    // Here and not before: a limit or a breaker of ours may have kept it from being called.
    ports.health.checking(candidate.target.account, candidate.target.model.id, this.calledAt)
    ports.quotas.checking(candidate.target, this.calledAt)
    return this.#input.attempt(candidate, this.calls, this.#resolution)
  }
}
