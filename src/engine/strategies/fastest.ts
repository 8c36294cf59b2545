// The shortest smoothed time to the first byte first. A time that is unknown can only be learned by asking: such an option comes
// first while nothing of it is in flight, and last while a first request is still out, so that one request at a time finds out
// and a slow or hanging upstream can't draw all the others to it. Old times are forgotten (src/engine/load.ts): what was slow
// once is asked again.
import { defineStrategy, type Option } from '../strategy.ts'

export const strategy = defineStrategy({
  id: 'fastest',
  order: (options) =>
    options
      .map((option) => ({ option, ms: expected(option) }))
      .sort((a, b) => (a.ms === b.ms ? a.option.position - b.option.position : a.ms - b.ms))
      .map(({ option }) => option),
})

function expected(option: Option): number {
  return option.firstByteMs() ?? (option.inFlight() === 0 ? -1 : Infinity)
}
