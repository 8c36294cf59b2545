// What the engine is given from outside. It never reaches for a database, a server or an editor itself.
import type { Dispatcher } from 'undici'
import type { Account } from '../core/account.ts'
import type { Log } from '../core/log.ts'
import type { RequestRecord } from '../core/trace.ts'
import type { WireFormat, WireId } from '../core/wire-format.ts'
import type { Catalogue } from './catalogue.ts'
import type { Health } from './health.ts'
import type { MediaLoader } from './media-loader.ts'
import type { ReasoningStore } from './reasoning-store.ts'

export interface EnginePorts {
  /** The catalogue as it is now; replaced whole when accounts, models or combos change. */
  readonly catalogue: () => Catalogue
  readonly health: Health
  readonly reasoning: ReasoningStore
  /** Files that a client named by address, for upstreams that fetch none. */
  readonly media: MediaLoader
  readonly wireOf: (id: WireId) => WireFormat
  /** The account's secret, or undefined when it has none or it is not available here. */
  readonly credential: (accountId: string) => string | undefined
  /** The connection pool for an account: the network, or a built-in provider. */
  readonly dispatcher: (account: Account) => Pick<Dispatcher, 'dispatch'>
  /** Called once per request after the answer; must return at once. */
  readonly record: (record: RequestRecord) => void
  readonly now: () => number
  readonly log: Log
  /** Sent as `user-agent` upstream: we say who we are. */
  readonly userAgent: string
  readonly timeouts: UpstreamTimeouts
}

/** Milliseconds. Reasoning models may think for minutes before the first byte (rule 142). */
export interface UpstreamTimeouts {
  readonly firstByte: number
  readonly idle: number
}

export const defaultTimeouts: UpstreamTimeouts = { firstByte: 300_000, idle: 300_000 }

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
