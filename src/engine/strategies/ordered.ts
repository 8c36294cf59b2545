// The user's own order: the first until it can't, then the second (fill first).
import { defineStrategy } from '../strategy.ts'

export const strategy = defineStrategy({
  id: 'ordered',
  order: (options) => options,
})
