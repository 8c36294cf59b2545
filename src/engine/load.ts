// What runs and ran at each target: requests in flight, requests of the last hour, and the smoothed time to the first byte. In
// memory only and bounded; each call is two look-ups.
import type { Clock } from '../core/clock.ts'
import type { Target } from './catalogue.ts'

/** The last hour is counted in slices: exact to one of them, and nothing has to be kept for each request. */
const slices = 12
const sliceMs = 300_000

/** How much of the smoothed time the newest answer makes up. */
const newestShare = 0.25

/** A time to the first byte that was learned longer ago says nothing of now. */
const latencyLifeMs = 15 * 60_000

const defaultCapacity = 5_000

class Entry {
  inFlight = 0
  /** Number of the slice (time divided by its length) that was counted in last. */
  slice = 0
  readonly uses = new Array<number>(slices).fill(0)
  usedAt = 0
  firstByteMs = 0
  firstByteAt = Number.NEGATIVE_INFINITY
}

export class Load {
  readonly #clock: Clock
  readonly #capacity: number
  /** By account, then by upstream model id: no key has to be put together. */
  readonly #entries = new Map<string, Map<string, Entry>>()
  #size = 0

  constructor(clock: Clock, capacity = defaultCapacity) {
    this.#clock = clock
    this.#capacity = capacity
  }

  /** A call to the target begins. Each must be followed by one `end`. */
  begin(target: Target): void {
    const now = this.#clock.now()
    const entry = this.#entry(target)
    this.#advance(entry, now)
    const index = entry.slice % slices
    entry.uses[index] = (entry.uses[index] ?? 0) + 1
    entry.inFlight += 1
    entry.usedAt = now
  }

  end(target: Target): void {
    const entry = this.#find(target)
    if (entry && entry.inFlight > 0) entry.inFlight -= 1
  }

  inFlight(target: Target): number {
    return this.#find(target)?.inFlight ?? 0
  }

  /** Requests of the last hour. */
  recentUses(target: Target, now: number): number {
    const entry = this.#find(target)
    if (!entry) return 0
    this.#advance(entry, now)
    let sum = 0
    for (const count of entry.uses) sum += count
    return sum
  }

  sawFirstByte(target: Target, ms: number): void {
    const now = this.#clock.now()
    const entry = this.#entry(target)
    const known = now - entry.firstByteAt <= latencyLifeMs
    entry.firstByteMs = known ? entry.firstByteMs + newestShare * (ms - entry.firstByteMs) : ms
    entry.firstByteAt = now
  }

  /** Smoothed; undefined before the first answer, and when the last one is long ago. */
  firstByteMs(target: Target): number | undefined {
    const entry = this.#find(target)
    return entry && this.#clock.now() - entry.firstByteAt <= latencyLifeMs ? entry.firstByteMs : undefined
  }

  #find(target: Target): Entry | undefined {
    return this.#entries.get(target.account.id)?.get(target.model.id)
  }

  #entry(target: Target): Entry {
    const found = this.#find(target)
    if (found) return found
    if (this.#size >= this.#capacity) this.#makeRoom()
    const models = this.#entries.get(target.account.id) ?? new Map<string, Entry>()
    this.#entries.set(target.account.id, models)
    const entry = new Entry()
    models.set(target.model.id, entry)
    this.#size += 1
    return entry
  }

  /** Empties the slices that have begun since the last look. A clock that was set back counts on in the newest slice. */
  #advance(entry: Entry, now: number): void {
    const slice = Math.floor(now / sliceMs)
    if (slice <= entry.slice) return
    const first = Math.max(entry.slice + 1, slice - slices + 1)
    for (let passed = first; passed <= slice; passed += 1) entry.uses[passed % slices] = 0
    entry.slice = slice
  }

  /** Forgets the tenth that was not used for longest. What is in flight stays, so that every `end` finds its `begin`. */
  #makeRoom(): void {
    const idle = [...this.#entries]
      .flatMap(([account, models]) => [...models].map(([model, entry]) => ({ account, model, entry })))
      .filter(({ entry }) => entry.inFlight === 0)
      .sort((a, b) => a.entry.usedAt - b.entry.usedAt)
      .slice(0, Math.max(1, Math.floor(this.#capacity / 10)))
    for (const { account, model } of idle) {
      const models = this.#entries.get(account)
      models?.delete(model)
      if (models?.size === 0) this.#entries.delete(account)
      this.#size -= 1
    }
  }
}
