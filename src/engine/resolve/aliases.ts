// The user's other names for models, sorted so that the first that fits is the one that counts.
import { capture, type Glob, parseGlob, specificity } from '../../core/glob.ts'
import type { Alias } from '../../core/routing.ts'
import { longestName } from './meaning.ts'

export interface Aliases {
  /** Targets by name, of the aliases without `*`. */
  readonly exact: ReadonlyMap<string, string>
  /** Most specific first. */
  readonly open: readonly { readonly glob: Glob; readonly target: string }[]
}

export function sortAliases(aliases: readonly Alias[]): Aliases {
  const exact = new Map<string, string>()
  const open = aliases.filter(({ pattern, target }) => {
    if (pattern.includes('*')) return true
    // Of two that say the same the first counts, as among wildcards.
    if (!exact.has(pattern)) exact.set(pattern, target)
    return false
  })
  const sorted = open.toSorted((a, b) => specificity(b.pattern) - specificity(a.pattern))
  return { exact, open: sorted.map(({ pattern, target }) => ({ glob: parseGlob(pattern), target })) }
}

/**
 * What the most specific wildcard makes of a name; those that have led to this name don't count again, so that `*` may have a target
 * that it fits itself. `becomes` is undefined when the new name would be too long.
 */
export function applyWildcard(
  { open }: Aliases,
  name: string,
  used: readonly string[] = [],
): { readonly pattern: string; readonly becomes: string | undefined } | undefined {
  for (const { glob, target } of open) {
    const captures = used.includes(glob.pattern) ? undefined : capture(glob, name)
    if (captures) return { pattern: glob.pattern, becomes: fillIn(target, captures) }
  }
  return undefined
}

/** Puts captures for `$1` … `$9`; a number that has no capture stays as it is written. Undefined when it grows too long. */
export function fillIn(target: string, captures: readonly string[]): string | undefined {
  let filled = ''
  let from = 0
  for (let at = target.indexOf('$'); at >= 0; at = target.indexOf('$', at + 1)) {
    const value = captures[target.charCodeAt(at + 1) - '1'.charCodeAt(0)]
    if (value === undefined) continue
    filled += target.slice(from, at) + value
    from = at + 2
    if (filled.length > longestName) return undefined
  }
  filled += target.slice(from)
  return filled.length > longestName ? undefined : filled
}
