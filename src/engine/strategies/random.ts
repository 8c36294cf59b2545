// By chance, all alike.
import { defineStrategy } from '../strategy.ts'

export const strategy = defineStrategy({
  id: 'random',
  order(options, { random }) {
    const shuffled = [...options]
    for (let last = shuffled.length - 1; last > 0; last -= 1) {
      const chosen = Math.floor(random() * (last + 1))
      const [a, b] = [shuffled[last], shuffled[chosen]]
      if (a === undefined || b === undefined) continue
      shuffled[last] = b
      shuffled[chosen] = a
    }
    return shuffled
  },
})
