// Patterns over names: `*` stands for any run of characters, everything else for itself. Matching is linear in the length of the
// name, whatever the pattern: each piece between two stars is looked for once, from left to right, and never looks back.

/** A pattern taken apart, for one that is asked often. */
export interface Glob {
  readonly pattern: string
  /** What stands before, between and behind the stars. */
  readonly pieces: readonly Piece[]
}

interface Piece {
  readonly text: string
  /** Of each position: how long the longest beginning of the text is that also ends there. */
  readonly borders: readonly number[]
}

/** What matching reads of a name. */
export type Name = Pick<string, 'length' | 'charCodeAt' | 'slice'>

export function parseGlob(pattern: string): Glob {
  const pieces = pattern.split('*')
  const middle = (index: number): boolean => index > 0 && index < pieces.length - 1
  return { pattern, pieces: pieces.map((text, index) => ({ text, borders: middle(index) ? bordersOf(text) : [] })) }
}

/** What the stars stand for in the name, each as short as can be; undefined when it does not match. Without a star, []. */
export function capture({ pieces }: Glob, name: Name): string[] | undefined {
  const first = pieces[0]?.text ?? ''
  if (!holds(name, 0, first)) return undefined
  if (pieces.length === 1) return name.length === first.length ? [] : undefined
  const last = pieces[pieces.length - 1]?.text ?? ''
  const end = name.length - last.length
  if (end < first.length || !holds(name, end, last)) return undefined
  const captures: string[] = []
  let from = first.length
  for (let index = 1; index < pieces.length - 1; index++) {
    const piece = pieces[index]
    const at = piece === undefined ? -1 : find(name, piece, from, end)
    if (piece === undefined || at < 0) return undefined
    captures.push(name.slice(from, at))
    from = at + piece.text.length
  }
  captures.push(name.slice(from, end))
  return captures
}

/** The same for a pattern that is asked once. */
export function matchGlob(pattern: string, name: string): string[] | undefined {
  if (!pattern.includes('*')) return pattern === name ? [] : undefined
  return capture(parseGlob(pattern), name)
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

function holds(name: Name, at: number, text: string): boolean {
  if (at + text.length > name.length) return false
  for (let index = 0; index < text.length; index++) {
    if (name.charCodeAt(at + index) !== text.charCodeAt(index)) return false
  }
  return true
}

/** Where the piece begins first from `from` on, ending by `end`; -1 when nowhere. Knuth, Morris and Pratt's search. */
function find(name: Name, { text, borders }: Piece, from: number, end: number): number {
  if (text.length === 0) return from
  let matched = 0
  for (let at = from; at < end; at++) {
    const code = name.charCodeAt(at)
    while (matched > 0 && code !== text.charCodeAt(matched)) matched = borders[matched - 1] ?? 0
    if (code === text.charCodeAt(matched)) matched++
    if (matched === text.length) return at - matched + 1
  }
  return -1
}

function bordersOf(text: string): number[] {
  const borders: number[] = [0]
  let length = 0
  for (let at = 1; at < text.length; at++) {
    while (length > 0 && text.charCodeAt(at) !== text.charCodeAt(length)) length = borders[length - 1] ?? 0
    if (text.charCodeAt(at) === text.charCodeAt(length)) length++
    borders.push(length)
  }
  return borders
}
