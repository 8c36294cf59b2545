// The typed `details` of a google.rpc error: why a key was refused, which quota is used up, and when to come back.
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { numberOf, wordOf } from '../json-text.ts'

function detailsOf(error: JsonObject, type: string): JsonObject[] {
  const details = error['details']
  if (!Array.isArray(details)) return []
  return details.filter(isJsonObject).filter((detail) => wordOf(detail['@type']).endsWith(type))
}

/** `ErrorInfo.reason`, e.g. API_KEY_INVALID. */
export function reasonOf(error: JsonObject): string | undefined {
  const reason = detailsOf(error, 'google.rpc.ErrorInfo')[0]?.['reason']
  return typeof reason === 'string' ? reason : undefined
}

/** `RetryInfo.retryDelay` in milliseconds: a text such as `17.5s`, in some servers an object of seconds and nanoseconds. */
export function retryDelayOf(error: JsonObject): number | undefined {
  const delay = detailsOf(error, 'google.rpc.RetryInfo')[0]?.['retryDelay']
  if (isJsonObject(delay)) {
    const milliseconds = numberOf(delay['seconds'] ?? 0) * 1000 + numberOf(delay['nanos'] ?? 0) / 1e6
    return Number.isFinite(milliseconds) ? Math.ceil(milliseconds) : undefined
  }
  const match = /^(\d+(?:\.\d+)?)s$/.exec(wordOf(delay))
  return match === null ? undefined : Math.ceil(Number(match[1]) * 1000)
}

/** Every violated quota of the `QuotaFailure` details. */
export function allQuotas(error: JsonObject): JsonObject[] {
  return detailsOf(error, 'google.rpc.QuotaFailure').flatMap((failure) => {
    const violations = failure['violations']
    return Array.isArray(violations) ? violations.filter(isJsonObject) : []
  })
}

/** Google names its quotas `GenerateRequestsPerDayPerProjectPerModel-FreeTier`, `…PerMinute…`. */
export function isPerDay(quota: JsonObject): boolean {
  return /per_?day/i.test(`${wordOf(quota['quotaId'])} ${wordOf(quota['quotaMetric'])}`)
}

const pacificClock = {
  timeZone: 'America/Los_Angeles',
  hourCycle: 'h23',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
}

/** Milliseconds to the next midnight in California, when daily quotas come back. An hour off at most on days of clock change. */
export function msUntilPacificMidnight(now: number): number {
  const parts = new Intl.DateTimeFormat('en-US', pacificClock as Intl.DateTimeFormatOptions).formatToParts(now)
  const partOf = (type: string): number => Number(parts.find((part) => part.type === type)?.value ?? 0)
  const elapsed = (partOf('hour') * 60 + partOf('minute')) * 60 + partOf('second')
  return (24 * 3600 - elapsed) * 1000 - (now % 1000)
}
