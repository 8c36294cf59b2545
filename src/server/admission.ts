// Who may talk to the gateway at all. Loopback is no protection by itself: every web page can reach it, so the Host header
// (DNS rebinding) and the Origin (cross-site requests) are judged before anything else, and a key is always needed.
import { hash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { GatewayError } from '../core/errors.ts'

const loopbackNames = new Set(['127.0.0.1', 'localhost', '[::1]'])

/** Refuses a request that a web page or a rebound host name has made. Throws `forbidden_origin`. */
export function checkOrigin(headers: IncomingHttpHeaders): void {
  const host = headers.host ?? ''
  if (!loopbackNames.has(hostName(host))) {
    throw new GatewayError(
      'forbidden_origin',
      `The gateway answers only to 127.0.0.1, localhost and [::1], not to "${host.slice(0, 100)}".`,
    )
  }
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
}

/** Compares with every key in constant time, so that the answer's timing says nothing of which one nearly fitted. */
export function createKeyRing(keys: () => readonly { readonly id: string; readonly hash: string }[]): KeyRing {
  return {
    verify(presented) {
      const digest = hash('sha256', presented, 'buffer')
      let found: string | undefined
      for (const key of keys()) {
        const known = Buffer.from(key.hash, 'hex')
        if (known.length === digest.length && timingSafeEqual(known, digest)) found = key.id
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

/** Checks the key of a request and gives its id. Throws `missing_key` or `wrong_key`. */
export function checkKey(ring: KeyRing, headers: IncomingHttpHeaders, query: URLSearchParams | undefined): string {
  const key = presentedKey(headers, query)
  if (key === undefined || key === '') throw new GatewayError('missing_key', 'The request carries no API key.')
  const id = ring.verify(key)
  if (id === undefined) throw new GatewayError('wrong_key', 'The API key is not one of this gateway.')
  return id
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}
