// Binary content as data URLs and the media types in them, which clients often get wrong (rules 40, 42, 43).
import type { BinarySource } from '../core/conversation.ts'

/** The source a URL stands for: the bytes of a data URL, else the URL. Undefined when a data URL holds no base64 (rule 43). */
export function sourceOfUrl(url: string): BinarySource | undefined {
  if (!/^data:/i.test(url)) return { kind: 'url', url }
  const comma = url.indexOf(',')
  const head = comma === -1 ? '' : url.slice(5, comma)
  if (!/;base64$/i.test(head)) return undefined
  return base64Source(url.slice(comma + 1), head.split(';')[0] ?? '')
}

/** Base64 with its media type, corrected by the first bytes where they are an image's. Undefined when it is no base64. */
export function base64Source(data: string, mediaType: string): BinarySource | undefined {
  // Only the ends are looked at: a scan of megabytes would cost more than it finds.
  if (data === '' || !/^[A-Za-z0-9+/_=\s-]*$/.test(data.slice(0, 64) + data.slice(-64))) return undefined
  return { kind: 'base64', mediaType: imageTypeOf(data) ?? cleanMediaType(mediaType), data }
}

export function dataUrlOf(source: Extract<BinarySource, { kind: 'base64' }>): string {
  return `data:${source.mediaType};base64,${source.data}`
}

/** The URL form of a source, where it has one. */
export function urlOfSource(source: BinarySource): string | undefined {
  if (source.kind === 'url') return source.url
  return source.kind === 'base64' ? dataUrlOf(source) : undefined
}

const imageHeads: readonly (readonly [string, string])[] = [
  ['iVBORw0KGgo', 'image/png'],
  ['/9j/', 'image/jpeg'],
  ['R0lGOD', 'image/gif'],
  ['UklGR', 'image/webp'],
]

function imageTypeOf(data: string): string | undefined {
  const found = imageHeads.find(([head]) => data.startsWith(head))?.[1]
  // RIFF is also the head of WAV: the form, WEBP, stands at byte 8.
  if (found === 'image/webp' && data.slice(12, 16) !== 'RUJQ') return undefined
  return found
}

function cleanMediaType(mediaType: string): string {
  const lower = mediaType.trim().toLowerCase()
  if (lower === 'image/jpg') return 'image/jpeg'
  return lower === '' ? 'application/octet-stream' : lower
}
