// Puts the bytes of images and documents in the place of their addresses where the chosen upstream takes bytes only (rule 41).
// Nothing is downloaded for targets that fetch themselves.
import type { Account } from '../core/account.ts'
import type { ChatRequest, Part, ToolResultPart } from '../core/conversation.ts'
import { GatewayError } from '../core/errors.ts'
import type { LinkedPart, TargetModel, WireFormat } from '../core/wire-format.ts'
import type { Media, MediaKind, MediaLoader } from './media-loader.ts'
import type { Cancellation } from './ports.ts'

const mostAddresses = 20
/** Of base64, for one request. */
const mostCharacters = 64 * 1024 * 1024
const atOnce = 4

export type Addresses = ReadonlyMap<string, MediaKind>

const none: Addresses = new Map()

/** The addresses that the target must be sent the bytes of. Looks at every part, so it does no more than that. */
export function addressesToLoad(request: ChatRequest, wire: WireFormat, target: TargetModel): Addresses {
  if (!wire.needsBytes) return none
  let found: Map<string, MediaKind> | undefined
  for (const message of request.messages) {
    for (const part of message.parts) {
      for (const inner of part.type === 'tool-result' ? part.parts : [part]) {
        const url = urlOf(inner)
        if (url === undefined || !wire.needsBytes(inner as LinkedPart, url, target)) continue
        found ??= new Map()
        found.set(url, (inner as LinkedPart).type)
      }
    }
  }
  return found ?? none
}

/** The web address of a part that has one. */
function urlOf(part: Part): string | undefined {
  switch (part.type) {
    case 'image':
    case 'document':
    case 'audio':
    case 'video':
      return part.source.kind === 'url' && /^https?:\/\//i.test(part.source.url) ? part.source.url : undefined
    default:
      return undefined
  }
}

/** The request with the bytes in place of these addresses. Rejects with a `GatewayError`; ends at once when the caller leaves. */
export async function withLoaded(
  request: ChatRequest,
  addresses: Addresses,
  loader: MediaLoader,
  caller: Cancellation,
  account?: Account,
): Promise<ChatRequest> {
  if (addresses.size > mostAddresses) {
    throw new GatewayError(
      'unsupported',
      `The model takes files but no addresses of files; ${addresses.size} would have to be loaded for it, and at most ${mostAddresses} are.`,
    )
  }
  const ending = new AbortController()
  const leave = (): void => ending.abort()
  caller.addEventListener('abort', leave, { once: true })
  if (caller.aborted) leave()
  try {
    const loaded = await loadAll(addresses, loader, ending.signal, account)
    const inPlace = (part: Part): Part => withBytes(part, loaded)
    return { ...request, messages: request.messages.map((one) => ({ ...one, parts: one.parts.map(inPlace) })) }
  } finally {
    caller.removeEventListener('abort', leave)
    // One that failed ends the others.
    ending.abort()
  }
}

async function loadAll(
  addresses: Addresses,
  loader: MediaLoader,
  signal: AbortSignal,
  account: Account | undefined,
): Promise<Map<string, Media>> {
  const loaded = new Map<string, Media>()
  const waiting = addresses.entries()
  let size = 0
  const work = async (): Promise<void> => {
    for (const [url, kind] of waiting) {
      const media = await loader.load(url, kind, signal, account)
      size += media.data.length
      if (size > mostCharacters) {
        throw new GatewayError(
          'unsupported',
          'The files that would have to be loaded for the model are too large together.',
        )
      }
      loaded.set(url, media)
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, addresses.size) }, work))
  return loaded
}

function withBytes(part: Part, loaded: ReadonlyMap<string, Media>): Part {
  if (part.type === 'tool-result') {
    return { ...part, parts: part.parts.map((inner) => withBytes(inner, loaded) as ToolResultPart['parts'][number]) }
  }
  const url = urlOf(part)
  const media = url === undefined ? undefined : loaded.get(url)
  return media ? ({ ...part, source: { kind: 'base64', ...media } } as LinkedPart) : part
}
