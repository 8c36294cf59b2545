// Knows when everything that could go on without time has gone on: only then the clock may move. All parties live in this process
// and talk over loopback, so bytes that were written are there to be read a few turns of the event loop later.
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'

/** Turns without any movement that count as still where all is accounted for. */
const quietTurns = 8
/** Milliseconds to give to what isn't accounted for: it waits inside the gateway, or its bytes are still on their way. */
const patience = 4
const longestMs = 30_000

export class Stillness {
  #moves = 0
  /** Requests found to wait inside the gateway; nothing of theirs has moved since. */
  readonly #waiting = new Set<string>()
  readonly #restless: () => Iterable<string>

  /** `restless` gives the ids of requests of which nobody outside of the gateway knows what they wait for. */
  constructor(restless: () => Iterable<string>) {
    this.#restless = restless
  }

  /** Something has happened, to that request if it can be told. */
  moved(id?: string): void {
    this.#moves += 1
    if (id !== undefined) this.#waiting.delete(id)
  }

  readonly settle = async (): Promise<void> => {
    const begin = performance.now()
    for (;;) {
      await this.#quiet(() => turn(), quietTurns, begin)
      const unaccounted = this.#unaccounted()
      if (unaccounted.length === 0) return
      const before = this.#moves
      await this.#quiet(() => sleep(1), patience, begin)
      if (this.#moves !== before) continue
      for (const id of this.#unaccounted()) this.#waiting.add(id)
      return
    }
  }

  async #quiet(step: () => Promise<unknown>, rounds: number, begin: number): Promise<void> {
    let seen = this.#moves
    for (let quiet = 0; quiet < rounds; quiet += 1) {
      await step()
      if (this.#moves === seen) continue
      seen = this.#moves
      quiet = -1
      if (performance.now() - begin > longestMs) throw new Error('the world does not come to rest')
    }
  }

  #unaccounted(): string[] {
    return [...this.#restless()].filter((id) => !this.#waiting.has(id))
  }
}
