// How good a passphrase is, in steps that can be told to a person. A rough guess at how many there are of its kind: it knows no
// dictionary, so it counts repeated and neighbouring characters for little.

export const shortestPassphrase = 8

export type PassphraseStrength = 'short' | 'weak' | 'fair' | 'strong'

const alphabets: readonly [RegExp, number][] = [
  [/[a-z]/, 26],
  [/[A-Z]/, 26],
  [/[0-9]/, 10],
  [/[^A-Za-z0-9]/, 33],
]

export function passphraseStrength(passphrase: string): PassphraseStrength {
  const characters = [...passphrase.normalize('NFKC')]
  if (characters.length < shortestPassphrase) return 'short'
  const size = alphabets.reduce((sum, [shape, count]) => sum + (shape.test(passphrase) ? count : 0), 0)
  const telling = characters.filter((character, index) => !followsFrom(character, characters[index - 1])).length
  const bits = telling * Math.log2(size)
  return bits < 45 ? 'weak' : bits < 70 ? 'fair' : 'strong'
}

/** The same again, or the next of a row: `aaaa`, `1234`, `dcba`. */
function followsFrom(character: string, before: string | undefined): boolean {
  if (before === undefined) return false
  return Math.abs((character.codePointAt(0) ?? 0) - (before.codePointAt(0) ?? 0)) <= 1
}
