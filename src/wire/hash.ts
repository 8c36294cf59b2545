// A small stable hash for names and ids that have to be shortened. Not for secrets.

/** 32-bit FNV-1a over the UTF-16 units. */
function fnv1a(text: string, seed: number): number {
  let hash = seed
  for (let i = 0; i < text.length; i++) {
    hash ^= text.charCodeAt(i)
    hash = Math.imul(hash, 0x01000193)
  }
  return hash >>> 0
}

/** `length` lower-case letters and digits (at most 12) that depend on nothing but the text. */
export function shortHash(text: string, length: number): string {
  const high = fnv1a(text, 0x811c9dc5).toString(36).padStart(7, '0')
  const low = fnv1a(text, 0x9747b28c).toString(36).padStart(7, '0')
  return (low.slice(-6) + high.slice(-6)).slice(0, length)
}
