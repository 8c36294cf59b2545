// What is resting and until when. State changes only by what upstreams did: a caller's own mistake or a caller who left changes
// nothing. An instant named by the upstream is obeyed as an upper bound that is found out about from time to time; a guessed rest
// grows with each failure in a row and only puts a target last in line. Calls of one account end in any order.
import type { Account } from '../core/account.ts'
import type { Random } from '../core/clock.ts'
import { failureOf, type GatewayError } from '../core/errors.ts'
import type { JsonValue } from '../core/json.ts'
import { type Entry, entryToJson, jsonToEntries } from './health-snapshot.ts'
import { isRecheckDue } from './recheck.ts'
import { guessedRestMs, namedRestMs, streakForgottenAfterMs } from './rest-length.ts'
import type { Rest } from './standing.ts'

export type { Rest } from './standing.ts'

export interface RestView extends Rest {
  /** Absent when the account as a whole rests. */
  readonly model?: string
  /** True when it counts for every account of the provider. */
  readonly shared?: boolean
}

export interface Health {
  /** The rest that applies to a target now, the longest where several do. */
  restOf(account: Account, model: string, now: number): Rest | undefined
  /** The rest of the account as a whole, whatever the model. */
  restOfAccount(account: Account, now: number): Rest | undefined
  /** Every rest of an account and of its models, for views. */
  list(account: Account, now: number): readonly RestView[]
  /** Books a failure where the catalogue, or the refusal itself, says it belongs. */
  failed(account: Account, model: string, error: GatewayError, now: number): void
  /** Somebody is finding out whether a rest still holds; until the answer nobody else needs to. */
  checking(account: Account, model: string, now: number): void
  /** A success ends every rest it disproves: those that were learned before its call began. */
  succeeded(account: Account, model: string, startedAt?: number): void
  /** Forgets all about an account, or about one of its models, e.g. after its key was replaced. */
  clear(accountId: string, model?: string): void
  /** Forgets what counts for all accounts of a provider. */
  clearProvider(provider: string): void
  /** The named rests, which outlive a restart. Guesses don't. */
  snapshot(now: number): JsonValue
  /** Takes up a snapshot. What isn't understood is left out; what was learned since stays. */
  restore(value: unknown, now: number): void
}

/** Beyond this many entries, those that say nothing any more are swept out. */
const sweepAbove = 1_000

/** A health book in memory. `onChange` is called when a rest begins or ends early. */
export function createHealth(onChange: () => void = () => undefined, random: Random = Math.random): Health {
  const entries = new Map<string, Entry>()
  let sweptAt = Number.NEGATIVE_INFINITY

  function rest(key: string, now: number): Rest | undefined {
    const entry = entries.get(key)
    return entry && entry.until > now ? toRest(entry, now) : undefined
  }

  function sweep(now: number): void {
    if (entries.size <= sweepAbove || now - sweptAt < 60_000) return
    sweptAt = now
    for (const [key, entry] of entries) if (entry.until + streakForgottenAfterMs <= now) entries.delete(key)
  }

  return {
    restOf(account, model, now) {
      if (entries.size === 0) return undefined
      const whole = longer(rest(accountKey(account.id), now), rest(providerKey(account.provider), now))
      return longer(rest(modelKey(account.id, model), now), whole)
    },
    restOfAccount(account, now) {
      if (entries.size === 0) return undefined
      return longer(rest(accountKey(account.id), now), rest(providerKey(account.provider), now))
    },
    list(account, now) {
      return [...entries.values()].flatMap((entry) => {
        if (entry.until <= now || (entry.account ?? account.id) !== account.id) return []
        if (entry.account === undefined && entry.provider !== account.provider) return []
        const place =
          entry.account === undefined ? { shared: true } : entry.model !== undefined && { model: entry.model }
        return [{ ...toRest(entry, now), ...place }]
      })
    },
    failed(account, model, error, now) {
      const row = failureOf(error.code)
      if (row.cooldown === 'none' || (row.fault !== 'account' && row.fault !== 'upstream')) return
      const place = placeOf(error.scope ?? row.cooldown, account, model)
      if (!place) return
      const known = entries.get(place.key)
      const isResting = known !== undefined && known.until > now
      const learned = { ...place.of, code: error.code, at: now, checkedAt: now }
      if (error.retryAfterMs !== undefined && error.retryAfterMs > 0) {
        const until = now + namedRestMs(error)
        if (isResting && outlasts(known, error, until)) return
        const source = error.waitSource === undefined ? {} : { source: error.waitSource }
        entries.set(place.key, { ...learned, ...source, until, named: true, streak: known?.streak ?? 0 })
      } else {
        // Calls that ran side by side fail together: failures within a rest are one failure.
        const streak = streakOf(known, isResting, now)
        const until = now + guessedRestMs(row.cooldownMs, streak, random)
        if (isResting && known.until > until) {
          // A guess never shortens what is known, least of all what the upstream itself has named.
          known.checkedAt = now
          return
        }
        entries.set(place.key, { ...learned, until, named: false, streak })
      }
      sweep(now)
      onChange()
    },
    checking(account, model, now) {
      if (entries.size === 0) return
      for (const key of keysOf(account, model)) {
        const entry = entries.get(key)
        if (entry) entry.checkedAt = now
      }
    },
    succeeded(account, model, startedAt = Number.POSITIVE_INFINITY) {
      if (entries.size === 0) return
      let ended = false
      for (const key of keysOf(account, model)) {
        const entry = entries.get(key)
        // An answer that began before the refusal proves nothing about it.
        if (entry && entry.at <= startedAt) ended = entries.delete(key)
      }
      if (ended) onChange()
    },
    clear(accountId, model) {
      for (const [key, entry] of entries) {
        if (entry.account === accountId && (model === undefined || entry.model === model)) entries.delete(key)
      }
      onChange()
    },
    clearProvider(provider) {
      if (entries.delete(providerKey(provider))) onChange()
    },
    snapshot(now) {
      return [...entries.values()].filter((entry) => entry.named && entry.until > now).map(entryToJson)
    },
    restore(value, now) {
      for (const entry of jsonToEntries(value, now)) {
        const key = keyOf(entry)
        if (!entries.has(key)) entries.set(key, entry)
      }
    },
  }
}

/** A burst limit that a call beside meets says nothing about a quota that is used up, unless that was being found out. */
function outlasts(known: Entry, error: GatewayError, until: number): boolean {
  const isOther = known.named && known.code === 'quota_exhausted' && error.code !== 'quota_exhausted'
  return isOther && known.until > until && known.checkedAt <= known.at
}

function streakOf(known: Entry | undefined, isResting: boolean, now: number): number {
  if (!known || known.until + streakForgottenAfterMs <= now) return 1
  return isResting ? Math.max(1, known.streak) : known.streak + 1
}

function toRest(entry: Entry, now: number): Rest {
  const { code, until, named, at, source } = entry
  const rest = source === undefined ? { code, until, named, at } : { code, until, named, at, source }
  return named && isRecheckDue(at, until, entry.checkedAt, now) ? { ...rest, recheck: true } : rest
}

function longer(one: Rest | undefined, other: Rest | undefined): Rest | undefined {
  if (!one || !other) return one ?? other
  return other.until > one.until ? other : one
}

/** Where a rest belongs, and what its entry says of that. */
function placeOf(
  scope: 'none' | 'account' | 'account-model' | 'provider',
  account: Account,
  model: string,
): { readonly key: string; readonly of: Pick<Entry, 'account' | 'provider' | 'model'> } | undefined {
  switch (scope) {
    case 'account':
      return { key: accountKey(account.id), of: { account: account.id } }
    case 'account-model':
      return { key: modelKey(account.id, model), of: { account: account.id, model } }
    case 'provider':
      return { key: providerKey(account.provider), of: { provider: account.provider } }
    case 'none':
      return undefined
  }
}

function keyOf(entry: Entry): string {
  if (entry.account === undefined) return providerKey(entry.provider ?? '')
  return entry.model === undefined ? accountKey(entry.account) : modelKey(entry.account, entry.model)
}

function keysOf(account: Account, model: string): readonly string[] {
  return [modelKey(account.id, model), accountKey(account.id), providerKey(account.provider)]
}

const accountKey = (accountId: string): string => `account:${accountId}`
const modelKey = (accountId: string, model: string): string => `model:${accountId}:${model}`
const providerKey = (provider: string): string => `provider:${provider}`
