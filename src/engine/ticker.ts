// One timer for many things that may fall due: running calls, waiting clients. It is set for the soonest of them and only while
// there are any, so that a member costs an entry in a set and nothing while it waits.
import type { Clock } from '../core/clock.ts'

export interface Ticking {
  /**
   * Called when it may be due, and when it joins. Does what is due and says at which epoch millisecond to ask again, or
   * undefined to leave. May be asked early.
   */
  tick(now: number): number | undefined
  /** Where it stands in the list of its ticker, which keeps this: a member is in one ticker at most. -1 while in none. */
  place?: number
}

/** Milliseconds between two rounds at least: what falls due in between waits for the next one. */
const spacing = 50

export class Ticker {
  readonly clock: Clock
  /**
   * In no order, free places behind. No `Set`: one that ever new members join and leave is built anew all the time, and what it
   * leaves behind keeps members alive, with all that hangs on them, until the next full collection.
   */
  readonly #members: (Ticking | undefined)[] = []
  #size = 0
  #cancel: (() => void) | undefined
  /** Epoch milliseconds of the next round; Infinity when none is planned. */
  #next = Number.POSITIVE_INFINITY

  constructor(clock: Clock) {
    this.clock = clock
  }

  get size(): number {
    return this.#size
  }

  /** `due` is the instant at which it wants to be asked first. */
  add(member: Ticking, due: number): void {
    if (!this.#has(member)) {
      member.place = this.#size
      this.#members[this.#size] = member
      this.#size += 1
    }
    // A round that comes sooner asks the newcomer too: most calls have the same limits and set no timer of their own.
    if (due < this.#next) this.#plan(due)
  }

  /** A timer without members runs out by itself. */
  remove(member: Ticking): void {
    if (!this.#has(member)) return
    const place = member.place ?? 0
    member.place = -1
    this.#size -= 1
    const last = this.#members[this.#size]
    this.#members[this.#size] = undefined
    if (last === undefined || last === member) return
    last.place = place
    this.#members[place] = last
  }

  #has(member: Ticking): boolean {
    return member.place !== undefined && member.place >= 0 && this.#members[member.place] === member
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
    for (const member of this.#members.slice(0, this.#size)) {
      if (member === undefined || !this.#has(member)) continue
      const due = member.tick(now)
      if (due === undefined) this.remove(member)
      else if (due < soonest) soonest = due
    }
    // A member may have joined in this round and planned the next one already.
    const at = Math.max(soonest, now + spacing)
    if (at < this.#next) this.#plan(at)
  }
}
