// Numbers, times and durations in the user's language. An unknown value is a dash, never a zero.
import { language, t } from './l10n.ts'

export const unknownText = '–'

const made = new Map<string, unknown>()

/** Makes a formatter once; constructing one costs more than using it. */
function once<T>(key: string, make: () => T): T {
  const known = made.get(key)
  if (known !== undefined) return known as T
  const value = make()
  made.set(key, value)
  return value
}

export function formatNumber(value: number | null | undefined): string {
  if (value === null || value === undefined) return unknownText
  return once('number', () => new Intl.NumberFormat(language())).format(value)
}

/** Time of day with seconds; with the date when it was another day. */
export function formatMoment(at: number, now = Date.now()): string {
  const sameDay = new Date(at).toDateString() === new Date(now).toDateString()
  return sameDay ? formatTimeOfDay(at) : formatDateTime(at)
}

export function formatTimeOfDay(at: number): string {
  return once('time', () => new Intl.DateTimeFormat(language(), { timeStyle: 'medium' })).format(at)
}

export function formatDateTime(at: number): string {
  const options = { dateStyle: 'medium', timeStyle: 'medium' } as const
  return once('date-time', () => new Intl.DateTimeFormat(language(), options)).format(at)
}

/** The day, unless it is today's: short enough for a column beside the time. */
export function formatDay(at: number, now = Date.now()): string {
  if (new Date(at).toDateString() === new Date(now).toDateString()) return ''
  const options = { month: 'short', day: 'numeric' } as const
  return once('day', () => new Intl.DateTimeFormat(language(), options)).format(at)
}

/** `340ms`, `1.24s`, `2.5m`: three figures are enough to compare. */
export function formatDuration(milliseconds: number | undefined): string {
  if (milliseconds === undefined) return unknownText
  if (milliseconds < 1000) return unit('millisecond', 0).format(milliseconds)
  if (milliseconds < 60_000) return unit('second', milliseconds < 10_000 ? 2 : 1).format(milliseconds / 1000)
  return unit('minute', 1).format(milliseconds / 60_000)
}

/** `in 25 seconds`, `2 minutes ago`. */
export function formatDistance(at: number, now = Date.now()): string {
  const relative = relativeFormat()
  const seconds = Math.round((at - now) / 1000)
  if (Math.abs(seconds) < 90) return relative.format(seconds, 'second')
  if (Math.abs(seconds) < 90 * 60) return relative.format(Math.round(seconds / 60), 'minute')
  if (Math.abs(seconds) < 36 * 3600) return relative.format(Math.round(seconds / 3600), 'hour')
  return relative.format(Math.round(seconds / 86_400), 'day')
}

/** `2 min. ago`, never in seconds, so that it needn't be drawn anew all the time. For what is a minute old or more. */
export function formatAge(at: number, now = Date.now()): string {
  const minutes = Math.max(1, Math.floor((now - at) / 60_000))
  return minutes < 90 ? relativeFormat().format(-minutes, 'minute') : formatDistance(at, now)
}

/** `5 hours`, `7 days`: the length of a window, in the largest unit that it is a whole number of. */
export function formatLength(milliseconds: number): string {
  const units = { day: 86_400_000, hour: 3_600_000, minute: 60_000 } as const
  const whole = (['day', 'hour', 'minute'] as const).find((name) => milliseconds % units[name] === 0)
  const options = { style: 'unit', unit: whole ?? 'second', unitDisplay: 'long' } as const
  const amount = milliseconds / (whole ? units[whole] : 1000)
  return once(`length-${options.unit}`, () => new Intl.NumberFormat(language(), options)).format(amount)
}

/** A share as percent, rounded down: what isn't all doesn't look like it, and the last bit isn't nothing. */
export function formatShare(share: number): string {
  const isSmall = share < 0.1
  const options = { style: 'percent', ...(isSmall ? { maximumSignificantDigits: 2 } : {}) } as const
  const rounded = isSmall ? share : Math.floor(share * 100 + 1e-9) / 100
  return once(`share-${isSmall}`, () => new Intl.NumberFormat(language(), options)).format(rounded)
}

/** Context sizes: `128K`, `1M`. */
export function formatCompact(value: number | undefined): string {
  if (value === undefined) return unknownText
  const options = { notation: 'compact', maximumSignificantDigits: 3 } as const
  return once('compact', () => new Intl.NumberFormat(language(), options)).format(value)
}

/** Sums of money: cents when there are any, and as many figures as a small sum needs to be told from nothing. */
export function formatDollars(usd: number): string {
  const options = { style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol' } as const
  const small = usd !== 0 && Math.abs(usd) < 0.1
  const digits = small ? ({ maximumSignificantDigits: 2 } as const) : {}
  return once(`dollars-${small}`, () => new Intl.NumberFormat(language(), { ...options, ...digits })).format(usd)
}

export function yesNo(value: boolean | undefined): string {
  if (value === undefined) return unknownText
  return value ? t('Yes') : t('No')
}

function relativeFormat(): Intl.RelativeTimeFormat {
  return once('relative', () => new Intl.RelativeTimeFormat(language(), { numeric: 'always', style: 'short' }))
}

function unit(name: 'millisecond' | 'second' | 'minute', digits: number): Intl.NumberFormat {
  const options = { style: 'unit', unit: name, unitDisplay: 'narrow', maximumFractionDigits: digits } as const
  return once(`unit-${name}-${digits}`, () => new Intl.NumberFormat(language(), options))
}
