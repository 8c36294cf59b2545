// Who waits for an account, in a fair order: within one gateway key the older first, among keys by turns, so that a tool which
// sends a hundred requests at once doesn't keep another's single one waiting.
import type { LimitScope } from './limit-scope.ts'

export interface Waiter {
  /** Whose turn it counts for; empty for the editor's own chats. */
  readonly key: string
  /** The scopes it needs room in. */
  readonly scopes: readonly LimitScope[]
  readonly tokens: number
  /** Epoch milliseconds. */
  readonly expiresAt: number
  admit(): void
  expire(): void
}

export class WaitingLine {
  size = 0
  /** By key, the key whose turn it is first. No list is empty. */
  readonly #byKey = new Map<string, Waiter[]>()

  add(waiter: Waiter): void {
    const known = this.#byKey.get(waiter.key)
    if (known) known.push(waiter)
    else this.#byKey.set(waiter.key, [waiter])
    this.size += 1
  }

  remove(waiter: Waiter): void {
    const list = this.#byKey.get(waiter.key)
    const index = list?.indexOf(waiter) ?? -1
    if (!list || index < 0) return
    list.splice(index, 1)
    if (list.length === 0) this.#byKey.delete(waiter.key)
    this.size -= 1
  }

  /** How many, and how many of their tokens, would go before a newcomer of this key through the scope. */
  ahead(scope: LimitScope, key: string): { readonly requests: number; readonly tokens: number } {
    const own = count(this.#byKey.get(key) ?? [], scope, Number.POSITIVE_INFINITY)
    let { requests, tokens } = own
    for (const [other, list] of this.#byKey) {
      if (other === key) continue
      const before = count(list, scope, own.requests + 1)
      requests += before.requests
      tokens += before.tokens
    }
    return { requests, tokens }
  }

  /**
   * Admits everyone there is room for. Nobody overtakes in a scope: once one waits for it, so do all behind. Says at which epoch
   * millisecond there may be room again, as far as that can be told.
   */
  admit(now: number): number {
    const full = new Set<LimitScope>()
    let soonest = Number.POSITIVE_INFINITY
    for (let progress = true; progress; ) {
      progress = false
      for (const [key, list] of [...this.#byKey]) {
        const next = list.find((waiter) => {
          if (waiter.scopes.some((scope) => full.has(scope))) return false
          const blocking = waiter.scopes.find((scope) => scope.room(now, waiter.tokens).ms > 0)
          if (!blocking) return true
          full.add(blocking)
          soonest = Math.min(soonest, now + blocking.room(now, waiter.tokens).ms)
          return false
        })
        if (!next) continue
        this.remove(next)
        const rest = this.#byKey.get(key)
        if (rest) {
          this.#byKey.delete(key)
          this.#byKey.set(key, rest)
        }
        next.admit()
        progress = true
      }
    }
    return soonest
  }

  /** Sends away whose time is up, and says when the next one's will be. */
  expire(now: number): number {
    let soonest = Number.POSITIVE_INFINITY
    for (const list of [...this.#byKey.values()]) {
      for (const waiter of [...list]) {
        if (waiter.expiresAt > now) soonest = Math.min(soonest, waiter.expiresAt)
        else {
          this.remove(waiter)
          waiter.expire()
        }
      }
    }
    return soonest
  }
}

function count(list: readonly Waiter[], scope: LimitScope, atMost: number): { requests: number; tokens: number } {
  let requests = 0
  let tokens = 0
  for (const waiter of list) {
    if (requests >= atMost) break
    if (!waiter.scopes.includes(scope)) continue
    requests += 1
    tokens += waiter.tokens
  }
  return { requests, tokens }
}
