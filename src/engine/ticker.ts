// One timer for many things that may fall due: running calls, waiting clients. It is set for the soonest of them and only while
// there are any, so that a member costs an entry in a set and nothing while it waits.
import type { Clock } from '../core/clock.ts'

export interface Ticking {
  /**
   * Called when it may be due, and when it joins. Does what is due and says at which epoch millisecond to ask again, or
   * undefined to leave. May be asked early.
   */
  tick(now: number): number | undefined
}

/** Milliseconds between two rounds at least: what falls due in between waits for the next one. */
const spacing = 50

export class Ticker {
  readonly clock: Clock
  readonly #members = new Set<Ticking>()
  #cancel: (() => void) | undefined
  /** Epoch milliseconds of the next round; Infinity when none is planned. */
  #next = Number.POSITIVE_INFINITY

  constructor(clock: Clock) {
    this.clock = clock
  }

  get size(): number {
    return this.#members.size
  }

  /** `due` is the instant at which it wants to be asked first. */
  add(member: Ticking, due: number): void {
    this.#members.add(member)
    // A round that comes sooner asks the newcomer too: most calls have the same limits and set no timer of their own.
    if (due < this.#next) this.#plan(due)
  }

  /** A timer without members runs out by itself. */
  remove(member: Ticking): void {
    this.#members.delete(member)
  }

  #plan(at: number): void {
    this.#cancel?.()
    this.#next = at
    this.#cancel = this.clock.after(Math.max(0, at - this.clock.now()), () => this.#round())
  }

  #round(): void {
    this.#cancel = undefined
    this.#next = Number.POSITIVE_INFINITY
    const now = this.clock.now()
    let soonest = Number.POSITIVE_INFINITY
    for (const member of this.#members) {
      const due = member.tick(now)
      if (due === undefined) this.#members.delete(member)
      else if (due < soonest) soonest = due
    }
    // A member may have joined in this round and planned the next one already.
    const at = Math.max(soonest, now + spacing)
    if (at < this.#next) this.#plan(at)
  }
}
