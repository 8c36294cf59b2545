// The outcome of a request that made no upstream call of its own. A class, so that it can be told from the caller's own results.
import type { Delivery } from './subscriber.ts'

interface ReplayedFields<R, N> {
  readonly how: 'exact' | 'semantic' | 'shared' | 'idempotent'
  readonly delivery: Delivery
  readonly note?: N | undefined
  readonly similarity?: number
  readonly result?: R | undefined
}

export class Replayed<R, N> {
  /** `shared` was the call of a concurrent request, `idempotent` the answer to the same `Idempotency-Key`. */
  readonly how: 'exact' | 'semantic' | 'shared' | 'idempotent'
  readonly delivery: Delivery
  /** What was noted of the request that was really served; absent when it failed or this client did not stay. */
  readonly note: N | undefined
  /** For `semantic`. */
  readonly similarity: number | undefined
  /** For `shared`, and `idempotent` while the first was still running: what became of that call, its failure included. */
  readonly result: R | undefined

  constructor(fields: ReplayedFields<R, N>) {
    this.how = fields.how
    this.delivery = fields.delivery
    this.note = fields.note
    this.similarity = fields.similarity
    this.result = fields.result
  }
}
