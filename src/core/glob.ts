// Patterns over names: `*` stands for any run of characters, everything else for itself. Matching is linear in the length of the
// name for a given pattern, whatever the pattern: each piece between two stars is looked for once, from left to right.

/** What the stars of the pattern stand for in the name, in order; undefined when it does not match. Without a star, []. */
export function matchGlob(pattern: string, name: string): string[] | undefined {
  if (!pattern.includes('*')) return pattern === name ? [] : undefined
  const pieces = pattern.split('*')
  const first = pieces[0] ?? ''
  const last = pieces[pieces.length - 1] ?? ''
  if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last)) return undefined
  const captures: string[] = []
  const end = name.length - last.length
  let from = first.length
  for (const piece of pieces.slice(1, -1)) {
    const at = name.indexOf(piece, from)
    if (at < 0 || at + piece.length > end) return undefined
    captures.push(name.slice(from, at))
    from = at + piece.length
  }
  captures.push(name.slice(from, end))
  return captures
}

/** How much a pattern says: the more literal characters, the more specific; without a star it is exact and beats all others. */
export function specificity(pattern: string): number {
  return pattern.includes('*') ? pattern.replaceAll('*', '').length : Number.POSITIVE_INFINITY
}

/** The rule whose pattern fits a name best; of two that are as specific the first. */
export function mostSpecific<T extends { readonly model: string }>(rules: readonly T[], name: string): T | undefined {
  let best: T | undefined
  for (const rule of rules) {
    if (best && specificity(rule.model) <= specificity(best.model)) continue
    if (matchGlob(rule.model, name)) best = rule
  }
  return best
}
