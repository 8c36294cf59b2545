// A token that the upstream refuses is refreshed once and the call is made again. However many requests meet the refusal, one
// refresh runs for an account at a time, since vendors take back a refresh token that was used twice.
import type { Account } from '../../core/account.ts'
import type { Clock } from '../../core/clock.ts'
import { GatewayError } from '../../core/errors.ts'
import type { Candidate } from '../plan/plan.ts'
import type { Attempt, AttemptContext, AttemptWrapper } from './attempt.ts'
import type { AttemptResult } from './result.ts'

export interface RefreshPort {
  /** Whether the account has a token that can be refreshed at all. Asked for every call. */
  canRefresh(account: Account): boolean
  /** True when there is a new token. What it throws counts as false. */
  refresh(accountId: string): Promise<boolean>
}

export function createRefresh(clock: Clock, port: RefreshPort | undefined): AttemptWrapper {
  if (!port) return (next) => next
  const running = new Map<string, Promise<boolean>>()
  /** When an account's token was last exchanged; epoch milliseconds. */
  const refreshedAt = new Map<string, number>()

  async function refresh(accountId: string): Promise<boolean> {
    try {
      const done = await port?.refresh(accountId)
      if (done) refreshedAt.set(accountId, clock.now())
      return done === true
    } catch {
      // Why it failed is for the port to tell; the request fails with the upstream's own refusal.
      return false
    } finally {
      running.delete(accountId)
    }
  }

  /** A call that began with an older token only has to be made again. */
  function freshToken(accountId: string, startedAt: number): Promise<boolean> | true {
    if ((refreshedAt.get(accountId) ?? Number.NEGATIVE_INFINITY) > startedAt) return true
    const shared = running.get(accountId) ?? refresh(accountId)
    running.set(accountId, shared)
    return shared
  }

  async function tryAgain(
    next: Attempt,
    candidate: Candidate,
    context: AttemptContext,
    refused: AttemptResult,
    startedAt: number,
  ): Promise<AttemptResult> {
    const { journey } = context
    const { account, publicId } = candidate.target
    const askedAt = clock.now()
    if (!(await freshToken(account.id, startedAt))) return refused
    if (journey.signal.aborted) return { kind: 'left' }
    const now = clock.now()
    if (now >= journey.deadline) return refused
    const reason = 'the upstream refused the token'
    journey.note({ kind: 'refreshed', target: publicId, account: account.id, ms: now - askedAt, reason })
    return await next(candidate, { ...context, attempts: context.attempts + 1 })
  }

  return (next) => (candidate, context) => {
    if (!port.canRefresh(candidate.target.account)) return next(candidate, context)
    const startedAt = clock.now()
    return next(candidate, context).then((result) =>
      result.kind === 'failed' && isRefusedToken(result.error)
        ? tryAgain(next, candidate, context, result, startedAt)
        : result,
    )
  }
}

/** Between two wires the upstream's own answer is only in the cause. */
function isRefusedToken(error: GatewayError): boolean {
  if (error.code !== 'account_refused') return false
  if (error.upstream) return error.upstream.status === 401
  return error.cause instanceof GatewayError && isRefusedToken(error.cause)
}
