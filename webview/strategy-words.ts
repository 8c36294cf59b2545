// Strategies in words: a short name for lists, and one sentence that says what happens.
import type { ComboView } from '../src/admin/contract.ts'
import { t } from './l10n.ts'

export type Strategy = ComboView['strategy']

/** In the order in which they are offered: what most people want comes first. */
export const strategyOrder: readonly Strategy[] = [
  'ordered',
  'weighted',
  'round-robin',
  'random',
  'power-of-two',
  'least-used',
  'cheapest',
  'fastest',
  'use-before-reset',
]

export function strategyName(strategy: Strategy): string {
  switch (strategy) {
    case 'ordered':
      return t('In order')
    case 'weighted':
      return t('By weight')
    case 'round-robin':
      return t('In turns')
    case 'random':
      return t('At random')
    case 'power-of-two':
      return t('Less busy of two')
    case 'least-used':
      return t('Least used')
    case 'cheapest':
      return t('Cheapest first')
    case 'fastest':
      return t('Fastest first')
    case 'use-before-reset':
      return t('Use before reset')
  }
}

/** Who is asked first. The others always stay behind as fallbacks. */
export function strategySentence(strategy: Strategy): string {
  switch (strategy) {
    case 'ordered':
      return t('The first one is asked, the next one only when it can’t answer.')
    case 'weighted':
      return t('Requests are shared out by chance, in proportion to the weights.')
    case 'round-robin':
      return t('Each request begins with the next one in the row.')
    case 'random':
      return t('Each request begins with one drawn by chance.')
    case 'power-of-two':
      return t('Two are drawn by chance, and the less busy one is asked.')
    case 'least-used':
      return t('The one with the fewest requests in the last hour is asked.')
    case 'cheapest':
      return t('The one with the lowest price is asked; an unknown price comes last.')
    case 'fastest':
      return t('The one whose answers began soonest lately is asked.')
    case 'use-before-reset':
      return t('The one whose allowance starts anew soonest is asked, so that nothing lapses unused.')
  }
}
