// Previews between being shown and being applied: a few of them, for a while. Whoever comes later has to look again.
import { randomUUID } from 'node:crypto'

export interface Held<T> {
  /** Gives the id to take it by. */
  readonly hold: (thing: T) => string
  readonly look: (id: string) => T | undefined
  /** Each may be taken once. */
  readonly take: (id: string) => T | undefined
}

export function holdThings<T>({
  most,
  forMs,
  now,
}: {
  readonly most: number
  readonly forMs: number
  readonly now: () => number
}): Held<T> {
  const things = new Map<string, { readonly thing: T; readonly until: number }>()

  function clean(): void {
    for (const [id, { until }] of things) if (until <= now()) things.delete(id)
    for (const id of things.keys()) {
      if (things.size <= most) break
      things.delete(id)
    }
  }

  return {
    hold(thing) {
      const id = randomUUID()
      things.set(id, { thing, until: now() + forMs })
      clean()
      return id
    },
    look(id) {
      clean()
      return things.get(id)?.thing
    },
    take(id) {
      clean()
      const thing = things.get(id)?.thing
      things.delete(id)
      return thing
    },
  }
}
