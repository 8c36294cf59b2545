// The one with the fewest requests of the last hour first, so that all are used alike over time.
import { defineStrategy } from '../strategy.ts'

export const strategy = defineStrategy({
  id: 'least-used',
  order: (options) =>
    [...options].sort(
      (a, b) => a.recentUses() - b.recentUses() || a.inFlight() - b.inFlight() || a.position - b.position,
    ),
})
