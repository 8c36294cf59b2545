// Each in turn, the ones that follow it as its fallbacks.
import { defineStrategy } from '../strategy.ts'

export const strategy = defineStrategy({
  id: 'round-robin',
  order(options, context) {
    if (options.length < 2) return options
    const first = context.turn() % options.length
    return first === 0 ? options : [...options.slice(first), ...options.slice(0, first)]
  },
})
