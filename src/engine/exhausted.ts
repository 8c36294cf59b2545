// The one error for a request that no target served: what became of each, when it is worth trying again, and the status that says so.
import { answeredStatus, type FailureCode, failureOf, GatewayError } from '../core/errors.ts'
import type { Target } from './catalogue.ts'
import type { Plan } from './plan/plan.ts'

export interface Setback {
  readonly target: Target
  readonly error: GatewayError
  /** False when a limit or a breaker of our own kept the request from the upstream. */
  readonly called: boolean
}

/** What the failure is when every target was skipped for the same reason. */
const codeOfSkip: Partial<Record<string, FailureCode>> = {
  'context-window': 'context_too_long',
  budget: 'budget_spent',
  elsewhere: 'response_not_found',
  vision: 'unsupported',
  tools: 'unsupported',
  schema: 'unsupported',
}

/** One failure speaks for itself; several are told together, under the status that says when trying again makes sense. */
export function exhausted(
  model: string,
  plan: Pick<Plan, 'skipped' | 'soonest'>,
  setbacks: readonly Setback[],
  now: number,
): GatewayError {
  const [first] = setbacks
  if (first && setbacks.length === 1 && plan.skipped.length === 0) return first.error
  const skipped = plan.skipped.flatMap((step) => (step.kind === 'skipped' ? [step] : []))
  const story = [
    ...setbacks.map(({ target, error }) => `${target.publicId}: ${error.message}`),
    ...skipped.map((step) => `${step.target}: ${step.reason}`),
  ].join(' | ')
  const details = {
    attempts: setbacks.map(({ target, error, called }) => ({
      target: target.publicId,
      outcome: called ? 'failed' : 'skipped',
      status: answeredStatus(error),
      code: error.code,
      message: error.message,
    })),
    skipped: skipped.map(({ target, reason }) => ({ target, reason })),
  }
  const soonest = plan.soonest === undefined ? [] : [Math.max(0, plan.soonest - now)]
  if (!first) {
    if (plan.soonest === undefined) {
      const reasons = new Set(skipped.map((step) => step.code))
      // Why the account that keeps it can't be asked says more than that the others don't keep it.
      if (reasons.size > 1) reasons.delete('elsewhere')
      const [only] = reasons
      // The words that make clients compact, and those that say that it is about money.
      const code = reasons.size === 1 && only !== undefined ? (codeOfSkip[only] ?? 'no_target') : 'no_target'
      return new GatewayError(code, `No target of "${model}" can serve this request. ${story}`, { details })
    }
    const retryAfterMs = soonest[0] ?? 0
    return new GatewayError('rate_limited', `Every target of "${model}" is resting. ${story}`, {
      retryAfterMs,
      details,
    })
  }
  if (setbacks.length === 1 && first.error.upstream && failureOf(first.error.code).fault === 'caller')
    return first.error
  const named = setbacks.flatMap(({ error }) => (error.retryAfterMs === undefined ? [] : [error.retryAfterMs]))
  const waits = [...named, ...soonest]
  const limited = setbacks.every(({ error }) => failureOf(error.code).status === 429)
  // Who doesn't have a response has been asked in vain; whoever failed otherwise may have it.
  const last = (setbacks.findLast(({ error }) => error.code !== 'response_not_found') ?? setbacks.at(-1) ?? first).error
  const code = limited ? 'rate_limited' : last.code
  return new GatewayError(code, `${headline(model, setbacks)} ${story}`, {
    ...(waits.length > 0 ? { retryAfterMs: Math.min(...waits) } : {}),
    details,
    cause: last,
  })
}

function headline(model: string, setbacks: readonly Setback[]): string {
  if (setbacks.some(({ called }) => !called)) return `No target of "${model}" could serve this request.`
  const who = setbacks.length === 1 ? 'The only usable target' : `All ${setbacks.length} usable targets`
  return `${who} of "${model}" failed.`
}
