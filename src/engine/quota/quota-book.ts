// What is left of each account's allowance, as last told. A window that is used up holds a target back until its reset, as an upper
// bound that is found out about from time to time; past its reset a window is unknown again. Windows of minutes are no quota here:
// they are the limiter's. Answers arrive in any order.
import type { Clock } from '../../core/clock.ts'
import type { JsonValue } from '../../core/json.ts'
import { type QuotaWindow, remainingShare } from '../../core/quota.ts'
import type { Target } from '../catalogue.ts'
import { isRecheckDue } from '../recheck.ts'
import type { QuotaStanding } from '../standing.ts'
import { jsonToWindows, windowToJson } from './quota-snapshot.ts'
import { hasPassed, isShortWindow, withinReason } from './window-life.ts'

export interface QuotaBook {
  /** Books what an answer told. Cheap for an empty list. True when a window began or ceased to hold targets back. */
  observe(target: Target, windows: readonly QuotaWindow[]): boolean
  /** The tightest long window that counts for the target; one that is used up before any other. */
  standing(target: Target, now: number): QuotaStanding | undefined
  /** An answer whose call began at that time disproves what said before that nothing is left. True when something did. */
  succeeded(target: Target, startedAt: number): boolean
  /** Somebody is finding out whether a used-up window still holds. */
  checking(target: Target, now: number): void
  /** All that is known and hasn't passed, for views. */
  list(accountId: string): readonly QuotaWindow[]
  clear(accountId: string, model?: string): void
  snapshot(): JsonValue
  restore(value: unknown): void
}

interface Entry {
  window: QuotaWindow
  checkedAt: number
}

type Windows = Map<string, Entry>

interface AccountBook {
  readonly shared: Windows
  readonly models: Map<string, Windows>
}

/** Models of one account that are kept; the one that was told of longest ago goes first. */
const mostModels = 300
const mostWindows = 24

export function createQuotaBook(clock: Clock): QuotaBook {
  const accounts = new Map<string, AccountBook>()

  function put(accountId: string, window: QuotaWindow): boolean {
    let account = accounts.get(accountId)
    if (!account) {
      account = { shared: new Map(), models: new Map() }
      accounts.set(accountId, account)
    }
    const { model } = window
    const windows = model === undefined ? account.shared : windowsOfModel(account, model)
    const known = windows.get(window.id)
    if (known && known.window.at > window.at) return false
    if (!known && windows.size >= mostWindows) return false
    windows.set(window.id, { window, checkedAt: window.at })
    return isUsedUp(window, window.at) !== (known !== undefined && isUsedUp(known.window, window.at))
  }

  function* entriesFor({ account, model }: Target): Iterable<Entry> {
    const book = accounts.get(account.id)
    if (!book) return
    yield* book.shared.values()
    const own = book.models.get(model.id)
    if (own) yield* own.values()
  }

  return {
    observe(target, windows) {
      let changed = false
      for (const window of windows) if (put(target.account.id, withinReason(window))) changed = true
      return changed
    },
    standing(target, now) {
      const book = accounts.get(target.account.id)
      if (!book) return undefined
      const shared = tightest(book.shared, undefined, now)
      const found = tightest(book.models.get(target.model.id), shared, now)
      return found && toStanding(found, now)
    },
    succeeded(target, startedAt) {
      if (!accounts.has(target.account.id)) return false
      let disproved = false
      for (const entry of entriesFor(target)) {
        const { window } = entry
        if (window.at > startedAt || !isUsedUp(window, startedAt)) continue
        const { remaining: _, exhausted: __, ...unknown } = window
        entry.window = unknown
        disproved = true
      }
      return disproved
    },
    checking(target, now) {
      if (!accounts.has(target.account.id)) return
      for (const entry of entriesFor(target)) entry.checkedAt = now
    },
    list(accountId) {
      const book = accounts.get(accountId)
      if (!book) return []
      const now = clock.now()
      const all = [book.shared, ...book.models.values()].flatMap((windows) => [...windows.values()])
      return all.map(({ window }) => window).filter((window) => !hasPassed(window, now))
    },
    clear(accountId, model) {
      if (model === undefined) accounts.delete(accountId)
      else accounts.get(accountId)?.models.delete(model)
    },
    snapshot() {
      const now = clock.now()
      return [...accounts].flatMap(([accountId, book]) =>
        [book.shared, ...book.models.values()].flatMap((windows) =>
          [...windows.values()]
            .filter(({ window }) => !isShortWindow(window) && !hasPassed(window, now))
            .map(({ window, checkedAt }) => windowToJson(accountId, window, checkedAt)),
        ),
      )
    },
    restore(value) {
      const now = clock.now()
      for (const { accountId, window, checkedAt } of jsonToWindows(value, now)) {
        if (hasPassed(window, now)) continue
        put(accountId, window)
        const book = accounts.get(accountId)
        const windows = window.model === undefined ? book?.shared : book?.models.get(window.model)
        const entry = windows?.get(window.id)
        if (entry?.window === window) entry.checkedAt = checkedAt
      }
    },
  }
}

function windowsOfModel({ models }: AccountBook, model: string): Windows {
  const known = models.get(model)
  if (known) return known
  if (models.size >= mostModels) for (const oldest of models.keys()) if (models.delete(oldest)) break
  const made: Windows = new Map()
  models.set(model, made)
  return made
}

/** Whether the window holds targets back at that time: all is used, and it doesn't fill up bit by bit. */
function isUsedUp(window: QuotaWindow, now: number): boolean {
  if (window.resetsAt === undefined || window.resetsAt <= now || isShortWindow(window)) return false
  return window.exhausted ?? (window.remaining === 0 && window.refills !== true)
}

function tightest(windows: Windows | undefined, best: Entry | undefined, now: number): Entry | undefined {
  let found = best
  if (windows) {
    for (const entry of windows.values()) {
      if (isShortWindow(entry.window) || hasPassed(entry.window, now)) continue
      if (!found || isTighter(entry.window, found.window, now)) found = entry
    }
  }
  return found
}

function isTighter(one: QuotaWindow, other: QuotaWindow, now: number): boolean {
  const used = isUsedUp(one, now)
  if (used !== isUsedUp(other, now)) return used
  if (used) return (one.resetsAt ?? 0) > (other.resetsAt ?? 0)
  return (remainingShare(one) ?? 2) < (remainingShare(other) ?? 2)
}

function toStanding({ window, checkedAt }: Entry, now: number): QuotaStanding {
  const { id, resetsAt, source, at } = window
  const remaining = remainingShare(window)
  const isHeld = resetsAt !== undefined && isUsedUp(window, now)
  return {
    window: id,
    ...(remaining === undefined ? {} : { remaining }),
    ...(resetsAt === undefined ? {} : { resetsAt }),
    ...(isHeld ? { exhaustedUntil: resetsAt } : {}),
    ...(isHeld && isRecheckDue(at, resetsAt, checkedAt, now) ? { recheck: true } : {}),
    source,
    at,
  }
}
