// What the caches need to know of a request, and how a client steers them. Asked for only when one of them has something to do.

import type { GatewayError } from '../../core/errors.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { WireId } from '../../core/wire-format.ts'
import type { HeaderMap } from '../upstream.ts'
import { parseExactly } from './canonical-json.ts'

export interface CacheRequest {
  /** The id that the client is told. */
  readonly id: string
  readonly wire: WireId | 'editor'
  /** False for calls that are no chat: they cost nothing, so no cache takes them. */
  readonly isReply: boolean
  /** What is called, with everything of path and query that changes the answer: Gemini says there whether it streams. */
  readonly operation: string
  /** The model as the client wrote it: the answer repeats it. */
  readonly modelAsked: string
  /** What the name stands for now, so that nothing old is found when an alias or a combo was changed. */
  readonly resolved: string
  /** Whatever the user laid down that changes this request on its way: system prompt rules, reasoning, overrides. */
  readonly shaping: unknown
  readonly headers: HeaderMap
  /** The gateway key's id; undefined for the editor's own chats, which share nothing with any key. */
  readonly keyId: string | undefined
  readonly workspace: string | undefined
  /** JSON, as the client sent it. */
  readonly body: Buffer | string
  /** The words of a failure within an answer that has begun, in the client's wire; empty where there are none. */
  readonly lastWords: (error: GatewayError) => string
}

/** The body as an object that keeps all digits; undefined when it is none (the ordinary path then refuses it in words). */
export function readBodyOf(request: CacheRequest): JsonObject | undefined {
  const text = typeof request.body === 'string' ? request.body : request.body.toString('utf8')
  try {
    const value = parseExactly(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text)
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Who may see what is kept: one gateway key's requests never meet another's, nor the editor's. */
export function scopeOf(request: Pick<CacheRequest, 'keyId'>): string {
  return request.keyId === undefined ? 'editor' : `key ${request.keyId}`
}

/**
 * `use` looks and keeps; `refresh` asks anew and keeps (`Cache-Control: no-cache`, `x-omniroute-cache: refresh`); `bypass` does
 * neither (`Cache-Control: no-store`, `x-omniroute-cache: bypass`).
 */
export type CacheMode = 'use' | 'refresh' | 'bypass'

export function cacheModeOf(headers: HeaderMap): CacheMode {
  const asked = headerOf(headers, 'x-omniroute-cache')?.trim().toLowerCase()
  if (asked === 'bypass' || asked === 'refresh') return asked
  const control = headerOf(headers, 'cache-control')?.toLowerCase()
  if (control === undefined) return 'use'
  const words = control.split(',').map((word) => word.trim())
  if (words.includes('no-store')) return 'bypass'
  return words.includes('no-cache') ? 'refresh' : 'use'
}

/** One value of a header; several are joined as HTTP does. */
export function headerOf(headers: HeaderMap, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}
