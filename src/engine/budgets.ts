// What may be spent: budgets by calendar period for everything, a tier, a provider, an account, a key or a workspace. First a
// person is told, then cheaper tiers come first, then nothing more is begun. A call reserves its estimated cost before it starts and
// settles the real one after: of what is spent beyond a budget, nothing is more than the estimates of the calls in flight when the
// last one was admitted were too low. What is unknown counts as nothing and is told as unknown.
import type { Clock } from '../core/clock.ts'
import { type Cost, costOf, type Price } from '../core/cost.ts'
import type { JsonValue } from '../core/json.ts'
import type { Origin } from '../core/routing.ts'
import type { Budget, RoutingSettings } from '../core/settings.ts'
import { type Usage, unknownUsage } from '../core/usage.ts'
import { type BudgetLevel, BudgetPeriod, keptPeriods, scopeText } from './budget-period.ts'
import type { Target } from './catalogue.ts'
import type { BudgetStanding } from './standing.ts'

export interface BudgetEvent {
  readonly budget: Budget
  readonly level: Exclude<BudgetLevel, 'ok'>
  readonly spentUsd: number
  /** Epoch milliseconds when the next period begins. */
  readonly endsAt: number
}

export interface BudgetView extends Omit<BudgetEvent, 'level'> {
  readonly level: BudgetLevel
  readonly startsAt: number
  readonly reservedUsd: number
  /** Calls of this period whose cost isn't known. */
  readonly unknown: number
}

export interface BudgetPrices {
  priceOf(target: Target): Price | undefined
  /** Undefined when it may be known as soon as `loaded` resolves. */
  costOf(usage: Usage, target: Target, at: number): Cost | null | undefined
  loaded(): Promise<void>
}

/** Tokens that a request is taken for; asked only where a budget applies. */
export interface RequestSize {
  inputTokens(): number
  outputTokens(): number
}

export interface BudgetPorts {
  readonly clock: Clock
  readonly settings: () => Pick<RoutingSettings, 'budgets'>
  readonly prices: BudgetPrices
  /** US dollars that the request log knows of a period so far. Asked when a period is first looked at. */
  readonly spent?: (budget: Budget, startsAt: number) => number
  /** A level was reached: once for each level, budget and period. */
  readonly onEvent?: (event: BudgetEvent) => void
}

export interface Budgets {
  standing(target: Target, origin: Origin, now: number): BudgetStanding | undefined
  /** To be called right before a call. Undefined when no budget applies. A hold that is `refused` must not be followed by a call. */
  reserve(target: Target, origin: Origin, size: RequestSize): Hold | undefined
  list(): readonly BudgetView[]
  snapshot(): JsonValue
  /** What isn't understood, or is of another period, is left out. */
  restore(value: unknown): void
}

export function createBudgets({ clock, settings, prices, spent = () => 0, onEvent }: BudgetPorts): Budgets {
  const periods = new Map<string, BudgetPeriod>()
  let kept = keptPeriods(undefined)

  function periodOf(budget: Budget, now: number): BudgetPeriod {
    const known = periods.get(budget.id)
    if (known?.covers(budget, now)) return known
    const fresh = new BudgetPeriod(budget, now)
    const before = kept.find((one) => fresh.isSame(one))
    fresh.seed(Math.max(before?.spent ?? 0, spent(budget, fresh.startsAt)), before)
    periods.set(budget.id, fresh)
    return fresh
  }

  function book(period: BudgetPeriod, usd: number | null): void {
    period.book(usd)
    const level = period.newLevel()
    const { budget, endsAt } = period
    if (level) onEvent?.({ budget, level, spentUsd: period.spent, endsAt })
  }

  function estimate(target: Target, size: RequestSize): number {
    const price = prices.priceOf(target)
    if (price === undefined) return 0
    return costOf({ ...unknownUsage, input: size.inputTokens(), output: size.outputTokens() }, price) ?? 0
  }

  return {
    standing(target, origin, now) {
      const { budgets } = settings()
      if (budgets.length === 0) return undefined
      let reroute: BudgetStanding | undefined
      for (const budget of budgets) {
        if (!applies(budget, target, origin) || isSpared(budget, target)) continue
        const period = periodOf(budget, now)
        if (period.spent + period.reserved >= budget.usd) return { verdict: 'stop', reason: usedUp(period) }
        if (!reroute && period.spent + period.reserved >= budget.usd * budget.rerouteAt) {
          reroute = { verdict: 'reroute', reason: nearlyUsedUp(period) }
        }
      }
      return reroute
    },
    reserve(target, origin, size) {
      const { budgets } = settings()
      if (budgets.length === 0) return undefined
      const now = clock.now()
      const mine = budgets.filter((budget) => applies(budget, target, origin))
      if (mine.length === 0) return undefined
      const all = mine.map((budget) => periodOf(budget, now))
      const usd = estimate(target, size)
      const full = all.find((period) => !isSpared(period.budget, target) && !period.hasRoomFor(usd))
      if (full)
        return new Hold(
          [],
          0,
          prices,
          book,
          full.spent + full.reserved >= full.budget.usd ? usedUp(full) : tooDear(full, usd),
        )
      for (const period of all) period.reserve(usd)
      return new Hold(all, usd, prices, book)
    },
    list() {
      const now = clock.now()
      return settings().budgets.map((budget) => {
        const { level, spent: spentUsd, reserved: reservedUsd, unknown, startsAt, endsAt } = periodOf(budget, now)
        return { budget, level, spentUsd, reservedUsd, unknown, startsAt, endsAt }
      })
    },
    snapshot() {
      const now = clock.now()
      return settings().budgets.map((budget) => periodOf(budget, now).toJson())
    },
    restore(value) {
      kept = keptPeriods(value)
      periods.clear()
    },
  }
}

/** What one call holds of the budgets that apply to it, until it is settled or released. Either is done once. */
export class Hold {
  /** Why the call must not be made, in words. */
  readonly refused: string | undefined
  readonly #usd: number
  readonly #prices: BudgetPrices
  readonly #book: (period: BudgetPeriod, usd: number | null) => void
  #periods: readonly BudgetPeriod[]

  constructor(
    periods: readonly BudgetPeriod[],
    usd: number,
    prices: BudgetPrices,
    book: (period: BudgetPeriod, usd: number | null) => void,
    refused?: string,
  ) {
    this.#periods = periods
    this.#usd = usd
    this.#prices = prices
    this.#book = book
    this.refused = refused
  }

  /** Books the real cost in the period in which the call began. `at`: epoch milliseconds of the request. */
  settle(usage: Usage, target: Target, at: number): void {
    if (this.#periods.length === 0) return
    const cost = this.#prices.costOf(usage, target, at)
    if (cost !== undefined) {
      this.#end(cost?.usd ?? null)
      return
    }
    // The price list is still being read; until then the estimate stays held.
    const later = (): void => this.#end(this.#prices.costOf(usage, target, at)?.usd ?? null)
    this.#prices.loaded().then(later, later)
  }

  /** Nothing was spent: the call failed before it began to be answered. */
  release(): void {
    for (const period of this.#periods) period.release(this.#usd)
    this.#periods = []
  }

  #end(usd: number | null): void {
    const periods = this.#periods
    this.release()
    for (const period of periods) this.#book(period, usd)
  }
}

function applies({ scope }: Budget, { account }: Target, origin: Origin): boolean {
  switch (scope.kind) {
    case 'all':
      return true
    case 'tier':
      return scope.tier === account.tier
    case 'provider':
      return scope.id === account.provider
    case 'account':
      return scope.id === account.id
    case 'key':
      return scope.id === origin.keyId
    case 'workspace':
      return scope.id === origin.workspace
  }
}

/** What costs nothing stays usable when the money is gone, unless the budget is about exactly that. */
function isSpared({ scope }: Budget, { account }: Target): boolean {
  const isFree = account.tier === 'free' || account.tier === 'local'
  return isFree && (scope.kind === 'all' || scope.kind === 'key' || scope.kind === 'workspace')
}

const dollars = (usd: number): string => `$${usd.toFixed(usd < 0.1 ? 4 : 2)}`

function usedUp({ budget, spent, reserved, endsAt }: BudgetPeriod): string {
  const inFlight = reserved > 0 ? `, ${dollars(reserved)} of it held for requests that are running` : ''
  const used = `${dollars(spent + reserved)} of ${dollars(budget.usd)}${inFlight}`
  return `the ${budget.period}'s budget for ${scopeText(budget)} is used up (${used}) until ${new Date(endsAt).toISOString()}`
}

function tooDear({ budget, spent, reserved, endsAt }: BudgetPeriod, usd: number): string {
  const left = dollars(Math.max(0, budget.usd - spent - reserved))
  const until = new Date(endsAt).toISOString()
  return `the ${budget.period}'s budget for ${scopeText(budget)} has ${left} left until ${until}, and this request may cost ${dollars(usd)}`
}

function nearlyUsedUp({ budget, spent, reserved }: BudgetPeriod): string {
  const share = Math.floor(((spent + reserved) / budget.usd) * 100)
  return `${share} % of the ${budget.period}'s budget for ${scopeText(budget)} is used, so cheaper tiers come first`
}
