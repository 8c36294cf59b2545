// The lowest price first. An unknown price may be any price: it comes last.
import { defineStrategy } from '../strategy.ts'

export const strategy = defineStrategy({
  id: 'cheapest',
  order: (options) =>
    options
      .map((option) => ({ option, price: option.price() ?? Infinity }))
      .sort((a, b) => (a.price === b.price ? a.option.position - b.option.position : a.price - b.price))
      .map(({ option }) => option),
})
