// What is resting and until when. State changes only by what upstreams did: a caller's own mistake or a caller who left
// never gets here. A reset instant named by the upstream is obeyed; a guessed rest only puts a target last in line.
import type { Account } from '../core/account.ts'
import { type FailureCode, failureOf, type GatewayError } from '../core/errors.ts'

export interface Rest {
  readonly code: FailureCode
  /** Epoch milliseconds. */
  readonly until: number
  /** True when the upstream named the instant; false when the catalogue's default was taken. */
  readonly named: boolean
}

/** A named instant further away than this is taken for a mistake of the upstream and capped. */
const longestRestMs = 7 * 24 * 3600_000

export interface Health {
  /** The rest that applies to a target now, the longest where several do. */
  restOf(account: Account, model: string, now: number): Rest | undefined
  /** The rest of the account as a whole, whatever the model. */
  restOfAccount(account: Account, now: number): Rest | undefined
  /** Books a failure where the catalogue says it belongs. */
  failed(account: Account, model: string, error: GatewayError, now: number): void
  /** A success ends every rest it disproves. */
  succeeded(account: Account, model: string): void
  /** Forgets all about an account, e.g. after its key was replaced. */
  clear(accountId: string): void
}

/** A health book in memory. `onChange` is called when a rest begins or ends early. */
export function createHealth(onChange: () => void = () => undefined): Health {
  const rests = new Map<string, Rest>()

  function current(key: string, now: number): Rest | undefined {
    const rest = rests.get(key)
    if (!rest) return undefined
    if (rest.until > now) return rest
    rests.delete(key)
    return undefined
  }

  return {
    restOf(account, model, now) {
      if (rests.size === 0) return undefined
      const found = [
        current(modelKey(account, model), now),
        current(accountKey(account.id), now),
        current(providerKey(account.provider), now),
      ]
      return longest(found)
    },
    restOfAccount(account, now) {
      return longest([current(accountKey(account.id), now), current(providerKey(account.provider), now)])
    },
    failed(account, model, error, now) {
      const row = failureOf(error.code)
      if (row.cooldown === 'none') return
      const named = error.retryAfterMs !== undefined
      const duration = Math.min(error.retryAfterMs ?? row.cooldownMs, longestRestMs)
      const key =
        row.cooldown === 'account'
          ? accountKey(account.id)
          : row.cooldown === 'provider'
            ? providerKey(account.provider)
            : modelKey(account, model)
      const until = now + duration
      const known = current(key, now)
      // A guess never shortens what the upstream itself has named: calls that ran beside the refused one fail later.
      if (!named && known?.named && known.until > until) return
      rests.set(key, { code: error.code, until, named })
      onChange()
    },
    succeeded(account, model) {
      if (rests.size === 0) return
      const ended = [rests.delete(modelKey(account, model)), rests.delete(accountKey(account.id))]
      if (ended.includes(true)) onChange()
    },
    clear(accountId) {
      for (const key of [...rests.keys()]) {
        if (key === accountKey(accountId) || key.startsWith(`model:${accountId}:`)) rests.delete(key)
      }
      onChange()
    },
  }
}

function longest(rests: readonly (Rest | undefined)[]): Rest | undefined {
  let result: Rest | undefined
  for (const rest of rests) if (rest && (!result || rest.until > result.until)) result = rest
  return result
}

const accountKey = (accountId: string): string => `account:${accountId}`
const modelKey = (account: Account, model: string): string => `model:${account.id}:${model}`
const providerKey = (provider: string): string => `provider:${provider}`
