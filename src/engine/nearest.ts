// Names that resemble a mistyped one, for error messages.

/** At most two of `names` that share enough letter pairs with `name`, best first. */
export function nearestNames(name: string, names: readonly string[]): string[] {
  const wanted = letterPairs(name)
  if (wanted.size === 0) return []
  return names
    .map((candidate) => ({ candidate, score: likeness(wanted, letterPairs(candidate)) }))
    .filter(({ score }) => score >= 0.4)
    .sort((a, b) => b.score - a.score)
    .slice(0, 2)
    .map(({ candidate }) => candidate)
}

/** Dice coefficient of two sets: 1 for equal, 0 for nothing shared. */
function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0
  for (const pair of a) if (b.has(pair)) shared++
  return (2 * shared) / (a.size + b.size || 1)
}

function letterPairs(text: string): Set<string> {
  const plain = text.toLowerCase().slice(0, 200)
  const pairs = new Set<string>()
  for (let at = 0; at < plain.length - 1; at++) pairs.add(plain.slice(at, at + 2))
  return pairs
}
