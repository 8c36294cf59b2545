// Builds the HTTP call to a target: URL, headers, credential. The client's own headers pass only by allow-list.
import type { ProviderDefinition } from '../core/provider.ts'
import type { WireId } from '../core/wire-format.ts'
import { baseUrlOf } from '../providers/base-url.ts'
import type { Target } from './catalogue.ts'

/** Headers of a client that mean something to an upstream of the same wire. */
const passedOn: Readonly<Record<WireId, readonly string[]>> = {
  'openai-chat': ['openai-beta', 'idempotency-key', 'x-session-affinity', 'x-session-id'],
  'openai-responses': [
    'openai-beta',
    'idempotency-key',
    'session_id',
    'session-id',
    'x-session-affinity',
    'x-session-id',
  ],
  'anthropic-messages': ['anthropic-beta', 'anthropic-version', 'x-session-affinity', 'x-session-id'],
  'gemini-generate': ['x-goog-request-params'],
}

const anthropicVersion = '2023-06-01'

/** Where an account is called in one wire: what stands before a wire's own path. */
export interface BaseUrl {
  readonly origin: string
  /** Without a trailing slash; may be empty. */
  readonly path: string
}

const baseUrls = new WeakMap<Target['account'], Map<WireId, BaseUrl>>()

/** Normalised once per account: parsing a URL costs more than all the rest of a request's head. */
export function baseUrlFor(target: Pick<Target, 'account' | 'provider'>, wire: WireId): BaseUrl {
  const known = baseUrls.get(target.account) ?? new Map<WireId, BaseUrl>()
  const found = known.get(wire)
  if (found) return found
  // The demo and the editor's models have no address; the call never reaches a network.
  const url =
    target.provider.builtIn || target.provider.editor
      ? 'http://built-in.invalid/v1'
      : baseUrlOf(target.provider, wire, target.account.baseUrl)
  const { origin, pathname } = new URL(url)
  const base = { origin, path: pathname.replace(/\/+$/, '') }
  baseUrls.set(target.account, known.set(wire, base))
  return base
}

export interface HeaderInput {
  readonly provider: ProviderDefinition
  readonly accountHeaders: Readonly<Record<string, string>>
  readonly credential: string | undefined
  readonly wire: WireId
  readonly clientHeaders: Readonly<Record<string, string | string[] | undefined>>
  readonly userAgent: string
  /** Undefined when either form of answer will do. */
  readonly stream: boolean | undefined
}

/** All headers of an upstream call. The account's own come last and win, but for the credential. */
export function upstreamHeaders(input: HeaderInput): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    accept: accepted(input.stream),
    'accept-encoding': 'identity',
    'user-agent': input.userAgent,
  }
  if (input.wire === 'anthropic-messages') headers['anthropic-version'] = anthropicVersion
  for (const name of passedOn[input.wire]) {
    const value = input.clientHeaders[name]
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(',') : value
  }
  Object.assign(headers, input.provider.headers)
  for (const name in input.accountHeaders) headers[name.toLowerCase()] = input.accountHeaders[name] ?? ''
  return Object.assign(headers, credentialHeader(input.provider, input.credential))
}

function accepted(stream: boolean | undefined): string {
  if (stream === undefined) return 'text/event-stream, application/json'
  return stream ? 'text/event-stream' : 'application/json'
}

/** The header that carries an account's secret; none when the account has no secret. */
export function credentialHeader(provider: ProviderDefinition, credential: string | undefined): Record<string, string> {
  if (credential === undefined) return {}
  const { auth } = provider
  return { [auth.header]: auth.header === 'authorization' ? `${auth.scheme} ${credential}` : credential }
}
