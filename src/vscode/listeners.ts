// A list of listeners for modules that must run without VS Code. A listener that throws does not keep the others from hearing.
import type { Log } from '../core/log.ts'

export class Listeners<T> {
  readonly #listeners = new Set<(value: T) => void>()
  readonly #log: Log

  constructor(log: Log) {
    this.#log = log
  }

  /** Adds a listener; the function returned takes it away again. */
  add(listener: (value: T) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  emit(value: T): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(value)
      } catch (thrown) {
        this.#log.error(`A listener failed: ${thrown instanceof Error ? thrown.message : String(thrown)}`)
      }
    }
  }

  clear(): void {
    this.#listeners.clear()
  }
}
