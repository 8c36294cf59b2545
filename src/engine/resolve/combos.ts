// A combo as a tree of choices. Combos may contain each other; what would contain itself is left out, and what nests so widely
// that the tree would explode is taken once only.
import { type Combo, type ComboMember, type MemberOverrides, toComboMember } from '../../core/routing.ts'
import type { Choice } from '../resolution.ts'
import { type Found, type Meaning, quote, type Trip } from './meaning.ts'

/** The members of a tree beyond which each combo stands in it only once. */
export const mostVisits = 1_000
/** Deeper nesting is left out: nobody means it, and the stack is finite. */
const deepest = 100
const mostReasons = 10

export function expandCombo(combo: Combo, trip: Trip, mean: (name: string) => Meaning): Meaning {
  const { name } = combo
  if (trip.path.length >= deepest) {
    return { refused: 'no_target', message: `The combo ${quote(name)} is nested too deeply.`, reason: 'too deep' }
  }
  if (trip.path.includes(name)) {
    return {
      refused: 'no_target',
      message: `The combo ${quote(name)} contains itself: ${[...trip.path, name].join(' → ')}.`,
      reason: 'contains itself',
    }
  }
  if (trip.taken?.has(name)) {
    return { refused: 'no_target', message: `The combo ${quote(name)} was taken already.`, reason: 'taken already' }
  }
  trip.taken?.add(name)
  trip.path.push(name)
  trip.nested++
  const choices: Choice[] = []
  const without: string[] = []
  const members = combo.members.map(toComboMember).filter((member) => member.enabled !== false)
  for (const member of members) {
    if (++trip.visits > mostVisits && !trip.taken) break
    const meaning = mean(member.model)
    if ('choice' in meaning) choices.push(asMember(meaning, member))
    else without.push(`${member.model} (${meaning.reason})`)
  }
  trip.nested--
  trip.path.pop()
  const reasons = without.slice(0, mostReasons).join(', ') + (without.length > mostReasons ? ' and others' : '')
  if (choices.length === 0) {
    const message =
      members.length === 0
        ? `Every member of the combo ${quote(name)} is switched off.`
        : `No member of the combo ${quote(name)} can be called: ${reasons}.`
    return { refused: 'no_target', message, reason: 'nothing left' }
  }
  const words = `combo ${quote(name)} goes without ${reasons}`
  if (without.length > 0 && !trip.steps.includes(words)) trip.steps.push(words)
  return { choice: { kind: 'group', name, strategy: combo.strategy, choices, weight: 1 } }
}

/** The member's own settings win over what stands in brackets behind its name. */
function asMember({ choice, reasoning }: Found, { weight = 1, overrides }: ComboMember): Choice {
  const all: MemberOverrides = { ...(reasoning ? { reasoning } : {}), ...overrides }
  const changes = Object.keys(all).length > 0
  if (weight === choice.weight && !changes) return choice
  return changes ? { ...choice, weight, overrides: all } : { ...choice, weight }
}
