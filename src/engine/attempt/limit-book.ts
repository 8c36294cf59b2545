// The accounts that have limits, and their counts. Follows changed rules without forgetting what has begun; an account without
// limits has no entry.
import type { QuotaWindow } from '../../core/quota.ts'
import type { LimitRule } from '../../core/settings.ts'
import type { Target } from '../catalogue.ts'
import { learnLimit } from './learned-limit.ts'
import { limitsFor } from './limit-rules.ts'
import { LimitScope } from './limit-scope.ts'
import { WaitingLine } from './waiting-line.ts'

export interface AccountLimits {
  readonly whole: LimitScope
  readonly models: Map<string, LimitScope>
  readonly line: WaitingLine
}

export class LimitBook {
  readonly accounts = new Map<string, AccountLimits>()
  #rules: readonly LimitRule[] = []

  /** Nothing limits anything. */
  isEmpty(): boolean {
    return this.#rules.length === 0 && this.accounts.size === 0
  }

  /** Takes over changed rules. Costs a comparison when they are the same. */
  follow(rules: readonly LimitRule[], now: number): void {
    if (rules === this.#rules) return
    this.#rules = rules
    for (const [id, account] of this.accounts) {
      account.whole.limits = limitsFor(rules, id, undefined)
      for (const [model, scope] of account.models) scope.limits = limitsFor(rules, id, model)
      this.#dropIdle(id, account, now)
    }
  }

  /** What limits a target now; undefined when nothing does. */
  limiting(
    target: Target,
    now: number,
  ): { readonly account: AccountLimits; readonly scopes: LimitScope[] } | undefined {
    const { id } = target.account
    const known = this.accounts.get(id)
    if (!known && this.#rules.length === 0) return undefined
    const account = known ?? this.#open(id)
    const model =
      this.#rules.length === 0 ? account.models.get(target.model.id) : this.#model(account, id, target.model.id)
    const scopes: LimitScope[] = []
    if (account.whole.isLimiting(now)) scopes.push(account.whole)
    if (model?.isLimiting(now)) scopes.push(model)
    if (scopes.length > 0) return { account, scopes }
    if (this.#rules.length === 0) this.#dropIdle(id, account, now)
    return undefined
  }

  /** Takes in a report of the vendor. False when it says nothing that matters. */
  learn(id: string, window: QuotaWindow, now: number): boolean {
    const known = this.accounts.get(id)
    const scope = window.model === undefined ? known?.whole : known?.models.get(window.model)
    if (scope) return scope.learn(window, now)
    if (!learnLimit(window, undefined, now)) return false
    const account = known ?? this.#open(id)
    const about = window.model === undefined ? account.whole : this.#model(account, id, window.model)
    return about.learn(window, now)
  }

  /** Forgets what vendors said of an account, or of one of its models; the user's own limits and their counts stay. */
  forgetLearned(id: string, model: string | undefined, now: number): void {
    const account = this.accounts.get(id)
    if (!account) return
    if (model === undefined) account.whole.forgetLearned()
    for (const [name, scope] of account.models) if (model === undefined || name === model) scope.forgetLearned()
    this.#dropIdle(id, account, now)
  }

  #open(id: string): AccountLimits {
    const whole = new LimitScope(undefined, limitsFor(this.#rules, id, undefined))
    const made: AccountLimits = { whole, models: new Map(), line: new WaitingLine() }
    this.accounts.set(id, made)
    return made
  }

  #model(account: AccountLimits, id: string, model: string): LimitScope {
    const known = account.models.get(model)
    if (known) return known
    const made = new LimitScope(model, limitsFor(this.#rules, id, model))
    account.models.set(model, made)
    return made
  }

  #dropIdle(id: string, { whole, models, line }: AccountLimits, now: number): void {
    if (line.size > 0) return
    for (const [model, scope] of models) if (scope.isIdle(now)) models.delete(model)
    if (models.size === 0 && whole.isIdle(now)) this.accounts.delete(id)
  }
}
