// Who may talk to the gateway at all. Loopback is no protection by itself: every web page can reach it, so the Host header
// (DNS rebinding) and the Origin (cross-site requests) are judged before anything else, and a key is always needed.
import { hash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { GatewayKey } from '../core/account.ts'
import { GatewayError } from '../core/errors.ts'

const loopbackNames = new Set(['127.0.0.1', 'localhost', '[::1]'])

/** Clients send the same host each time. */
let lastGoodHost = '127.0.0.1'

/** Refuses a request that a web page or a rebound host name has made. Throws `forbidden_origin`. */
export function checkOrigin(headers: IncomingHttpHeaders): void {
  const host = headers.host ?? ''
  if (host !== lastGoodHost && !loopbackNames.has(hostName(host))) {
    throw new GatewayError(
      'forbidden_origin',
      `The gateway answers only to 127.0.0.1, localhost and [::1], not to "${host.slice(0, 100)}".`,
    )
  }
  lastGoodHost = host
  const origin = headers.origin
  if (origin !== undefined && origin !== `http://${host}`) {
    throw new GatewayError('forbidden_origin', `Requests from the web origin "${origin.slice(0, 100)}" are refused.`)
  }
  const site = headers['sec-fetch-site']
  // A link to the dashboard from another page is a plain navigation and reads nothing.
  const navigates = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !navigates) {
    throw new GatewayError('forbidden_origin', 'Requests from other web sites are refused.')
  }
}

/** The host without its port, lower-case. */
function hostName(host: string): string {
  return host.replace(/:\d{1,5}$/, '').toLowerCase()
}

export interface KeyRing {
  /** The id of the key, or undefined when it is none of ours. */
  verify(presented: string): string | undefined
  /** Changes whenever the keys do. */
  readonly version: number
}

/** Compares with every key in constant time, so that the answer's timing says nothing of which one nearly fitted. */
export function createKeyRing(keys: () => readonly GatewayKey[]): KeyRing {
  let source: readonly GatewayKey[] | undefined
  let known: { readonly id: string; readonly digest: Buffer }[] = []
  let version = 0

  function refresh(): void {
    const current = keys()
    if (current === source) return
    source = current
    known = current.map((key) => ({ id: key.id, digest: Buffer.from(key.hash, 'hex') }))
    version++
  }

  return {
    get version() {
      refresh()
      return version
    },
    verify(presented) {
      refresh()
      const digest = hash('sha256', presented, 'buffer')
      let found: string | undefined
      for (const key of known) {
        if (key.digest.length === digest.length && timingSafeEqual(key.digest, digest)) found = key.id
      }
      return found
    },
  }
}

/** The key a client sent, in any of the ways the vendors' SDKs use. */
export function presentedKey(headers: IncomingHttpHeaders, query: URLSearchParams | undefined): string | undefined {
  const bearer = /^Bearer\s+(\S+)\s*$/i.exec(headers.authorization ?? '')?.[1]
  return bearer ?? single(headers['x-api-key']) ?? single(headers['x-goog-api-key']) ?? query?.get('key') ?? undefined
}

interface Verified {
  readonly presented: string
  readonly id: string
  readonly version: number
}

/** Clients keep their connections: a key that was good on a connection is good there again, until the keys change. */
const verifiedOnConnection = new WeakMap<object, Verified>()

/** Checks the key of a request and gives its id. Throws `missing_key` or `wrong_key`. */
export function checkKey(ring: KeyRing, request: IncomingMessage, query: URLSearchParams | undefined): string {
  const presented = presentedKey(request.headers, query)
  if (presented === undefined || presented === '') {
    throw new GatewayError('missing_key', 'The request carries no API key.')
  }
  const before = verifiedOnConnection.get(request.socket)
  if (before && before.presented === presented && before.version === ring.version) return before.id
  const id = ring.verify(presented)
  if (id === undefined) throw new GatewayError('wrong_key', 'The API key is not one of this gateway.')
  verifiedOnConnection.set(request.socket, { presented, id, version: ring.version })
  return id
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}
