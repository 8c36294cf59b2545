// Chance that comes out the same for the same seed, so that a day that went wrong can be lived again.
import type { Random } from '../../src/core/clock.ts'

/** Mulberry32: small, fast, and good enough for choices of tests. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export class Dice {
  readonly random: Random

  constructor(seed: number) {
    this.random = seededRandom(seed)
  }

  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.random() * (most - least + 1))
  }

  chance(share: number): boolean {
    return this.random() < share
  }

  pick<T>(list: readonly T[]): T {
    const item = list[Math.floor(this.random() * list.length)]
    if (item === undefined) throw new Error('nothing to pick from')
    return item
  }
}
