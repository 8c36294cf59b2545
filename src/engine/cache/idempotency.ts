// `Idempotency-Key`: a request that is sent again gets the answer of the first, or waits for it while it is still coming. Per gateway
// key, for a day, bounded, in memory. Failures and answers that were not completed are not kept, so that a retry may succeed.
import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Clock } from '../../core/clock.ts'
import { GatewayError } from '../../core/errors.ts'
import { headersFor } from './answer-headers.ts'
import { type Run, SharedRun } from './coalesce.ts'
import { type Recording, sizeOfRecording } from './recording.ts'
import { replay } from './replay.ts'
import { Replayed } from './replayed.ts'
import type { Delivery, SubscriberInput } from './subscriber.ts'
import { isSuccess } from './worth.ts'

const keptForMs = 24 * 60 * 60_000
const keptBytes = 32 * 1024 * 1024
/** A longer answer is not kept, and can't be waited for. */
const largestAnswer = 8 * 1024 * 1024
const longestKey = 255

export const idempotencyHeader = 'idempotency-key'

interface Kept<N> {
  readonly digest: string
  readonly scope: string
  readonly recording: Recording
  readonly note: N
  readonly storedAt: number
}

interface Running<O> {
  readonly digest: string
  readonly run: SharedRun<O>
}

export interface IdempotentRequest {
  readonly key: string
  readonly scope: string
  /** Of all that makes the request what it is; see `requestDigest`. */
  readonly digest: string
  readonly requestId: string
}

/** `O` is what a run results in, `R` the caller's own part of it. */
export interface IdempotencyOptions<O, R, N> {
  readonly clock: Pick<Clock, 'now'>
  /** What to keep of an outcome; undefined when it was no success. */
  readonly noteOf: (outcome: O) => N | undefined
  readonly resultOf: (outcome: O) => R | undefined
}

export class Idempotency<O, R, N> {
  readonly #options: IdempotencyOptions<O, R, N>
  readonly #running = new Map<string, Running<O>>()
  readonly #kept = new LRUCache<string, Kept<N>>({
    maxSize: keptBytes,
    sizeCalculation: ({ recording }) => sizeOfRecording(recording),
  })

  constructor(options: IdempotencyOptions<O, R, N>) {
    this.#options = options
  }

  /** Rejects with `invalid_request` when the key was used for another request. */
  async around(request: IdempotentRequest, input: SubscriberInput, run: Run<O>): Promise<O | Replayed<R, N>> {
    if (request.key === '' || request.key.length > longestKey) {
      throw misuse(`The header "Idempotency-Key" must have 1 to ${longestKey} characters.`, 400)
    }
    const id = hash('sha256', `${request.scope}\n${request.key}`)
    const kept = this.#find(id)
    if (kept) {
      if (kept.digest !== request.digest) throw otherRequest()
      return await this.#replay(request, kept, input)
    }
    const running = this.#running.get(id)
    const answer = running?.run.answer
    if (running && (answer?.joinable() || answer?.outgrown())) {
      if (running.digest !== request.digest) throw otherRequest()
      return await this.#join(request, running.run, input)
    }
    return await this.#lead(id, request, input, run)
  }

  clearScope(scope: string): void {
    for (const [id, kept] of [...this.#kept.entries()]) if (kept.scope === scope) this.#kept.delete(id)
  }

  clear(): void {
    this.#kept.clear()
  }

  bytes(): number {
    return this.#kept.calculatedSize
  }

  #find(id: string): Kept<N> | undefined {
    const kept = this.#kept.get(id)
    if (kept === undefined || this.#options.clock.now() - kept.storedAt <= keptForMs) return kept
    this.#kept.delete(id)
    return undefined
  }

  async #replay(
    request: IdempotentRequest,
    { recording, note, storedAt }: Kept<N>,
    { sink, signal }: SubscriberInput,
  ): Promise<Replayed<R, N>> {
    const change = headersFor({
      requestId: request.requestId,
      mark: 'idempotent',
      ageMs: this.#options.clock.now() - storedAt,
      length: recording.bytes.length,
    })
    const delivery: Delivery = (await replay(recording, change, sink, signal)) ? 'whole' : 'left'
    return new Replayed({ how: 'idempotent', delivery, note })
  }

  async #join(request: IdempotentRequest, run: SharedRun<O>, input: SubscriberInput): Promise<Replayed<R, N>> {
    if (!run.answer.joinable()) {
      throw misuse('The request with this "Idempotency-Key" is still being answered; wait for it to end.', 409)
    }
    const change = headersFor({ requestId: request.requestId, mark: 'idempotent' })
    const { delivery, outcome } = await run.join({ ...input, change })
    return new Replayed({
      how: 'idempotent',
      delivery,
      ...(outcome === undefined
        ? {}
        : { note: this.#options.noteOf(outcome), result: this.#options.resultOf(outcome) }),
    })
  }

  async #lead(id: string, request: IdempotentRequest, input: SubscriberInput, run: Run<O>): Promise<O> {
    const shared = new SharedRun<O>(largestAnswer)
    const { digest, scope } = request
    const running = { digest, run: shared }
    this.#running.set(id, running)
    try {
      const outcome = await shared.lead(input, run)
      const note = this.#options.noteOf(outcome)
      const recording = note === undefined ? undefined : shared.answer.recording()
      if (note !== undefined && recording && isSuccess(recording) && sizeOfRecording(recording) <= largestAnswer) {
        this.#kept.set(id, { digest, scope, recording, note, storedAt: this.#options.clock.now() })
      }
      return outcome
    } finally {
      // After an aborted one another may have taken its place.
      if (this.#running.get(id) === running) this.#running.delete(id)
    }
  }
}

function otherRequest(): GatewayError {
  return misuse(
    'The header "Idempotency-Key" was already used for another request; use a new one for each request.',
    422,
  )
}

function misuse(message: string, status: number): GatewayError {
  return new GatewayError('invalid_request', message, { status, parameter: 'Idempotency-Key' })
}
