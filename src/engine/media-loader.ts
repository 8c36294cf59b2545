// Files from the internet as base64 with the type their bytes show. What was downloaded is kept for a while, since a conversation
// names the same pictures again with every turn.
import { LRUCache } from 'lru-cache'
import type { Account } from '../core/account.ts'
import type { AudioPart, DocumentPart, ImagePart, VideoPart } from '../core/conversation.ts'
import { GatewayError } from '../core/errors.ts'
import { DownloadError, type Downloader } from './media-download.ts'
import { mediaTypeOf } from './media-type.ts'

export type MediaKind = (ImagePart | DocumentPart | AudioPart | VideoPart)['type']

export interface Media {
  readonly mediaType: string
  /** Base64. */
  readonly data: string
}

export interface MediaLoader {
  /** Fetches on the way that the account's own calls take. Rejects with a `GatewayError`. */
  load(url: string, kind: MediaKind, signal: AbortSignal, account?: Account): Promise<Media>
}

/** Characters of base64 kept in all, and for how long. */
const keptCharacters = 64 * 1024 * 1024
const keptMs = 3600_000

export function createMediaLoader(downloader: Pick<Downloader, 'get'>): MediaLoader {
  const known = new LRUCache<string, Media>({
    maxSize: keptCharacters,
    sizeCalculation: ({ data }) => data.length + 1,
    ttl: keptMs,
  })
  return {
    async load(url, kind, signal, account) {
      const media = known.get(url) ?? (await download(downloader, url, kind, signal, account))
      if (!isOfKind(media.mediaType, kind)) throw unloadable(url, kind, `it is ${media.mediaType}`)
      known.set(url, media)
      return media
    },
  }
}

async function download(
  downloader: Pick<Downloader, 'get'>,
  url: string,
  kind: MediaKind,
  signal: AbortSignal,
  account: Account | undefined,
): Promise<Media> {
  try {
    const { bytes, contentType } = await downloader.get(url, signal, account)
    const mediaType = mediaTypeOf(bytes, contentType)
    if (mediaType === undefined) throw new DownloadError('what lies there is of no kind that is known here')
    return { mediaType, data: bytes.toString('base64') }
  } catch (thrown) {
    throw unloadable(url, kind, thrown instanceof Error ? thrown.message : String(thrown), thrown)
  }
}

/** Another target may take the address itself, so the chain goes on. The address may hold a secret: only its host is said. */
function unloadable(url: string, kind: MediaKind, why: string, cause?: unknown): GatewayError {
  const host = URL.canParse(url) ? new URL(url).hostname : 'an address that is none'
  return new GatewayError('unsupported', `The ${kind} at ${host} could not be loaded for this model: ${why}.`, {
    parameter: kind,
    ...(cause === undefined ? {} : { cause }),
  })
}

function isOfKind(mediaType: string, kind: MediaKind): boolean {
  return kind === 'document' ? /^(?:text|application)\//.test(mediaType) : mediaType.startsWith(`${kind}/`)
}
