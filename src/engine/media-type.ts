// What bytes are, by their beginning: servers' own word for it is often wrong, and a page that asks to sign in is no picture.

const heads: readonly (readonly [offset: number, bytes: string, type: string])[] = [
  [0, '\x89PNG\r\n\x1a\n', 'image/png'],
  [0, '\xff\xd8\xff', 'image/jpeg'],
  [0, 'GIF8', 'image/gif'],
  [8, 'WEBP', 'image/webp'],
  [4, 'ftypheic', 'image/heic'],
  [4, 'ftypheix', 'image/heic'],
  [4, 'ftypmif1', 'image/heif'],
  [4, 'ftypavif', 'image/avif'],
  [0, '%PDF-', 'application/pdf'],
  [8, 'WAVE', 'audio/wav'],
  [0, 'ID3', 'audio/mpeg'],
  [0, '\xff\xfb', 'audio/mpeg'],
  [0, '\xff\xf3', 'audio/mpeg'],
  [0, 'OggS', 'audio/ogg'],
  [0, 'fLaC', 'audio/flac'],
  [4, 'ftypM4A', 'audio/mp4'],
  [4, 'ftypqt', 'video/quicktime'],
  [4, 'ftyp', 'video/mp4'],
  [0, '\x1aE\xdf\xa3', 'video/webm'],
]

/** Text is known by no head: here the server's word counts, as long as the bytes are text at all. */
const textTypes = /^(?:text\/(?:plain|markdown|csv|xml)|application\/(?:json|xml|yaml))$/

/** The media type of a file; undefined when it is none that a model could be given. */
export function mediaTypeOf(bytes: Buffer, contentType: string): string | undefined {
  const beginning = bytes.subarray(0, 16).toString('latin1')
  const known = heads.find(([offset, head]) => beginning.startsWith(head, offset))
  if (known) return known[2]
  const said = (contentType.split(';')[0] ?? '').trim().toLowerCase()
  return textTypes.test(said) && isText(bytes) ? said : undefined
}

function isText(bytes: Buffer): boolean {
  if (bytes.includes(0)) return false
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}
