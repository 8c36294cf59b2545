// The semantic tier: finds the answer to a request that says the same in other words. Only among requests that are equal in
// everything but the last user text (so never across keys), by the cosine of their embeddings. The answers lie in the exact tier.
import { LRUCache } from 'lru-cache'
import type { Clock } from '../../core/clock.ts'
import type { Log } from '../../core/log.ts'
import type { RoutingSettings } from '../../core/settings.ts'
import type { Cancellation } from '../ports.ts'
import { OwnCancellation } from './cancellation.ts'

/** A text as a vector; undefined when no embeddings model can be had. May reject. */
export type Embed = (text: string, signal: Cancellation) => Promise<Float32Array | undefined>

export interface SemanticCacheOptions {
  readonly clock: Clock
  readonly settings: () => RoutingSettings['cache']
  readonly embed: Embed
  readonly log: Log
}

interface Entry {
  readonly group: string
  readonly scope: string
  /** Of length 1. */
  readonly vector: Float32Array
}

export interface SemanticMatch {
  /** The key of the answer in the exact tier. */
  readonly key: string
  readonly similarity: number
}

/** Each entry is compared with; a few thousand cost well under a millisecond apiece. */
const largestCount = 4_000
/** Vectors of models in use have up to 4096 dimensions. */
const largestBytes = 64 * 1024 * 1024
/** Longer than this no request waits to learn whether it is one of the known. */
const embedWithinMs = 3_000
/** After a failure nothing is asked of the embeddings model for this long. */
const restAfterFailureMs = 30_000

export class SemanticCache {
  readonly #options: SemanticCacheOptions
  readonly #groups = new Map<string, Set<string>>()
  readonly #entries: LRUCache<string, Entry>
  #restsUntil = Number.NEGATIVE_INFINITY
  #failing = false
  #hits = 0

  constructor(options: SemanticCacheOptions) {
    this.#options = options
    this.#entries = new LRUCache<string, Entry>({
      max: largestCount,
      maxSize: largestBytes,
      sizeCalculation: ({ vector }) => vector.byteLength + 256,
      dispose: (entry, key) => this.#forget(entry, key),
    })
  }

  /** The text as a vector of length 1; undefined when that can't be had now. Never rejects. */
  async vectorOf(text: string, signal: Cancellation): Promise<Float32Array | undefined> {
    const { clock } = this.#options
    const now = clock.now()
    if (now < this.#restsUntil && this.#restsUntil - now <= restAfterFailureMs) return undefined
    const own = new OwnCancellation()
    const leave = (): void => own.abort()
    signal.addEventListener('abort', leave, { once: true })
    try {
      const vector = await this.#embedInTime(text, own)
      if (signal.aborted) return undefined
      const unit = vector && toUnit(vector)
      if (!unit) throw new Error('it gave no usable vector')
      this.#failing = false
      return unit
    } catch (error) {
      if (!signal.aborted) this.#failed(error)
      return undefined
    } finally {
      signal.removeEventListener('abort', leave)
    }
  }

  /** The nearest known request of the group, if near enough. `isKept` says whether its answer is still there. */
  find(group: string, vector: Float32Array, isKept: (key: string) => boolean): SemanticMatch | undefined {
    const { threshold } = this.#options.settings()
    let best: SemanticMatch | undefined
    for (const key of [...(this.#groups.get(this.#inModel(group)) ?? [])]) {
      const entry = this.#entries.peek(key)
      if (!entry || entry.vector.length !== vector.length) continue
      const similarity = Math.min(1, dotProduct(entry.vector, vector))
      if (similarity < threshold || (best && similarity <= best.similarity)) continue
      if (isKept(key)) best = { key, similarity }
      else this.#entries.delete(key)
    }
    if (best) {
      this.#entries.get(best.key)
      this.#hits++
    }
    return best
  }

  put(group: string, scope: string, key: string, vector: Float32Array): void {
    const inModel = this.#inModel(group)
    this.#entries.set(key, { group: inModel, scope, vector })
    if (!this.#entries.has(key)) return
    const keys = this.#groups.get(inModel)
    if (keys) keys.add(key)
    else this.#groups.set(inModel, new Set([key]))
  }

  clear(): void {
    this.#entries.clear()
  }

  clearScope(scope: string): void {
    for (const [key, entry] of [...this.#entries.entries()]) if (entry.scope === scope) this.#entries.delete(key)
  }

  entries(): number {
    return this.#entries.size
  }

  hits(): number {
    return this.#hits
  }

  /** Vectors of two models say nothing about each other. */
  #inModel(group: string): string {
    return `${this.#options.settings().embeddingModel}\n${group}`
  }

  #embedInTime(text: string, own: OwnCancellation): Promise<Float32Array | undefined> {
    const { clock, embed } = this.#options
    return new Promise((resolve, reject) => {
      const cancel = clock.after(embedWithinMs, () => {
        reject(new Error('it did not answer in time'))
        own.abort()
      })
      own.addEventListener('abort', () => {
        cancel()
        resolve(undefined)
      })
      const asked = async (): Promise<Float32Array | undefined> => embed(text, own)
      asked().then(resolve, reject).finally(cancel)
    })
  }

  /** Logged once until it works again: a request a second would fill the log. */
  #failed(error: unknown): void {
    this.#restsUntil = this.#options.clock.now() + restAfterFailureMs
    if (this.#failing) return
    this.#failing = true
    const reason = error instanceof Error ? error.message : String(error)
    this.#options.log.warn(`The semantic cache is not used: the embeddings model failed (${reason}).`)
  }

  #forget({ group }: Entry, key: string): void {
    const keys = this.#groups.get(group)
    keys?.delete(key)
    if (keys?.size === 0) this.#groups.delete(group)
  }
}

/** The same direction with length 1; undefined for a vector that has none. */
export function toUnit(vector: Float32Array): Float32Array | undefined {
  let sum = 0
  for (const value of vector) sum += value * value
  const length = Math.sqrt(sum)
  if (!Number.isFinite(length) || length === 0) return undefined
  return vector.map((value) => value / length)
}

function dotProduct(left: Float32Array, right: Float32Array): number {
  let sum = 0
  for (let index = 0; index < left.length; index++) sum += (left[index] ?? 0) * (right[index] ?? 0)
  return sum
}
