// A limit of a vendor's: so many requests or tokens a window, for the account or for each of its models. Keeps since when until
// when it was full, which is what a test may excuse a refusal with.

export interface MeterRule {
  readonly unit: 'requests' | 'tokens'
  readonly limit: number
  readonly lengthMs: number
  /** Windows at fixed times of the day; otherwise one begins with the first request after the last one's end. */
  readonly fixed: boolean
  readonly perModel: boolean
}

export interface Span {
  readonly from: number
  readonly to: number
  /** Absent for the whole account. */
  readonly model?: string
}

interface Window {
  endsAt: number
  used: number
}

export class Meter {
  readonly rule: MeterRule
  readonly full: Span[] = []
  readonly #windows = new Map<string, Window>()
  readonly #beginOfDay: number

  constructor(rule: MeterRule, beginOfDay: number) {
    this.rule = rule
    this.#beginOfDay = beginOfDay
  }

  /** Until when nothing more goes; undefined while there is room. */
  fullUntil(model: string, now: number): number | undefined {
    const { used, endsAt } = this.#windowOf(model, now)
    return used >= this.rule.limit ? endsAt : undefined
  }

  remaining(model: string, now: number): { readonly left: number; readonly resetsInMs: number } {
    const { used, endsAt } = this.#windowOf(model, now)
    return { left: Math.max(0, this.rule.limit - used), resetsInMs: endsAt - now }
  }

  use(model: string, tokens: number, now: number): void {
    const window = this.#windowOf(model, now)
    const had = window.used < this.rule.limit
    window.used += this.rule.unit === 'requests' ? 1 : tokens
    if (had && window.used >= this.rule.limit) {
      this.full.push({ from: now, to: window.endsAt, ...(this.rule.perModel ? { model } : {}) })
    }
  }

  #windowOf(model: string, now: number): Window {
    const key = this.rule.perModel ? model : ''
    const known = this.#windows.get(key)
    if (known && known.endsAt > now) return known
    const { lengthMs, fixed } = this.rule
    const start = fixed ? this.#beginOfDay + Math.floor((now - this.#beginOfDay) / lengthMs) * lengthMs : now
    // Vendors speak of whole seconds, so their windows end with one.
    const made = { endsAt: Math.ceil((start + lengthMs) / 1000) * 1000, used: 0 }
    this.#windows.set(key, made)
    return made
  }
}
