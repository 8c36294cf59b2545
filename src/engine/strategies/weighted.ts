// By chance in proportion to the weights, without replacement: also the second and the third place follow the weights. An
// option of weight 0 is a fallback only and keeps the user's order behind the others.
import { defineStrategy } from '../strategy.ts'

export const strategy = defineStrategy({
  id: 'weighted',
  order(options, { random }) {
    // Each option waits for an exponentially distributed time with its weight as the rate: the order of arrival is the draw.
    return options
      .map((option) => ({ option, wait: option.weight > 0 ? -Math.log(1 - random()) / option.weight : Infinity }))
      .sort((a, b) => (a.wait === b.wait ? a.option.position - b.option.position : a.wait - b.wait))
      .map(({ option }) => option)
  },
})
