// What befalls the accounts during a simulated day: made up by chance, so that each seed is another day.
import type { Dice } from './dice.ts'
import type { HintStyle } from './hints.ts'
import { type Trouble, type TroubleKind, troubleKinds, type UpstreamSpec } from './troubles.ts'

const second = 1_000
const minute = 60 * second
export const dayLength = 24 * 60 * minute

const styles: readonly HintStyle[] = ['retry-after', 'retry-after-ms', 'retry-after-date', 'x-ratelimit', 'none']

/** Shortest and longest, in minutes. */
const lengths: Partial<Record<TroubleKind, readonly [number, number]>> = {
  refused: [2, 45],
  'bad-key': [20, 120],
  'no-model': [20, 90],
  limited: [1, 70],
}
const usualLength = [1, 20] as const

export function troublesOf(spec: UpstreamSpec, dice: Dice, begin: number): Trouble[] {
  const troubles: Trouble[] = []
  let at = begin + dice.between(5, 120) * minute
  while (at < begin + dayLength) {
    const kind = dice.pick(troubleKinds)
    const [least, most] = lengths[kind] ?? usualLength
    const to = at + dice.between(least * 60, most * 60) * second
    troubles.push({ ...about(kind, spec, dice, at, to), kind, from: at, to })
    at = to + dice.between(15, 150) * minute
  }
  return troubles
}

function about(kind: TroubleKind, spec: UpstreamSpec, dice: Dice, from: number, to: number): Partial<Trouble> {
  const [model] = spec.models
  const one = model !== undefined && dice.chance(0.3) ? { model } : {}
  switch (kind) {
    case 'refused':
      return {}
    case 'bad-key':
      return { status: dice.pick([401, 403]) }
    case 'no-model':
      return model === undefined ? {} : { model }
    case 'limited': {
      const style = dice.pick(styles)
      const length = to - from
      const isEarly = length > 15 * minute && dice.chance(0.5)
      return { ...one, style, ...(isEarly ? { claims: to + length * dice.between(2, 6) } : {}) }
    }
    default:
      return { ...one, ...(dice.chance(0.25) ? { share: 0.4 } : {}) }
  }
}
