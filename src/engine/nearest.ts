// Names that resemble a mistyped one, for error messages.

const most = 2
const leastLikeness = 0.4
/** Longer names don't resemble anybody's model more. */
const lettersRead = 200

/** At most two of `names` that share enough letter pairs with `name`, best first. */
export function nearestNames(name: string, names: readonly string[]): string[] {
  return indexNames(names)(name)
}

/**
 * The same for many questions about the same names: letter pairs are taken apart once, and a question touches only names that share
 * one with it.
 */
export function indexNames(names: readonly string[]): (name: string) => string[] {
  const owners = new Map<number, number[]>()
  const sizes = names.map((candidate, index) => {
    const pairs = letterPairs(candidate)
    for (const pair of pairs) {
      const list = owners.get(pair)
      if (list) list.push(index)
      else owners.set(pair, [index])
    }
    return pairs.size
  })
  return (name) => {
    const wanted = letterPairs(name)
    const shared = new Uint8Array(names.length)
    for (const pair of wanted) for (const index of owners.get(pair) ?? []) shared[index] = (shared[index] ?? 0) + 1
    const near: { candidate: string; score: number }[] = []
    names.forEach((candidate, index) => {
      // Dice coefficient of two sets: 1 for equal, 0 for nothing shared.
      const score = (2 * (shared[index] ?? 0)) / (wanted.size + (sizes[index] ?? 0) || 1)
      if (score >= leastLikeness) near.push({ candidate, score })
    })
    return near
      .sort((a, b) => b.score - a.score)
      .slice(0, most)
      .map(({ candidate }) => candidate)
  }
}

function letterPairs(text: string): Set<number> {
  const plain = text.toLowerCase().slice(0, lettersRead)
  const pairs = new Set<number>()
  for (let at = 1; at < plain.length; at++) pairs.add(plain.charCodeAt(at - 1) * 65_536 + plain.charCodeAt(at))
  return pairs
}
