// Quota windows and rests in words: what they are called, what is left, when they start anew, who says so and when it was said.
import { formatAge, formatDistance, formatLength, formatMoment, formatNumber, formatShare } from '../format.ts'
import { t } from '../l10n.ts'
import { codeWords } from '../logs/request-words.ts'
import { hasReset, type Quota, type Rest, shareLeft } from './quota-order.ts'

/** What a window is called; what this page has no word for is shown as the vendor calls it. */
export function windowName(quota: Quota): string {
  const [first = '', second] = quota.window.split('/', 2)
  const length = quota.lengthMs === undefined ? undefined : formatLength(quota.lengthMs)
  if (first === 'unified' || first === 'codex') return planName(second ?? '', length)
  const unit = unitName(first)
  const period = periodName(second ?? '')
  if (unit !== undefined && period !== undefined) return t('{0} per {1}', unit, period)
  if (unit !== undefined && second === undefined) return length === undefined ? unit : t('{0} in {1}', unit, length)
  return length === undefined ? quota.window : `${quota.window} (${length})`
}

/** What is left, for the eye: a share where one is known, else a number, else that it isn't known. */
export function leftWords(quota: Quota, now: number): string {
  if (hasReset(quota, now)) return t('Unknown since the reset')
  const share = shareLeft(quota, now)
  if (share === 0) return t('Used up')
  if (share !== undefined) return t('{0} left', formatShare(share))
  return quota.remaining === undefined ? t('Unknown') : t('{0} left', formatNumber(quota.remaining))
}

/** The numbers behind it, where there are any. */
export function numberWords({ limit, remaining, ...quota }: Quota, now: number): string | undefined {
  if (limit === undefined) return undefined
  if (remaining === undefined || hasReset(quota, now)) return t('limit of {0}', formatNumber(limit))
  return t('{0} of {1} left', formatNumber(remaining), formatNumber(limit))
}

export function resetWords({ resetsAt, refills }: Quota, now: number): string {
  if (resetsAt === undefined) return t('reset unknown')
  if (resetsAt <= now) return t('reset {0}', formatAge(resetsAt, now))
  return refills ? t('full {0}', formatDistance(resetsAt, now)) : t('resets {0}', formatDistance(resetsAt, now))
}

export function sourceWords({ source, at }: Quota, now: number): string {
  const age = now - at < 60_000 ? t('just now') : formatAge(at, now)
  switch (source) {
    case 'header':
      return t('from headers, {0}', age)
    case 'body':
      return t('from a refusal, {0}', age)
    case 'endpoint':
      return t('asked of the vendor, {0}', age)
  }
}

/** Why something rests. The number beside the code is the catalogue's, not what the vendor answered, so it isn't shown. */
export function reasonWords({ reason }: Rest): string {
  const code = /^([a-z_]+)(?: \(\d{3}\))?$/.exec(reason)?.[1]
  return code === undefined ? reason : codeWords(code)
}

export function untilWords({ until }: Rest, now: number): string {
  return t('until {0} ({1})', formatMoment(until, now), formatDistance(until, now))
}

export function saidByWords({ named }: Rest): string {
  return named ? t('named by the vendor') : t('our guess')
}

function planName(name: string, length: string | undefined): string {
  if (length !== undefined) {
    const family = /^\d+[hd]_(.+)$/.exec(name)?.[1]
    return family === undefined ? t('Plan, {0}', length) : t('Plan, {0} ({1})', length, family)
  }
  if (name === 'primary') return t('Plan, first window')
  if (name === 'secondary') return t('Plan, second window')
  return name === 'plan' || name === '' ? t('Plan') : t('Plan, {0}', name)
}

function unitName(unit: string): string | undefined {
  switch (unit) {
    case 'requests':
      return t('Requests')
    case 'tokens':
      return t('Tokens')
    case 'tokens-by-size':
      return t('Tokens by size')
    case 'input-tokens':
      return t('Input tokens')
    case 'output-tokens':
      return t('Output tokens')
    case 'credits':
      return t('Credits')
    default:
      return undefined
  }
}

function periodName(period: string): string | undefined {
  switch (period) {
    case 'second':
      return t('second')
    case 'minute':
      return t('minute')
    case 'hour':
      return t('hour')
    case 'day':
      return t('day')
    case 'week':
      return t('week')
    case 'month':
      return t('month')
    default:
      return undefined
  }
}
