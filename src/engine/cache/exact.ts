// The exact tier: recorded answers by the key of their request, bounded in bytes and in age. Settings are read anew at every use,
// so that turning it off empties it and a lower cap shrinks it; call `apply` when they change and no request may come for long.
import { LRUCache } from 'lru-cache'
import type { Clock } from '../../core/clock.ts'
import type { RoutingSettings } from '../../core/settings.ts'
import { type Recording, sizeOfRecording } from './recording.ts'

export interface KeptAnswer<N> {
  readonly recording: Recording
  /** What the record of a later request should know of the one that was served. */
  readonly note: N
  /** Who may see it; see `scopeOf`. */
  readonly scope: string
  /** Epoch milliseconds. */
  readonly storedAt: number
}

export interface ExactStatistics {
  readonly hits: number
  readonly misses: number
  readonly bytes: number
  readonly entries: number
}

export interface ExactCacheOptions {
  readonly clock: Pick<Clock, 'now'>
  readonly settings: () => RoutingSettings['cache']
}

/** Old answers nobody asks for again are looked for this often at most. */
const sweepEveryMs = 60_000

/** No single answer may take more than this share of the whole. */
const largestShare = 1 / 8

export class ExactCache<N> {
  readonly #clock: Pick<Clock, 'now'>
  readonly #settings: () => RoutingSettings['cache']
  /** Gets its real size with the first use. */
  #kept: LRUCache<string, KeptAnswer<N>> = storeOf(1)
  #sweptAt = 0
  #hits = 0
  #misses = 0

  constructor({ clock, settings }: ExactCacheOptions) {
    this.#clock = clock
    this.#settings = settings
  }

  /** Bytes that one answer may have to be kept. */
  largestAnswer(): number {
    return Math.floor(capOf(this.#settings()) * largestShare)
  }

  /** Counts as a hit or a miss. */
  get(key: string): KeptAnswer<N> | undefined {
    const found = this.find(key)
    if (found) this.#hits++
    else this.#misses++
    return found
  }

  /** Like `get`, but counts for nothing. */
  find(key: string): KeptAnswer<N> | undefined {
    this.apply()
    const found = this.#kept.get(key)
    if (found === undefined || !this.#isOld(found)) return found
    this.#kept.delete(key)
    return undefined
  }

  put(key: string, answer: Omit<KeptAnswer<N>, 'storedAt'>): boolean {
    this.apply()
    if (!isOn(this.#settings()) || sizeOfRecording(answer.recording) > this.largestAnswer()) return false
    this.#kept.set(key, { ...answer, storedAt: this.#clock.now() })
    this.#sweep()
    return true
  }

  statistics(): ExactStatistics {
    this.apply()
    return { hits: this.#hits, misses: this.#misses, bytes: this.#kept.calculatedSize, entries: this.#kept.size }
  }

  clear(): void {
    this.#kept.clear()
  }

  /** Forgets what was kept for one scope, e.g. of a gateway key that was revoked. */
  clearScope(scope: string): void {
    for (const [key, answer] of [...this.#kept.entries()]) if (answer.scope === scope) this.#kept.delete(key)
  }

  /** Brings what is kept in line with the settings. Costs nothing when they have not changed. */
  apply(): void {
    const settings = this.#settings()
    if (!isOn(settings)) {
      if (this.#kept.size > 0) this.#kept.clear()
      return
    }
    const cap = capOf(settings)
    if (cap === this.#kept.maxSize) return
    const previous = this.#kept
    this.#kept = storeOf(cap)
    // Oldest use first, so that the most recent survive in a smaller one.
    for (const [key, answer] of [...previous.entries()].reverse()) {
      if (sizeOfRecording(answer.recording) <= this.largestAnswer()) this.#kept.set(key, answer)
    }
  }

  #isOld({ storedAt }: KeptAnswer<N>): boolean {
    return this.#clock.now() - storedAt > this.#settings().exactMinutes * 60_000
  }

  #sweep(): void {
    const now = this.#clock.now()
    if (Math.abs(now - this.#sweptAt) < sweepEveryMs) return
    this.#sweptAt = now
    for (const [key, answer] of [...this.#kept.entries()]) if (this.#isOld(answer)) this.#kept.delete(key)
  }
}

export function createExactCache<N>(options: ExactCacheOptions): ExactCache<N> {
  return new ExactCache(options)
}

/** The semantic tier finds answers by meaning, but it is here that they lie. */
function isOn({ exact, semantic }: RoutingSettings['cache']): boolean {
  return exact || semantic
}

function capOf({ maxMegabytes }: RoutingSettings['cache']): number {
  return Math.max(1, Math.floor(maxMegabytes * 1024 * 1024))
}

function storeOf<N>(cap: number): LRUCache<string, KeptAnswer<N>> {
  return new LRUCache({ maxSize: cap, sizeCalculation: ({ recording }) => sizeOfRecording(recording) })
}
