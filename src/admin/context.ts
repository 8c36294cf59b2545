// What the management handlers work on: the store, the running engine's state, and the means to tell everybody of a change.
import type { Account } from '../core/account.ts'
import type { Log } from '../core/log.ts'
import type { ProviderDefinition } from '../core/provider.ts'
import type { Catalogue } from '../engine/catalogue.ts'
import type { ServerCall } from '../engine/model-list.ts'
import type { EnginePorts } from '../engine/ports.ts'
import type { Store } from '../store/store.ts'
import type { ToolDesk } from '../tools/desk.ts'
import type { GatewayEvent } from './client.ts'
import type { AccountView, GatewayStatus } from './contract.ts'
import type { RoutingBook } from './settings.ts'

/** Secrets of accounts, held in memory so that a request never waits for a keychain. */
export interface Credentials {
  get(accountId: string): string | undefined
  put(accountId: string, secret: string): Promise<void>
  /** Forgets the account's key. */
  remove(accountId: string): Promise<void>
  /** Reads what is kept of an account that was not known before. */
  load(accountId: string): Promise<void>
  headers(accountId: string): Readonly<Record<string, string>>
  putHeaders(accountId: string, headers: Readonly<Record<string, string>>): Promise<void>
  /** The account's proxy, when it has a user name and password. */
  proxy(accountId: string): string | undefined
  /** Keeps what is secret of a proxy; nothing of one that isn't. */
  putProxy(accountId: string, proxy: string | undefined): Promise<void>
}

export interface AdminContext {
  readonly store: Store
  readonly providers: ReadonlyMap<string, ProviderDefinition>
  readonly credentials: Credentials
  readonly engine: Pick<EnginePorts, 'health' | 'quotas' | 'budgets' | 'limiter' | 'breaker' | 'caches' | 'prices'>
  readonly catalogue: () => Catalogue
  /** Rebuilds the catalogue after a change of accounts, models or combos. */
  readonly rebuild: () => void
  readonly emit: (event: GatewayEvent) => void
  readonly status: () => GatewayStatus
  readonly routing: RoutingBook
  readonly diagnostics: () => string
  /** The proxy that an account's calls go through; undefined when they go directly. */
  readonly routeOf: (account: Account) => AccountView['route']
  /** How to call an account's server outside of a chat. */
  readonly serverCall: (account: Account, credential: string | undefined) => ServerCall
  /** Whether there is an editor whose models can be asked. */
  readonly hasEditor: boolean
  readonly tools: {
    /** Loads what sets coding tools up, the first time. */
    readonly open: () => Promise<ToolDesk>
    /** The key that tools are given. */
    readonly key: string
  }
  readonly log: Log
  readonly now: () => number
}
