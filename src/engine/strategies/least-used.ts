// The one with the fewest requests of the last hour first, so that all are used alike over time.
import { defineStrategy } from '../strategy.ts'
import { byLoad, loadOf } from './by-load.ts'

export const strategy = defineStrategy({
  id: 'least-used',
  order: (options) =>
    options
      .map(loadOf)
      .sort((a, b) => a.recentUses - b.recentUses || byLoad(a, b))
      .map(({ option }) => option),
})
