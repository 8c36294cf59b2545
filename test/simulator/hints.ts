// How a vendor tells with a 429 when it will serve again: the ways of real ones. Absolute instants are by the vendor's own clock,
// which may go minutes wrong; its `date` header shows by how much.
import type { JsonObject } from '../../src/core/json.ts'

export const hintStyles = [
  'retry-after',
  'retry-after-date',
  'retry-after-ms',
  'x-ratelimit',
  'unified',
  'sentence',
  'sentence-instant',
  'retry-info',
  'none',
] as const
export type HintStyle = (typeof hintStyles)[number]

export interface Hint {
  readonly headers: Readonly<Record<string, string>>
  /** The message of the error, where it says something of its own. */
  readonly message?: string
  /** `details` of Google's errors. */
  readonly details?: readonly JsonObject[]
}

const httpDate = (at: number): string => new Date(at).toUTCString()

/** `until` and `now` in true epoch milliseconds; `skewMs` is how far the vendor's clock is ahead. */
export function hintOf(style: HintStyle, until: number, now: number, skewMs: number, limit: number): Hint {
  const ms = Math.max(0, until - now)
  const seconds = Math.ceil(ms / 1000)
  const byTheirClock = until + skewMs
  switch (style) {
    case 'retry-after':
      return { headers: { 'retry-after': String(seconds) } }
    case 'retry-after-date':
      return { headers: { 'retry-after': httpDate(byTheirClock) } }
    case 'retry-after-ms':
      return { headers: { 'retry-after-ms': String(ms), 'retry-after': String(seconds) } }
    case 'x-ratelimit':
      return { headers: rateLimitHeaders(limit, 0, ms) }
    case 'unified':
      return {
        headers: {
          'anthropic-ratelimit-unified-status': 'rejected',
          'anthropic-ratelimit-unified-reset': String(byTheirClock / 1000),
          'anthropic-ratelimit-unified-representative-claim': 'five_hour',
          'anthropic-ratelimit-unified-5h-status': 'rejected',
          'anthropic-ratelimit-unified-5h-utilization': '1',
          'anthropic-ratelimit-unified-5h-reset': String(byTheirClock / 1000),
        },
        message: "This request would exceed your account's rate limit. Please try again later.",
      }
    case 'sentence':
      return {
        headers: {},
        message: `Rate limit reached for requests. Please try again in ${(ms / 1000).toFixed(3)}s.`,
      }
    case 'sentence-instant':
      return {
        headers: {},
        message: `The usage limit of your plan has been reached, resets at ${new Date(byTheirClock).toISOString()}.`,
      }
    case 'retry-info':
      return {
        headers: {},
        message: 'You exceeded your current quota.',
        details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${seconds}s` }],
      }
    case 'none':
      return { headers: {} }
  }
}

export function rateLimitHeaders(limit: number, remaining: number, ms: number): Readonly<Record<string, string>> {
  return {
    'x-ratelimit-limit-requests': String(limit),
    'x-ratelimit-remaining-requests': String(remaining),
    'x-ratelimit-reset-requests': `${(ms / 1000).toFixed(3)}s`,
  }
}
