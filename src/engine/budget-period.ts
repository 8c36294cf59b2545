// The state of one budget in one period: what is spent, what is held for calls in flight, and which levels a person was told of.
import * as z from 'zod'
import type { JsonObject } from '../core/json.ts'
import type { Budget } from '../core/settings.ts'
import { periodAt } from './calendar.ts'

/** How far a budget is used; `ok` below all of its shares. */
export type BudgetLevel = 'ok' | 'warn' | 'reroute' | 'stop'

const levels: readonly BudgetLevel[] = ['ok', 'warn', 'reroute', 'stop']

const keptShape = z.object({
  /** The scope and the period as text: a budget that was changed is another one. */
  about: z.string(),
  startsAt: z.number(),
  spent: z.number().nonnegative(),
  unknown: z.int().nonnegative(),
  told: z.enum(['ok', 'warn', 'reroute', 'stop']),
})

export type KeptPeriod = z.infer<typeof keptShape>

/** The periods of a snapshot that are understood. */
export function keptPeriods(value: unknown): readonly KeptPeriod[] {
  if (!Array.isArray(value)) return []
  return value.slice(0, 1_000).flatMap((one) => {
    const parsed = keptShape.safeParse(one)
    return parsed.success ? [parsed.data] : []
  })
}

/** Sums of many small numbers miss by less than this. */
const tolerance = 1e-9

export class BudgetPeriod {
  readonly startsAt: number
  readonly endsAt: number
  readonly #about: string
  budget: Budget
  spent = 0
  reserved = 0
  unknown = 0
  #inFlight = 0
  #told: BudgetLevel = 'ok'

  constructor(budget: Budget, now: number) {
    const { startsAt, endsAt } = periodAt(budget.period, now)
    this.budget = budget
    this.startsAt = startsAt
    this.endsAt = endsAt
    this.#about = aboutOf(budget)
  }

  /** Whether it is this budget's and now's. A new sum or new shares apply to what is spent already. */
  covers(budget: Budget, now: number): boolean {
    if (now < this.startsAt || now >= this.endsAt) return false
    if (budget === this.budget) return true
    if (aboutOf(budget) !== this.#about) return false
    this.budget = budget
    // Told of a level that a larger sum has undone, a person is told again when it is reached again.
    if (rank(this.level) < rank(this.#told)) this.#told = this.level
    return true
  }

  isSame(kept: KeptPeriod): boolean {
    return kept.about === this.#about && kept.startsAt === this.startsAt
  }

  seed(spent: number, kept: KeptPeriod | undefined): void {
    this.spent = spent
    this.unknown = kept?.unknown ?? 0
    this.#told = kept?.told ?? 'ok'
  }

  get level(): BudgetLevel {
    const { usd, warnAt, rerouteAt } = this.budget
    if (this.spent >= usd) return 'stop'
    if (this.spent >= usd * rerouteAt) return 'reroute'
    return this.spent >= usd * warnAt ? 'warn' : 'ok'
  }

  /** The level that was reached since this was last asked; undefined when it isn't higher. */
  newLevel(): Exclude<BudgetLevel, 'ok'> | undefined {
    const { level } = this
    if (level === 'ok' || rank(level) <= rank(this.#told)) return undefined
    this.#told = level
    return level
  }

  hasRoomFor(usd: number): boolean {
    const used = this.spent + this.reserved
    return used < this.budget.usd && used + usd <= this.budget.usd + tolerance
  }

  reserve(usd: number): void {
    this.reserved += usd
    this.#inFlight += 1
  }

  release(usd: number): void {
    this.#inFlight -= 1
    this.reserved = this.#inFlight === 0 ? 0 : Math.max(0, this.reserved - usd)
  }

  book(usd: number | null): void {
    if (usd === null) this.unknown += 1
    else this.spent += Math.max(0, usd)
  }

  toJson(): JsonObject {
    const { startsAt, spent, unknown } = this
    return { about: this.#about, startsAt, spent, unknown, told: this.#told }
  }
}

function rank(level: BudgetLevel): number {
  return levels.indexOf(level)
}

function aboutOf({ id, scope, period }: Budget): string {
  return JSON.stringify([id, period, scope.kind, 'tier' in scope ? scope.tier : 'id' in scope ? scope.id : ''])
}

/** The scope in words. */
export function scopeText({ scope }: Budget): string {
  if (scope.kind === 'all') return 'everything'
  return scope.kind === 'tier' ? `the tier ${scope.tier}` : `the ${scope.kind} ${scope.id}`
}
