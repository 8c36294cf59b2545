// Whose turn it is, for `round-robin`: a counter for each group and model that is chosen from. Bounded; the one that was not used
// for longest starts anew.

export class Turns {
  readonly #capacity: number
  readonly #taken = new Map<string, number>()

  constructor(capacity = 1_000) {
    this.#capacity = capacity
  }

  /** How many turns were taken so far. */
  peek(key: string): number {
    return this.#taken.get(key) ?? 0
  }

  take(key: string): void {
    const taken = this.peek(key) + 1
    this.#taken.delete(key)
    this.#taken.set(key, taken % Number.MAX_SAFE_INTEGER)
    if (this.#taken.size <= this.#capacity) return
    for (const oldest of this.#taken.keys()) {
      this.#taken.delete(oldest)
      return
    }
  }
}
