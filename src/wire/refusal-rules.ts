// How refusals are told apart: rows of status, words and text, read from the top, the first that fits decides. Each wire has its
// own rows; what vendors share is in upstream-failure.ts. Texts are matched without regard to case and at most 4,000 characters.
import type { CooldownScope, FailureCode } from '../core/errors.ts'

/** What a refusal says. */
export interface RefusalFacts {
  readonly status: number
  /** The vendor's `type`, `code` and the like, lower case, joined by blanks. */
  readonly words: string
  readonly message: string
}

/** All that a row names must hold. */
export interface RefusalRule {
  readonly code: FailureCode
  /** What must rest, where that is more or less than the catalogue's row says. */
  readonly scope?: CooldownScope
  readonly status?: (status: number) => boolean
  readonly words?: RegExp
  readonly text?: RegExp
  /** A text that must not occur. */
  readonly unless?: RegExp
}

export function firstRuleFor(rules: readonly RefusalRule[], facts: RefusalFacts): RefusalRule | undefined {
  const text = facts.message.slice(0, 4_000)
  return rules.find(
    (rule) =>
      (rule.status?.(facts.status) ?? true) &&
      (rule.words?.test(facts.words) ?? true) &&
      (rule.text?.test(text) ?? true) &&
      !(rule.unless?.test(text) ?? false),
  )
}

export const statusIs =
  (...statuses: readonly number[]) =>
  (status: number): boolean =>
    statuses.includes(status)

/** A limit that comes back within a minute, however its error is called (Cerebras calls it a quota). */
export const perMinuteText = /\bper[ _-]?(?:min|minute|second|sec)\b|\((?:RPM|TPM|RPS)\)/i

/** A limit of an hour or longer: other accounts are the only way on. */
export const longWindowText =
  /\bper (?:hour|day|week|month)\b|per-(?:hour|day|week|month)|\((?:TPD|RPD|RPH|TPH)\)|\bby\w+byday\b|\b(?:hourly|daily|weekly|monthly)\b.{0,40}\b(?:limit|quota|allowance)/i

const oneHourMs = 3_600_000

/** A wait of hours is a quota, whatever it is called; only one that speaks of minutes is not believed so. */
export function settledCode(code: FailureCode, waitMs: number | undefined, message: string): FailureCode {
  const isLong = waitMs !== undefined && waitMs > oneHourMs
  return code === 'rate_limited' && isLong && !perMinuteText.test(message) ? 'quota_exhausted' : code
}
