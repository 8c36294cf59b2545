// The key of a request: a digest over all that decides its answer. Two requests share a key only when any difference between
// them is one of spelling (order of keys, white space, escapes) or stands in the list of fields without meaning.
import { hash } from 'node:crypto'
import type { JsonObject } from '../../core/json.ts'
import { isCacheable, meaningfulFields } from './cacheable.ts'
import { canonicalJson } from './canonical-json.ts'
import { type CacheRequest, headerOf, scopeOf } from './request.ts'

/** Raised when what goes into a key changes, should keys ever outlive a process. */
const version = 1

/** Headers of a client that change the answer. Sessions and products named in others only steer where it comes from. */
const meaningfulHeaders = [
  'anthropic-beta',
  'anthropic-version',
  'openai-beta',
  'x-goog-request-params',
  // Adds a header to the answer.
  'x-omniroute-debug',
]

/** The key of a request that may be cached; undefined for one that may not. */
export function cacheKey(request: CacheRequest, body: JsonObject): string | undefined {
  if (!request.isReply || !isCacheable(request.wire, body)) return undefined
  return digest('answer', request, meaningfulFields(request.wire, body))
}

/** The key of everything but one text, for requests whose texts are compared by meaning. */
export function keyWithoutText(request: CacheRequest, rest: JsonObject): string | undefined {
  return digest('rest', request, meaningfulFields(request.wire, rest))
}

/** Tells whether two requests are the very same, including the fields that no answer depends on. */
export function requestDigest(request: CacheRequest, body: JsonObject): string | undefined {
  return digest('request', request, body)
}

function digest(purpose: string, request: CacheRequest, body: JsonObject): string | undefined {
  const headers = meaningfulHeaders.map((name) => headerOf(request.headers, name)?.trim() ?? null)
  const envelope = [
    version,
    purpose,
    scopeOf(request),
    request.workspace ?? null,
    request.wire,
    request.operation,
    request.modelAsked,
    request.resolved,
    headers,
  ]
  try {
    return hash(
      'sha256',
      `${JSON.stringify(envelope)}\n${canonicalJson(request.shaping ?? null)}\n${canonicalJson(body)}`,
    )
  } catch (error) {
    // Nested deeper than the stack: nobody means that, and it is the upstream's to refuse.
    if (error instanceof RangeError) return undefined
    throw error
  }
}
