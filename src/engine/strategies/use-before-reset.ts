// What would be lost soonest is used first: the quota that starts anew soonest while something of it remains. Options whose
// reset is unknown follow in the user's order, and those that are known to be used up come last.
import { defineStrategy, type Option } from '../strategy.ts'

export const strategy = defineStrategy({
  id: 'use-before-reset',
  order: (options, { now }) =>
    options
      .map((option) => ({ option, resetsAt: upcoming(option, now), usedUp: option.remaining() === 0 ? 1 : 0 }))
      .sort(
        (a, b) =>
          a.usedUp - b.usedUp ||
          (a.resetsAt === b.resetsAt ? a.option.position - b.option.position : a.resetsAt - b.resetsAt),
      )
      .map(({ option }) => option),
})

/** A reset that has passed says nothing of the window that began then. */
function upcoming(option: Option, now: number): number {
  const resetsAt = option.resetsAt()
  return resetsAt === undefined || resetsAt <= now ? Infinity : resetsAt
}
