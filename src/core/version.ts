// Which of two versions is the newer one, by the rules of Semantic Versioning as far as releases of ours need them.

/** Positive when `one` is newer than `other`, 0 when neither is. What is no version is older than all. */
export function compareVersions(one: string, other: string): number {
  const [left, right] = [read(one), read(other)]
  for (const index of [0, 1, 2] as const) {
    const difference = left.numbers[index] - right.numbers[index]
    if (difference !== 0) return difference
  }
  if (left.preview === right.preview) return 0
  // A preview comes before its release.
  if (left.preview === '' || right.preview === '') return left.preview === '' ? 1 : -1
  return left.preview.localeCompare(right.preview, 'en', { numeric: true })
}

function read(version: string): { readonly numbers: readonly [number, number, number]; readonly preview: string } {
  const parts = /^(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+.*)?$/.exec(version)
  if (!parts) return { numbers: [-1, 0, 0], preview: '' }
  return { numbers: [Number(parts[1]), Number(parts[2]), Number(parts[3])], preview: parts[4] ?? '' }
}
