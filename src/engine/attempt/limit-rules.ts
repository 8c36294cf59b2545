// Which of the user's limits hold for an account as a whole and for one of its models. Where several rules name the same number,
// the most specific one counts: one for this account before one for every account, then the pattern that says more.
import { matchGlob, specificity } from '../../core/glob.ts'
import type { LimitRule } from '../../core/settings.ts'

export type Limits = Pick<LimitRule, 'requestsPerMinute' | 'tokensPerMinute' | 'concurrent' | 'gapMs'>

const numbers = ['requestsPerMinute', 'tokensPerMinute', 'concurrent', 'gapMs'] as const

/** The limits of an account, or of one model of it; undefined when there are none. */
export function limitsFor(rules: readonly LimitRule[], account: string, model: string | undefined): Limits | undefined {
  const fitting = rules.filter(
    (rule) =>
      (rule.account === undefined || rule.account === account) &&
      (model === undefined
        ? rule.model === undefined
        : rule.model !== undefined && matchGlob(rule.model, model) !== undefined),
  )
  if (fitting.length === 0) return undefined
  fitting.sort(bySpecificity)
  const limits: { -readonly [name in keyof Limits]: Limits[name] } = {}
  for (const name of numbers) {
    const value = fitting.find((rule) => rule[name] !== undefined)?.[name]
    if (value !== undefined) limits[name] = value
  }
  return Object.keys(limits).length === 0 ? undefined : limits
}

function bySpecificity(a: LimitRule, b: LimitRule): number {
  const own = Number(b.account !== undefined) - Number(a.account !== undefined)
  if (own !== 0) return own
  const [left, right] = [specificity(a.model ?? ''), specificity(b.model ?? '')]
  return left === right ? 0 : right - left
}
