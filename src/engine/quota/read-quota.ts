// What the headers of any answer say of its account's allowance. Which dialects they are in is seen from the names, in one pass:
// most answers hold none of them, and vendors put each other's headers through.
import type { QuotaWindow } from '../../core/quota.ts'
import type { HeaderMap } from '../upstream.ts'
import { readAnthropic } from './anthropic.ts'
import { readBareRatelimit } from './bare-ratelimit.ts'
import { readCodex } from './codex.ts'
import type { QuotaReader, QuotaReading } from './header-values.ts'
import { readIetf } from './ietf.ts'
import { readBySize } from './mistral.ts'
import { readXRatelimit } from './x-ratelimit.ts'

/** Each is asked when a header begins with its text; the first that fits a name is its dialect. */
const dialects: readonly (readonly [string, QuotaReader])[] = [
  ['x-ratelimit-limit-', readXRatelimit],
  ['x-ratelimit-remaining-', readXRatelimit],
  ['x-ratelimit-limit', readBareRatelimit],
  ['x-ratelimit-remaining', readBareRatelimit],
  ['x-tokenlimit-', readBareRatelimit],
  ['x-ratelimitbysize-', readBySize],
  ['ratelimitbysize-', readBySize],
  ['anthropic-ratelimit-', readAnthropic],
  ['x-codex-', readCodex],
  ['ratelimit', readIetf],
]

const none: readonly QuotaWindow[] = []

/** The windows that an answer tells of; an empty list, always the same, when it tells of none. */
export function readQuota(provider: string, headers: HeaderMap, now: number, model: string): readonly QuotaWindow[] {
  let readers: Set<QuotaReader> | undefined
  for (const name in headers) {
    if (!mayTell(name)) continue
    const reader = dialects.find(([start]) => name.startsWith(start))?.[1]
    if (!reader) continue
    readers ??= new Set()
    readers.add(reader)
  }
  if (readers === undefined) return none
  const reading: QuotaReading = { provider, model, headers, now }
  return [...readers].flatMap((reader) => reader(reading))
}

/** x, a or r: all that the names of dialects begin with. */
function mayTell(name: string): boolean {
  const first = name.charCodeAt(0)
  return first === 120 || first === 97 || first === 114
}
