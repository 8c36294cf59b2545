// Which headers of an upstream's answer a client gets to see (rule 168), and what ours are.
import { clockOf } from '../wire/upstream-failure.ts'
import type { HeaderMap } from './upstream.ts'

const passedOn = new Set([
  'request-id',
  'x-request-id',
  'retry-after',
  'retry-after-ms',
  'openai-processing-ms',
  'x-should-retry',
])
const passedOnFamilies = ['x-ratelimit-', 'anthropic-ratelimit-']

/** The upstream's headers that are on the allow-list; cookies, hop-by-hop and server headers never are. */
export function allowedHeaders(upstream: HeaderMap): Record<string, string> {
  const result: Record<string, string> = {}
  for (const name in upstream) {
    if (!passedOn.has(name) && !passedOnFamilies.some((family) => name.startsWith(family))) continue
    const value = upstream[name]
    if (value !== undefined) result[name] = headerText(Array.isArray(value) ? value.join(', ') : value)
  }
  return result
}

/** Header values must be visible ASCII, or Node refuses to send them; a model id or an upstream may hold anything. */
export function headerText(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?')
}

/** The media type without parameters, lower-case; empty when there is none. */
export function contentTypeOf(headers: HeaderMap): string {
  const value = headers['content-type']
  const text = Array.isArray(value) ? value[0] : value
  return text?.split(';', 1)[0]?.trim().toLowerCase() ?? ''
}

/** One value a header, for code that reads them by name. */
export function singleValues(headers: HeaderMap): Record<string, string> {
  const result: Record<string, string> = {}
  for (const name in headers) {
    const value = headers[name]
    if (value !== undefined) result[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value
  }
  return result
}

/** The time by the upstream's clock: as far ahead of ours as its answer showed. Both times are epoch milliseconds. */
export function theirTime(headers: HeaderMap, answeredAt: number, now: number): number {
  const date = headers['date']
  return now + clockOf({ date: (Array.isArray(date) ? date[0] : date) ?? '' }, answeredAt) - answeredAt
}
