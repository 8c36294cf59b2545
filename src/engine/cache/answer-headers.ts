// The headers of an answer that did not come from an upstream for this very request.
import type { HeadChange } from './recording.ts'

/** They told of the moment and of another request's way, and would mislead now. */
const outdated =
  /^(?:x-ratelimit-|anthropic-ratelimit-|retry-after|openai-processing-ms$|x-should-retry$|x-omniroute-cache)/

export interface Provenance {
  readonly requestId: string
  /** Value of `x-omniroute-cache`. */
  readonly mark: 'hit' | 'semantic' | 'shared' | 'idempotent'
  /** How long ago it was recorded, in milliseconds; absent for one that is still coming. */
  readonly ageMs?: number
  /** From 0 to 1, for `semantic`. */
  readonly similarity?: number
  /** Bytes of a whole body. */
  readonly length?: number
}

export function headersFor(provenance: Provenance): HeadChange {
  return (recorded) => {
    const headers: Record<string, string> = {}
    for (const name in recorded) if (!outdated.test(name)) headers[name] = recorded[name] ?? ''
    headers['x-omniroute-request-id'] = provenance.requestId
    headers['x-omniroute-cache'] = provenance.mark
    if ('x-omniroute-attempts' in headers) headers['x-omniroute-attempts'] = '0'
    if (provenance.ageMs !== undefined) headers['age'] = String(Math.max(0, Math.floor(provenance.ageMs / 1000)))
    if (provenance.similarity !== undefined) headers['x-omniroute-similarity'] = provenance.similarity.toFixed(4)
    if (provenance.length !== undefined && 'content-length' in headers) {
      headers['content-length'] = String(provenance.length)
    }
    return headers
  }
}

/** Marks an answer that was looked for in vain. */
export function markMiss(headers: Readonly<Record<string, string>>): Record<string, string> {
  return { ...headers, 'x-omniroute-cache': 'miss' }
}
