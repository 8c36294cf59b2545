// What a language model is told of today's usage, of quotas and of budgets: JSON in plain words, without prompts, keys or
// addresses, none of which the sources of it hold. Pure.
import type { RequestRow, StandingView } from '../contract.ts'

export interface UsageFacts {
  /** The requests since `since`, in any order. */
  readonly rows: readonly RequestRow[]
  readonly since: number
  /** Whether there were more of them than were read. */
  readonly more: boolean
  readonly standing: StandingView
  readonly now: number
}

interface ModelUsage {
  requests: number
  failed: number
  inputTokens: number
  outputTokens: number
  knownCostUsd: number
  requestsOfUnknownCost: number
}

export function usageSummary({ rows, since, more, standing, now }: UsageFacts): object {
  const models = new Map<string, ModelUsage>()
  for (const row of rows) add(models, row)
  const instant = (at: number) => new Date(at).toISOString()
  return {
    since: instant(since),
    ...(more ? { note: 'There were more requests than are counted here; only the newest are.' } : {}),
    requests: rows.length,
    failed: rows.filter(isFailed).length,
    models: [...models].map(([model, usage]) => ({ model, ...usage, knownCostUsd: rounded(usage.knownCostUsd) })),
    quotas: standing.accounts.flatMap(({ label, quotas }) =>
      quotas
        .filter(({ resetsAt }) => resetsAt === undefined || resetsAt > now)
        .map(({ window, model, remainingShare, remaining, limit, unit, resetsAt }) => ({
          account: label,
          window,
          ...(model === undefined ? {} : { model }),
          ...(remainingShare === undefined ? {} : { leftPercent: Math.floor(remainingShare * 100 + 1e-9) }),
          ...(remaining === undefined
            ? {}
            : { left: `${remaining}${limit === undefined ? '' : ` of ${limit}`} ${unit}` }),
          ...(resetsAt === undefined ? {} : { resetsAt: instant(resetsAt) }),
        })),
    ),
    restingAccounts: standing.accounts.flatMap(({ label, rests }) =>
      rests
        .filter(({ until }) => until > now)
        .map(({ reason, model, until }) => ({
          account: label,
          ...(model === undefined ? {} : { model }),
          reason,
          until: instant(until),
        })),
    ),
    budgets: standing.budgets.map(({ id, level, spentUsd, usd, endsAt }) => ({
      budget: id,
      level,
      spentUsd: rounded(spentUsd),
      ofUsd: usd,
      endsAt: instant(endsAt),
    })),
  }
}

function add(models: Map<string, ModelUsage>, row: RequestRow): void {
  const model = row.modelServed ?? row.modelAsked
  const usage = models.get(model) ?? {
    requests: 0,
    failed: 0,
    inputTokens: 0,
    outputTokens: 0,
    knownCostUsd: 0,
    requestsOfUnknownCost: 0,
  }
  usage.requests += 1
  if (isFailed(row)) usage.failed += 1
  const { input, cacheRead, cacheWrite, output } = row.usage
  usage.inputTokens += (input ?? 0) + (cacheRead ?? 0) + (cacheWrite ?? 0)
  usage.outputTokens += output ?? 0
  if (row.cost !== undefined) usage.knownCostUsd += row.cost.usd
  else if (!isFailed(row)) usage.requestsOfUnknownCost += 1
  models.set(model, usage)
}

function isFailed({ status }: RequestRow): boolean {
  return status >= 400
}

/** To a millionth of a dollar: sums of binary fractions read badly. */
function rounded(usd: number): number {
  return Math.round(usd * 1e6) / 1e6
}
