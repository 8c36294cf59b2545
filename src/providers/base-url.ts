// Turns what a user typed as a server's address into the base URL that wire paths (`/messages`, `/models/…`) are appended to.
// Keep what the user typed and call this when the URL is used: a full endpoint without a version segment loses, once
// shortened, the sign that no segment is wanted.
import { GatewayError } from '../core/errors.ts'
import type { ProviderDefinition } from '../core/provider.ts'
import type { WireId } from '../core/wire-format.ts'

/** Paths people paste from a manual's example call; what stands before them is the base. */
const endpoint =
  /\/(?:chat\/completions|responses|messages(?:\/count_tokens)?|models(?:\/[^?#]+:(?:stream)?generateContent)?)$/i

const versionSegment = /(?:^|\/)v\d+(?:(?:alpha|beta)\d*)?(?:\/|$)/i

/**
 * Trailing slashes and a known endpoint at the end are dropped; everything else the user gave is kept. A version segment is
 * added as the wire's own SDK would: to an empty path for the OpenAI wires, whose base URLs are documented with the version;
 * to any path without one for Anthropic (`…/anthropic` means `…/anthropic/v1`) and Gemini, whose are documented without. A
 * full endpoint gets none: it says exactly where the server listens.
 */
export function normalizeBaseUrl(typed: string, wire: WireId): string {
  const url = parseHttpUrl(typed.trim())
  const path = withoutTrailingSlashes(url.pathname)
  const base = withoutTrailingSlashes(path.replace(endpoint, ''))
  if (base !== path) return url.origin + base
  return url.origin + base + missingVersion(base, wire)
}

/** Where a provider's wire is reached: the account's own address, when it has one, wins. */
export function baseUrlOf(provider: ProviderDefinition, wire: WireId, typed?: string): string {
  if (typed !== undefined) return normalizeBaseUrl(typed, wire)
  const known = provider.wireBaseUrls?.[wire] ?? provider.baseUrl
  if (known === undefined) throw refusal(`The provider "${provider.name}" needs a base URL.`)
  return known
}

function missingVersion(path: string, wire: WireId): string {
  switch (wire) {
    case 'openai-chat':
    case 'openai-responses':
      return path === '' ? '/v1' : ''
    case 'anthropic-messages':
      return versionSegment.test(path) ? '' : '/v1'
    case 'gemini-generate':
      return versionSegment.test(path) ? '' : '/v1beta'
  }
}

function parseHttpUrl(text: string): URL {
  if (!/^https?:\/\//i.test(text)) throw refusal('The base URL must begin with http:// or https://.')
  if (!URL.canParse(text)) throw refusal('The base URL is not a valid URL.')
  const url = new URL(text)
  if (url.username !== '' || url.password !== '') {
    throw refusal('The base URL must not contain a user name or password; give the key in its own field.')
  }
  if (url.search !== '' || url.hash !== '') throw refusal('The base URL must end before any "?" or "#".')
  return url
}

function withoutTrailingSlashes(path: string): string {
  let end = path.length
  while (path[end - 1] === '/') end -= 1
  return path.slice(0, end)
}

function refusal(message: string): GatewayError {
  return new GatewayError('invalid_request', message, { parameter: 'baseUrl' })
}
