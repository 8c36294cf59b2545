// How everything stands that routing goes by: quotas, rests, breakers, limits, budgets, caches; and forgetting it by hand.
import { failureOf } from '../core/errors.ts'
import { remainingShare } from '../core/quota.ts'
import type { AdminContext } from './context.ts'
import type { StandingView } from './contract.ts'

export function viewStanding(context: AdminContext): StandingView {
  const { health, quotas, breaker, limiter, budgets, caches, prices } = context.engine
  const now = context.now()
  const { hits, misses, entries, bytes, semanticHits, shared } = caches.statistics()
  const dated = prices.dated()
  return {
    accounts: context.store.accounts.list().map((account) => ({
      id: account.id,
      label: account.label,
      quotas: quotas.list(account.id).map((window) => {
        const share = remainingShare(window)
        return {
          window: window.id,
          unit: window.unit,
          source: window.source,
          at: window.at,
          ...(window.model === undefined ? {} : { model: window.model }),
          ...(window.limit === undefined ? {} : { limit: window.limit }),
          ...(window.remaining === undefined ? {} : { remaining: window.remaining }),
          ...(share === undefined ? {} : { remainingShare: share }),
          ...(window.resetsAt === undefined ? {} : { resetsAt: window.resetsAt }),
          ...(window.lengthMs === undefined ? {} : { lengthMs: window.lengthMs }),
          ...(window.refills === undefined ? {} : { refills: window.refills }),
        }
      }),
      rests: health.list(account, now).map(({ code, until, named, model, shared }) => ({
        reason: `${code} (${failureOf(code).status})`,
        until,
        named,
        ...(model === undefined ? {} : { model }),
        ...(shared ? { shared } : {}),
      })),
    })),
    breakers: [...breaker.snapshot()],
    limits: limiter.snapshot().map(({ account, model, running, waiting, fullUntil }) => ({
      account,
      running,
      waiting,
      ...(model === undefined ? {} : { model }),
      ...(fullUntil === undefined ? {} : { fullUntil }),
    })),
    budgets: budgets.list().map(({ budget, level, spentUsd, reservedUsd, unknown, startsAt, endsAt }) => ({
      id: budget.id,
      usd: budget.usd,
      level,
      spentUsd,
      reservedUsd,
      unknown,
      startsAt,
      endsAt,
    })),
    cache: { hits, misses, entries, bytes, semanticHits, shared },
    ...(dated === undefined ? {} : { pricesDated: dated }),
  }
}

/** What the account rests for and what is left of its quotas; its host's breaker too, since somebody wants it tried. */
export function clearAccount(context: AdminContext, accountId: string, model: string | undefined): void {
  const { health, quotas, limiter, breaker } = context.engine
  health.clear(accountId, model)
  quotas.clear(accountId, model)
  limiter.clear(accountId, model)
  for (const { targets } of context.catalogue().entries) {
    const target = targets.find(({ account }) => account.id === accountId)
    if (!target) continue
    breaker.clear(target)
    return
  }
}

/**
 * The same by hand, for whoever wants it tried now: without a model also what counts for all accounts of its provider, or the
 * account would go on resting.
 */
export function clearStanding(context: AdminContext, accountId: string, model: string | undefined): void {
  clearAccount(context, accountId, model)
  const account = context.store.accounts.get(accountId)
  if (account && model === undefined) context.engine.health.clearProvider(account.provider)
}
