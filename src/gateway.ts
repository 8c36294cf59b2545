// Composition root: builds one gateway (store, engine, server) from a few ports. Used by the editor and by `omniroute` alike.
import type { GatewayClient } from './admin/client.ts'
import { GatewayError } from './core/errors.ts'
import type { Log } from './core/log.ts'
import type { SecretStore } from './core/secrets.ts'

export interface GatewaySettings {
  /** TCP port on 127.0.0.1 and ::1. 0 takes any free one. */
  readonly port: number
  /** Largest request body accepted, in megabytes. */
  readonly bodyLimitMb: number
  /** Rows the request log keeps. */
  readonly logRows: number
}

export const defaultSettings: GatewaySettings = { port: 20128, bodyLimitMb: 64, logRows: 10_000 }

export interface GatewayOptions {
  /** Folder for the database and its journal; created if absent. */
  readonly dataDirectory: string
  /** Folder with `sql-wasm.wasm` and `webview/`. */
  readonly assetDirectory: string
  readonly secrets: SecretStore
  readonly log: Log
  readonly settings: GatewaySettings
  readonly version: string
}

export type GatewayState =
  | { readonly kind: 'running'; readonly role: 'leader' | 'follower'; readonly endpoint: string }
  /** A follower lost its leader and is about to take over. */
  | { readonly kind: 'reconnecting' }
  | { readonly kind: 'stopped' }

export interface Gateway extends GatewayClient {
  readonly state: GatewayState
  onDidChangeState(listener: (state: GatewayState) => void): () => void
  /** The key for the user's own tools, made on first use. */
  defaultKey(): Promise<string>
  /** The token that opens the dashboard in a browser. */
  adminToken(): Promise<string>
  /** Applies changed settings; a changed port moves the server. */
  applySettings(settings: GatewaySettings): Promise<void>
  /** Ends requests in flight, writes everything to disk, closes the port. */
  stop(): Promise<void>
}

/** Starts a gateway, or attaches to the one another window already runs. Rejects with a `GatewayError`. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  throw new GatewayError('internal', `not composed yet for port ${options.settings.port}`)
}
