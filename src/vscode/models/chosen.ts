// Which of the models the chat lists: those that the user chose, all while nothing is chosen. Pure.
import { matchGlob } from '../../core/glob.ts'

/** Relative to `omniroute`, as VS Code reads it. */
export const chosenModelsSetting = { key: 'chat.models', fallback: [] } as const

/** What the setting holds, without anything that is no pattern. */
export function readChosen(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string' && each !== '') : []
}

/**
 * The models whose id one of the patterns matches. A choice of which nothing is left (its account is gone) must not leave the
 * chat without models, so then all of them are listed.
 */
export function chosenModels<T extends { readonly id: string }>(
  models: readonly T[],
  patterns: readonly string[],
): readonly T[] {
  if (patterns.length === 0) return models
  const chosen = models.filter(({ id }) => isChosen(id, patterns))
  return chosen.length === 0 ? models : chosen
}

export function isChosen(id: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => matchGlob(pattern, id) !== undefined)
}

/** The setting for a choice out of everything there is. All of it is no choice: models of later accounts are listed, too. */
export function patternsFor(picked: readonly string[], all: readonly string[]): readonly string[] {
  return picked.length === all.length ? [] : picked
}
