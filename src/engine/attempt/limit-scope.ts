// The count that belongs to one set of limits: an account, or one of its models. Says how long a request would have to wait, and
// keeps what began within the last minute, so that no minute, wherever it begins, ever holds more than its share.
import type { QuotaWindow } from '../../core/quota.ts'
import { isCurrent, type LearnedLimit, learnLimit } from './learned-limit.ts'
import type { Limits } from './limit-rules.ts'

/** A minute and a little more: two requests don't travel equally fast, and the upstream counts arrivals. */
export const minute = 60_000 + 50

/** Milliseconds that may lie between a look at the clock and what is decided by it. */
const lookedAtEarlier = 1_000

/** A request that was let through; shared by the scopes it counts in. */
export interface Start {
  readonly at: number
  /** Reserved at first, later what was really used. */
  tokens: number
}

/** How long, and which limit says so. Milliseconds; Infinity when only the end of a running call makes room. */
export interface Room {
  readonly ms: number
  readonly reason: string
}

export const free: Room = { ms: 0, reason: '' }

export class LimitScope {
  readonly model: string | undefined
  limits: Limits | undefined
  running = 0
  #starts: Start[] = []
  /** Index of the oldest that still counts. */
  #head = 0
  #tokens = 0
  #lastStart = Number.NEGATIVE_INFINITY
  #learned: Map<string, LearnedLimit> | undefined

  constructor(model: string | undefined, limits: Limits | undefined) {
    this.model = model
    this.limits = limits
  }

  get countsTokens(): boolean {
    return this.limits?.tokensPerMinute !== undefined
  }

  /** Room for one request after `ahead` others, which wait for the same limits, have gone. */
  room(now: number, tokens: number, ahead = 0, tokensAhead = 0): Room {
    this.#forget(now)
    const { requestsPerMinute, tokensPerMinute, concurrent, gapMs } = this.limits ?? {}
    let room = free
    if (requestsPerMinute !== undefined) {
      const ms = this.#requestWait(requestsPerMinute, now, ahead)
      room = longer(room, ms, () => `${requestsPerMinute} requests a minute`)
    }
    if (tokensPerMinute !== undefined) {
      const ms = this.#tokenWait(tokensPerMinute, now, tokens, tokensAhead)
      room = longer(room, ms, () => `${tokensPerMinute} tokens a minute`)
    }
    if (gapMs !== undefined) {
      const ms = Math.max(0, this.#lastStart + gapMs - now) + ahead * gapMs
      room = longer(room, ms, () => `${gapMs} ms between requests`)
    }
    if (this.#learned) {
      for (const [id, learned] of this.#learned) {
        if (!isCurrent(learned, now)) this.#learned.delete(id)
        else if (learned.remaining <= ahead) {
          room = longer(room, learned.resetsAt - now, () => `${id} at the vendor`)
        }
      }
    }
    if (concurrent !== undefined && this.running + ahead >= concurrent) {
      room = longer(room, Number.POSITIVE_INFINITY, () => `${concurrent} requests at a time`)
    }
    return room
  }

  begin(start: Start): void {
    this.running += 1
    this.#starts.push(start)
    this.#lastStart = start.at
    this.#tokens += start.tokens
    if (this.#learned) for (const learned of this.#learned.values()) learned.remaining -= 1
  }

  /** The request is over; `tokens` is what it really used. */
  end(start: Start, tokens: number, now: number): void {
    this.running -= 1
    this.#forget(now)
    if (now - start.at < minute) this.#tokens += tokens - start.tokens
  }

  /** The request never got as far as the upstream. */
  undo(start: Start): void {
    const index = this.#starts.lastIndexOf(start)
    if (index < this.#head) return
    this.#starts.splice(index, 1)
    this.#tokens -= start.tokens
    if (this.#learned) for (const learned of this.#learned.values()) learned.remaining += 1
  }

  /** False when nothing has changed by it. */
  learn(window: QuotaWindow, now: number): boolean {
    const learned = learnLimit(window, this.#learned?.get(window.id), now)
    if (!learned) return this.#learned?.delete(window.id) ?? false
    this.#learned ??= new Map()
    this.#learned.set(window.id, learned)
    return true
  }

  /** What the vendor said is not to be believed any longer. */
  forgetLearned(): void {
    this.#learned = undefined
  }

  /** Whether anything limits it at present. */
  isLimiting(now: number): boolean {
    if (this.limits !== undefined) return true
    if (!this.#learned) return false
    for (const [id, learned] of this.#learned) if (!isCurrent(learned, now)) this.#learned.delete(id)
    return this.#learned.size > 0
  }

  /** Whether it can be dropped without forgetting anything. */
  isIdle(now: number): boolean {
    this.#forget(now)
    return this.running === 0 && this.#starts.length === 0 && !this.isLimiting(now)
  }

  /** What began within the last minute. */
  recent(now: number): { readonly requests: number; readonly tokens: number } {
    this.#forget(now)
    return { requests: this.#starts.length - this.#head, tokens: this.#tokens }
  }

  /** Milliseconds until fewer than `limit` requests lie within a minute; those ahead take their places first. */
  #requestWait(limit: number, now: number, ahead: number): number {
    if (limit <= 0) return Number.POSITIVE_INFINITY
    const count = this.#starts.length - this.#head
    let index = count + ahead - limit
    if (index < 0) return 0
    // The places are taken in turn: the one after all known starts is free a minute after that of the first one ahead.
    let rounds = 1
    while (index >= count) {
      index -= limit
      rounds += 1
      if (index < 0) return (rounds - 1) * minute
    }
    return (this.#starts[this.#head + index]?.at ?? now) + rounds * minute - now
  }

  /** A request that is larger than the limit itself goes when nothing else counts any more: waiting longer would not help. */
  #tokenWait(limit: number, now: number, tokens: number, tokensAhead: number): number {
    let counted = this.#tokens + tokensAhead
    let ms = 0
    for (let index = this.#head; counted > 0 && counted + tokens > limit; index += 1) {
      const start = this.#starts[index]
      if (!start) return ms + minute
      counted -= start.tokens
      ms = start.at + minute - now
    }
    return ms
  }

  #forget(now: number): void {
    const starts = this.#starts
    // The clock was set back: what seems to lie ahead would block for as long. By a little it lies ahead whenever somebody was let in
    // since the caller looked at the clock.
    if (this.#lastStart > now + lookedAtEarlier) {
      this.#starts = []
      this.#head = 0
      this.#tokens = 0
      this.#lastStart = Number.NEGATIVE_INFINITY
      return
    }
    if (starts.length === 0) return
    for (let oldest = starts[this.#head]; oldest && now - oldest.at >= minute; oldest = starts[this.#head]) {
      this.#tokens -= oldest.tokens
      this.#head += 1
    }
    if (this.#head === starts.length || this.#head > 1_000) {
      this.#starts = starts.slice(this.#head)
      this.#head = 0
    }
  }
}

function longer(room: Room, ms: number, reason: () => string): Room {
  return ms > room.ms ? { ms, reason: reason() } : room
}
