// Two by chance, and of these the less loaded one first: nearly as even as asking for the least loaded, without all requests of
// a burst running to the same one. The rest follow by load.
import { defineStrategy } from '../strategy.ts'
import { byLoad, loadOf } from './by-load.ts'

export const strategy = defineStrategy({
  id: 'power-of-two',
  order(options, { random }) {
    const sorted = options
      .map(loadOf)
      .sort(byLoad)
      .map(({ option }) => option)
    if (sorted.length < 2) return sorted
    const one = Math.floor(random() * sorted.length)
    const other = (one + 1 + Math.floor(random() * (sorted.length - 1))) % sorted.length
    const [first] = sorted.splice(Math.min(one, other), 1)
    return first === undefined ? sorted : [first, ...sorted]
  },
})
