// Requests that are the same at the same time share one upstream call. A client that leaves hurts nobody else; the call ends when
// all have left. A failure is told to each of them.
import { toGatewayError } from '../../core/errors.ts'
import type { Cancellation, ResponseSink } from '../ports.ts'
import { SharedAnswer } from './shared-answer.ts'
import type { Delivery, SubscriberInput } from './subscriber.ts'

/** Runs a request against a sink; the façade's callers and the tiers around each other are all of this shape. */
export type Run<O> = (sink: ResponseSink, signal: Cancellation) => Promise<O>

export interface Joined<O> {
  readonly delivery: Delivery
  /** What became of the call; undefined when this client did not stay to its end. */
  readonly outcome: O | undefined
}

/** One call and the answer that is shared of it. */
export class SharedRun<O> {
  readonly answer: SharedAnswer
  #outcome: Promise<O> | undefined

  /** `limit` in bytes, see `SharedAnswer`. */
  constructor(limit: number) {
    this.answer = new SharedAnswer(limit)
  }

  /** Starts the call for its first client. Settles as the call does, also when that client has left and others have not. */
  async lead(input: SubscriberInput, run: Run<O>): Promise<O> {
    // How it went for the first client, the call's own outcome says.
    this.answer.subscribe(input).catch(() => undefined)
    this.#outcome = this.#run(run)
    return await this.#outcome
  }

  async join(input: SubscriberInput): Promise<Joined<O>> {
    const delivery = await this.answer.subscribe(input)
    return { delivery, outcome: delivery === 'whole' ? await this.#outcome?.catch(() => undefined) : undefined }
  }

  async #run(run: Run<O>): Promise<O> {
    try {
      const outcome = await run(this.answer, this.answer)
      this.answer.close()
      return outcome
    } catch (thrown) {
      this.answer.close(toGatewayError(thrown))
      throw thrown
    }
  }
}

/** What is held of one answer while it is shared. */
export const sharedAnswerLimit = 16 * 1024 * 1024

export class Coalescer<O> {
  readonly #running = new Map<string, SharedRun<O>>()
  #shared = 0

  /** The running call that a request with this key may join. */
  find(key: string): SharedRun<O> | undefined {
    const found = this.#running.get(key)
    return found?.answer.joinable() ? found : undefined
  }

  join(run: SharedRun<O>, input: SubscriberInput): Promise<Joined<O>> {
    this.#shared++
    return run.join(input)
  }

  /** Runs the call so that others may join; `done` is given the answer while it is still whole. */
  async lead(
    key: string,
    input: SubscriberInput,
    run: Run<O>,
    done: (answer: SharedAnswer, outcome: O) => void,
  ): Promise<O> {
    const shared = new SharedRun<O>(sharedAnswerLimit)
    this.#running.set(key, shared)
    try {
      const outcome = await shared.lead(input, run)
      done(shared.answer, outcome)
      return outcome
    } finally {
      if (this.#running.get(key) === shared) this.#running.delete(key)
    }
  }

  /** How many requests were served by the call of another so far. */
  shared(): number {
    return this.#shared
  }

  running(): number {
    return this.#running.size
  }
}
