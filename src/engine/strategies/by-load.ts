// Load as two strategies compare it: what runs at this moment, then what ran lately, then the user's own order. Looked up once for an
// option, however often it is compared.
import type { Option } from '../strategy.ts'

export interface Loaded<T extends Option> {
  readonly option: T
  readonly inFlight: number
  readonly recentUses: number
}

export function loadOf<T extends Option>(option: T): Loaded<T> {
  return { option, inFlight: option.inFlight(), recentUses: option.recentUses() }
}

export function byLoad(a: Loaded<Option>, b: Loaded<Option>): number {
  return a.inFlight - b.inFlight || a.recentUses - b.recentUses || a.option.position - b.option.position
}
