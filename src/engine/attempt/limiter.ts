// Keeps accounts within their limits: those the user lays down, and those that vendors' headers teach for short windows. A request
// that would exceed one waits in its account's line, fairly and for no longer than allowed; then the next target is tried, and the
// account is not to blame. Where no limit applies a request passes with two comparisons. What began before a limit was laid down is
// not counted by it.
import type { Clock } from '../../core/clock.ts'
import { failureOf, GatewayError } from '../../core/errors.ts'
import type { QuotaWindow } from '../../core/quota.ts'
import type { RoutingSettings } from '../../core/settings.ts'
import { totalInput } from '../../core/usage.ts'
import type { Target } from '../catalogue.ts'
import type { Candidate } from '../plan/plan.ts'
import type { Attempt, AttemptContext, AttemptWrapper } from './attempt.ts'
import { type AccountLimits, LimitBook } from './limit-book.ts'
import type { Limits } from './limit-rules.ts'
import { free, type LimitScope, type Room, type Start } from './limit-scope.ts'
import type { AttemptResult } from './result.ts'
import type { Waiter, WaitingLine } from './waiting-line.ts'

export interface LimiterPorts {
  readonly clock: Clock
  readonly settings: () => RoutingSettings
}

export interface LimitState {
  readonly account: string
  /** Absent for the account as a whole. */
  readonly model?: string
  readonly limits: Limits
  readonly running: number
  /** Requests in the account's line. */
  readonly waiting: number
  /** Of the last minute. */
  readonly requests: number
  readonly tokens: number
  /** Epoch milliseconds until which nothing more goes; absent when there is room. */
  readonly fullUntil?: number
}

export interface Limiter {
  readonly wrapper: AttemptWrapper
  /** Takes in what the headers of an answer say. Cheap when they leave room. */
  learn(target: Target, windows: readonly QuotaWindow[]): void
  /** Milliseconds that a request would wait now; Infinity when that depends on the end of running ones. */
  waitOf(target: Target, now: number): number
  /** Applies changed settings to those who wait at once; without it they notice within half a second. */
  settingsChanged(): void
  /** Forgets what headers taught of an account, or of one of its models: a person wants it tried. */
  clear(accountId: string, model?: string): void
  snapshot(): readonly LimitState[]
}

/** Milliseconds after which waiting requests look for changed settings. */
const look = 500

export function createLimiter({ clock, settings }: LimiterPorts): Limiter {
  const book = new LimitBook()
  let cancelWake: (() => void) | undefined
  let wakeAt = Number.POSITIVE_INFINITY

  function attempt(next: Attempt, candidate: Candidate, context: AttemptContext): Promise<AttemptResult> {
    const now = clock.now()
    book.follow(settings().limits, now)
    const found = book.isEmpty() ? undefined : book.limiting(candidate.target, now)
    if (!found) return next(candidate, context)
    const { account, scopes } = found
    const { journey } = context
    if (journey.signal.aborted) return Promise.resolve({ kind: 'left' })
    const tokens = scopes.some((scope) => scope.countsTokens) ? journey.tokens() : 0
    if (account.line.size === 0 && roomIn(scopes, now, tokens).ms === 0) {
      return run(account, scopes, tokens, next, candidate, context)
    }
    const { queue } = settings()
    const key = journey.origin.keyId ?? ''
    const room = roomIn(scopes, now, tokens, account.line, key)
    const allowed = Math.min(queue.maxWaitMs, journey.deadline - now)
    // There is room at once where the others wait for something else.
    if (room.ms > 0) {
      if (account.line.size >= queue.maxLength) {
        return Promise.resolve(full(candidate, room, 'too many wait for it already'))
      }
      if (allowed <= 0 || (room.ms > allowed && Number.isFinite(room.ms))) {
        return Promise.resolve(full(candidate, room, 'the wait would be too long'))
      }
    }
    return new Promise((resolve) => {
      const { target } = candidate
      const left = (): void => {
        account.line.remove(waiter)
        resolve({ kind: 'left' })
        admit(account)
      }
      const waiter: Waiter = {
        key,
        scopes,
        tokens,
        expiresAt: now + allowed,
        admit() {
          journey.signal.removeEventListener('abort', left)
          const ms = clock.now() - now
          const reason = `limit of ${room.reason || 'the account'}`
          if (ms > 0) journey.note({ kind: 'waited', target: target.publicId, account: target.account.id, ms, reason })
          resolve(run(account, scopes, tokens, next, candidate, context))
        },
        expire() {
          journey.signal.removeEventListener('abort', left)
          resolve(full(candidate, roomIn(scopes, clock.now(), tokens), 'no room became free in time'))
        },
      }
      account.line.add(waiter)
      journey.signal.addEventListener('abort', left, { once: true })
      admit(account)
    })
  }

  function run(
    account: AccountLimits,
    scopes: readonly LimitScope[],
    tokens: number,
    next: Attempt,
    candidate: Candidate,
    context: AttemptContext,
  ): Promise<AttemptResult> {
    const start: Start = { at: clock.now(), tokens }
    for (const scope of scopes) scope.begin(start)
    const over = (result?: AttemptResult): void => {
      const now = clock.now()
      const used = tokensOf(result) ?? start.tokens
      const uncalled = result?.kind === 'failed' && result.error.code === 'breaker_open'
      for (const scope of scopes) scope.end(start, used, now)
      start.tokens = used
      if (uncalled) for (const scope of scopes) scope.undo(start)
      if (account.line.size > 0) admit(account)
    }
    try {
      const result = next(candidate, context)
      void result.then(over, () => over())
      return result
    } catch (thrown) {
      over()
      return Promise.reject(thrown)
    }
  }

  /** Lets in whom there is room for, and sees to it that the rest are asked again in time. */
  function admit({ line }: AccountLimits): void {
    const now = clock.now()
    const soonest = Math.min(line.admit(now), line.expire(now), now + look)
    if (line.size > 0 && soonest < wakeAt) wake(Math.max(soonest, now + 1))
  }

  function wake(at: number): void {
    cancelWake?.()
    wakeAt = at
    cancelWake = clock.after(at - clock.now(), () => {
      cancelWake = undefined
      wakeAt = Number.POSITIVE_INFINITY
      admitAll()
    })
  }

  function admitAll(): void {
    book.follow(settings().limits, clock.now())
    for (const account of [...book.accounts.values()]) if (account.line.size > 0) admit(account)
  }

  return {
    wrapper: (next) => (candidate, context) => attempt(next, candidate, context),
    learn({ account: { id } }, windows) {
      const now = clock.now()
      let learned = false
      for (const window of windows) learned = book.learn(id, window, now) || learned
      const account = learned ? book.accounts.get(id) : undefined
      if (account && account.line.size > 0) admit(account)
    },
    waitOf(target, now) {
      book.follow(settings().limits, now)
      const found = book.isEmpty() ? undefined : book.limiting(target, now)
      return found ? roomIn(found.scopes, now, 0, found.account.line).ms : 0
    },
    settingsChanged: admitAll,
    clear(accountId, model) {
      book.forgetLearned(accountId, model, clock.now())
      const account = book.accounts.get(accountId)
      if (account && account.line.size > 0) admit(account)
    },
    snapshot() {
      const now = clock.now()
      book.follow(settings().limits, now)
      return [...book.accounts].flatMap(([account, { whole, models, line }]) =>
        [whole, ...models.values()]
          .filter((scope) => scope.isLimiting(now))
          .map((scope) => stateOf(account, scope, line, now)),
      )
    },
  }
}

/** The scarcest of the scopes; with a line, for a newcomer of that key. */
function roomIn(scopes: readonly LimitScope[], now: number, tokens: number, line?: WaitingLine, key = ''): Room {
  let scarcest = free
  for (const scope of scopes) {
    const ahead = line && line.size > 0 ? line.ahead(scope, key) : undefined
    const room = scope.room(now, tokens, ahead?.requests, ahead?.tokens)
    if (room.ms > scarcest.ms) scarcest = room
  }
  return scarcest
}

/** What a request cost, as far as can be told: nothing when it was refused; undefined leaves the estimate. */
function tokensOf(result: AttemptResult | undefined): number | undefined {
  if (!result) return undefined
  if (result.kind === 'failed') return failureOf(result.error.code).fault === 'upstream' ? undefined : 0
  const { usage } = result
  if (!usage) return undefined
  const input = totalInput(usage)
  return input === null ? undefined : input + (usage.output ?? 0)
}

function full({ target }: Candidate, room: Room, why: string): AttemptResult {
  const limit = room.reason === '' ? 'its limit' : `its limit of ${room.reason}`
  const message = `The account "${target.account.label}" has reached ${limit} for ${target.publicId}; ${why}.`
  const options = room.ms > 0 && Number.isFinite(room.ms) ? { retryAfterMs: Math.ceil(room.ms) } : {}
  return { kind: 'failed', error: new GatewayError('local_limit', message, options) }
}

function stateOf(account: string, scope: LimitScope, line: WaitingLine, now: number): LimitState {
  const { ms } = scope.room(now, 0)
  return {
    account,
    ...(scope.model === undefined ? {} : { model: scope.model }),
    limits: scope.limits ?? {},
    running: scope.running,
    waiting: line.size,
    ...scope.recent(now),
    ...(ms > 0 && Number.isFinite(ms) ? { fullUntil: now + ms } : {}),
  }
}
