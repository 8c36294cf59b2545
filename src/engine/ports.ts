// What the engine is given from outside. It never reaches for a database, a server or an editor itself.
import type { Dispatcher } from 'undici'
import type { Account } from '../core/account.ts'
import type { Clock, Random } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import type { RoutingSettings } from '../core/settings.ts'
import type { RequestRecord } from '../core/trace.ts'
import type { Usage } from '../core/usage.ts'
import type { WireFormat, WireId } from '../core/wire-format.ts'
import type { Attempt } from './attempt/attempt.ts'
import type { Breaker } from './attempt/breaker.ts'
import type { Limiter } from './attempt/limiter.ts'
import type { RefreshPort } from './attempt/refresh.ts'
import type { BudgetEvent, BudgetPorts, Budgets } from './budgets.ts'
import type { Caches } from './cache/caches.ts'
import type { Catalogue, Target } from './catalogue.ts'
import type { ChainResult } from './chain.ts'
import type { Health } from './health.ts'
import type { Load } from './load.ts'
import type { MediaLoader } from './media-loader.ts'
import type { Observe } from './observe.ts'
import type { Affinity } from './plan/affinity.ts'
import type { Turns } from './plan/turns.ts'
import type { PriceLibrary } from './prices/list-price.ts'
import type { Prices } from './prices/prices.ts'
import type { QuotaBook } from './quota/quota-book.ts'
import type { ReasoningStore } from './reasoning-store.ts'
import type { ResponseBook } from './response-book.ts'
import type { Standing } from './standing.ts'
import type { WaitingRoom } from './waiting-sink.ts'
import type { Watchdog } from './watchdog.ts'

/** What the engine is given from outside, once. */
export interface EngineInput {
  readonly clock: Clock
  readonly random: Random
  /** Read anew for each request, so that a change applies at once. The same object until something changes. */
  readonly settings: () => RoutingSettings
  /** The catalogue as it is now; replaced whole when accounts, models, combos or settings change. */
  readonly catalogue: () => Catalogue
  /** Files that a client named by address, for upstreams that fetch none. */
  readonly media: MediaLoader
  readonly wireOf: (id: WireId) => WireFormat
  /** The account's secret, or undefined when it has none or it is not available here. */
  readonly credential: (accountId: string) => string | undefined
  /** The connection pool for an account: the network, or a built-in provider. */
  readonly dispatcher: (account: Account) => Pick<Dispatcher, 'dispatch'>
  /** Called once per request after the answer; must return at once. */
  readonly record: (record: RequestRecord) => void
  readonly log: Log
  /** Sent as `user-agent` upstream: we say who we are. */
  readonly userAgent: string
  readonly loadPrices: () => Promise<PriceLibrary>
  /** Renews tokens of accounts that sign in; absent while there are none. */
  readonly refresh?: RefreshPort
  /** Rests or quotas of an account have changed. */
  readonly onHealth: () => void
  readonly onBudget: (event: BudgetEvent) => void
  /** What was spent within a budget since its period began, from the roll-ups. */
  readonly spent: NonNullable<BudgetPorts['spent']>
}

/** The running engine: what it was given, and what it keeps from request to request. */
export interface EnginePorts extends EngineInput {
  readonly now: () => number
  readonly health: Health
  readonly reasoning: ReasoningStore
  readonly responses: ResponseBook
  readonly standing: Standing
  readonly affinity: Affinity
  readonly turns: Turns
  readonly load: Load
  readonly quotas: QuotaBook
  readonly budgets: Budgets
  readonly prices: Prices
  readonly limiter: Limiter
  readonly breaker: Breaker
  readonly attempt: Attempt
  readonly observe: Observe
  readonly watchdog: Watchdog
  readonly waitingRoom: WaitingRoom
  readonly caches: Caches<ChainResult, ServedNote>
}

/** What is kept with a cached answer for the records of those who get it. */
export interface ServedNote {
  readonly usage: Usage
  readonly served: Target
}

/** Milliseconds. */
export interface UpstreamTimeouts {
  readonly firstByte: number
  readonly idle: number
}

/** Where an answer goes. Implemented over an HTTP response by the server. */
export interface ResponseSink {
  /** True once the caller has gone away. */
  readonly closed: boolean
  head(status: number, headers: Readonly<Record<string, string>>): void
  /** False asks to wait for `onDrain` before writing more. A string stands for bytes, one character each (latin1). */
  write(chunk: Buffer | string): boolean
  onDrain(listener: () => void): void
  /** Here a string is ordinary text. */
  end(chunk?: Buffer | string): void
}

/** What the engine uses of an `AbortSignal`: one listener at a time. */
export interface Cancellation {
  readonly aborted: boolean
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once?: boolean }): void
  removeEventListener(type: 'abort', listener: () => void): void
}
