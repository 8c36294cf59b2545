// Composition root: one gateway from a few ports, used by the editor and by `omniroute` alike. Leads if it gets the port,
// follows the window that has it otherwise, and takes over when that one goes.
import { randomBytes } from 'node:crypto'
import type { GatewayClient, GatewayEvent } from './admin/client.ts'
import { type Config, parseConfig } from './admin/config.ts'
import { newKey } from './admin/keys.ts'
import { silentLeader, wasNotTaken } from './admin/remote.ts'
import type { Clock, Random } from './core/clock.ts'
import type { EditorModels } from './core/editor-models.ts'
import { GatewayError } from './core/errors.ts'
import type { Log } from './core/log.ts'
import type { EditorProxy, Environment } from './core/proxy.ts'
import { type SecretStore, secretIds } from './core/secrets.ts'
import type { UpstreamTimeouts } from './engine/ports.ts'
import { createMembership } from './membership.ts'
import { mcpTokenOf } from './server/mcp/token.ts'
import { openSecretFile } from './store/secret-file.ts'

export interface GatewaySettings {
  /** TCP port on 127.0.0.1 and ::1. 0 takes any free one. */
  readonly port: number
  /** Largest request body accepted, in megabytes. */
  readonly bodyLimitMb: number
  /** Rows the request log keeps. */
  readonly logRows: number
  /** The editor's own proxy, which applies where neither account nor provider nor the routing settings name one. */
  readonly editorProxy?: EditorProxy
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
  /** Accounts, keys and combos to apply at the start. */
  readonly config?: Config
  /** `join` shares the gateway of another window and moves when a stranger holds the port; `fail` does neither. */
  readonly whenTaken?: 'join' | 'fail'
  /** Where HTTPS_PROXY and its like are looked up; this process's own when absent. */
  readonly environment?: Environment
  /** Where coding tools keep their files; the user's own home folder when absent. */
  readonly home?: string
  /** How long upstreams are waited for. */
  readonly timeouts?: UpstreamTimeouts
  /** Time and chance of the engine, for tests that hold the clock. */
  readonly clock?: Clock
  readonly random?: Random
  /** The language models of the editor that this runs in; absent without one. */
  readonly editorModels?: EditorModels
  /** Adds the demo account when there is no other. */
  readonly withDemo?: boolean
}

export type GatewayState =
  | {
      readonly kind: 'running'
      readonly role: 'leader' | 'follower'
      readonly endpoint: string
      /** Set when a stranger holds the port of the settings. */
      readonly movedFrom?: number
      /** Who that is, as far as it can be told. */
      readonly heldBy?: 'omniroute' | 'program'
    }
  /** A follower lost its leader: `gone`, and this one is about to take over; or `silent`, and it waits for an answer. */
  | { readonly kind: 'reconnecting'; readonly because: 'gone' | 'silent' }
  /** The gateway runs in a window of a newer version that this one can't follow; tools are served all the same. */
  | { readonly kind: 'outdated'; readonly endpoint: string; readonly version: string }
  /** `byUser` when the user stopped it, here or in another window. */
  | { readonly kind: 'stopped'; readonly byUser?: boolean }

export interface Gateway extends GatewayClient {
  readonly state: GatewayState
  onDidChangeState(listener: (state: GatewayState) => void): () => void
  /** The key for the user's own tools, made on first use. */
  defaultKey(): Promise<string>
  /** The token that opens the dashboard in a browser. */
  adminToken(): Promise<string>
  /** The token that opens `/mcp` to agents. */
  mcpToken(): Promise<string>
  /** Applies changed settings; a changed port moves the server. */
  applySettings(settings: GatewaySettings): Promise<void>
  /** Ends requests in flight, writes everything to disk, closes the port; `everywhere` in whichever window it runs. */
  stop(how?: { readonly everywhere?: boolean }): Promise<void>
}

/** What the command line needs besides a gateway: this file is the one door to everything behind it. */
export const headless = { openSecretFile, parseConfig }

/** How long a call waits while the gateway changes hands. */
const changeoverMs = 10_000
/** Starts a gateway, or attaches to the one another window already runs. Rejects with a `GatewayError`. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { secrets } = options
  const [adminToken, defaultKey] = await Promise.all([
    keptSecret(secrets, secretIds.adminToken, () => `omra-${randomBytes(32).toString('base64url')}`),
    keptSecret(secrets, secretIds.defaultKey, newKey),
  ])
  let settings = options.settings
  let ending: Promise<void> | undefined
  let state: GatewayState = { kind: 'stopped' }
  const stateListeners = new Set<(state: GatewayState) => void>()
  const eventListeners = new Set<(event: GatewayEvent) => void>()

  const forward = (event: GatewayEvent): void => {
    for (const listener of eventListeners) listener(event)
  }
  let endForwarding: (() => void) | undefined

  const membership = createMembership({
    gateway: options,
    settings: () => settings,
    adminToken,
    defaultKey,
    onPart: forwardEvents,
    onState(next) {
      state = next
      for (const listener of stateListeners) listener(next)
    },
    onNewLeader: () => forward({ event: 'models.changed', data: {} }),
  })

  /** Only while somebody listens: an event for every request is not free. */
  function forwardEvents(): void {
    endForwarding?.()
    endForwarding = eventListeners.size > 0 ? clientNow()?.onEvent(forward) : undefined
  }

  function clientNow(): GatewayClient | undefined {
    const { part } = membership
    return part?.role === 'leader' ? part.leader.client : part?.remote
  }

  /** The client of the moment; while the gateway changes hands, that of the next one. */
  async function client(): Promise<GatewayClient> {
    if (isChanging()) await until(() => !isChanging())
    if (state.kind === 'outdated') {
      const text = `This window runs OmniRoute ${options.version}, and the gateway runs in one with ${state.version}.`
      throw new GatewayError('outdated', text)
    }
    const now = clientNow()
    if (now) return now
    if (state.kind === 'reconnecting' && state.because === 'silent') throw silentLeader()
    throw new GatewayError('shutting_down', 'The gateway is not running at the moment.')
  }

  function isChanging(): boolean {
    return state.kind === 'reconnecting' && state.because === 'gone'
  }

  /** A leader that goes at this moment takes nothing on: the next one does. */
  async function withClient<T>(use: (client: GatewayClient) => Promise<T>): Promise<T> {
    const first = await client()
    try {
      return await use(first)
    } catch (error) {
      if (!wasNotTaken(error)) throw error
      await until(() => clientNow() !== first && !isChanging())
      return await use(await client())
    }
  }

  /** Looks with every change of the state, and gives up after a while. */
  function until(isSo: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        stateListeners.delete(look)
        resolve()
      }
      const look = (): void => {
        if (isSo()) done()
      }
      const timer = setTimeout(done, changeoverMs)
      stateListeners.add(look)
      look()
    })
  }

  await membership.start()
  return {
    get state() {
      return state
    },
    onDidChangeState(listener) {
      stateListeners.add(listener)
      return () => stateListeners.delete(listener)
    },
    call: (method, input) => withClient((client) => client.call(method, input)),
    chat: (request, origin, onPart, signal) => withClient((client) => client.chat(request, origin, onPart, signal)),
    onEvent(listener) {
      eventListeners.add(listener)
      if (eventListeners.size === 1) forwardEvents()
      return () => {
        eventListeners.delete(listener)
        if (eventListeners.size === 0) forwardEvents()
      }
    },
    defaultKey: async () => defaultKey,
    adminToken: async () => adminToken,
    mcpToken: async () => mcpTokenOf(adminToken),
    async applySettings(next) {
      const before = settings
      settings = next
      const { part } = membership
      if (part?.role === 'leader' && next.logRows !== before.logRows) part.leader.setLogRows(next.logRows)
      if (next.port === before.port || membership.stopped) return
      await membership.move()
    },
    stop({ everywhere = false } = {}) {
      ending ??= membership.stop({ everywhere })
      return ending
    },
  }
}

async function keptSecret(secrets: SecretStore, id: string, make: () => string): Promise<string> {
  const kept = await secrets.get(id)
  if (kept !== undefined) return kept
  const fresh = make()
  await secrets.set(id, fresh)
  // Two windows may start at once: what is stored in the end counts for both.
  return (await secrets.get(id)) ?? fresh
}
