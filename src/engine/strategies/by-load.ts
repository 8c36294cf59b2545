// Load as two strategies compare it: what runs at this moment, then what ran lately, then the user's own order.
import type { Option } from '../strategy.ts'

export function byLoad(a: Option, b: Option): number {
  return a.inFlight() - b.inFlight() || a.recentUses() - b.recentUses() || a.position - b.position
}
