// Composition root: one gateway from a few ports, used by the editor and by `omniroute` alike. Leads if it gets the port,
// follows the window that has it otherwise, and takes over when that one goes.
import { randomBytes } from 'node:crypto'
import type { GatewayClient, GatewayEvent } from './admin/client.ts'
import { type Config, parseConfig } from './admin/config.ts'
import { newKey } from './admin/keys.ts'
import { createRemoteClient, type RemoteClient } from './admin/remote.ts'
import type { Clock, Random } from './core/clock.ts'
import type { EditorModels } from './core/editor-models.ts'
import { GatewayError, toGatewayError } from './core/errors.ts'
import type { Log } from './core/log.ts'
import type { EditorProxy, Environment } from './core/proxy.ts'
import { type SecretStore, secretIds } from './core/secrets.ts'
import type { UpstreamTimeouts } from './engine/ports.ts'
import { type Leader, openLeader } from './leader.ts'
import { createApp } from './server/app.ts'
import { type Activity, createActivity, type ReadyContext } from './server/context.ts'
import { takeLease } from './server/lease.ts'
import type { Listening } from './server/listen.ts'
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
    }
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

/** What the command line needs besides a gateway: this file is the one door to everything behind it. */
export const headless = { openSecretFile, parseConfig }

interface Lead {
  readonly role: 'leader'
  readonly leader: Leader
  readonly listening: Listening
  readonly activity: Activity
  release(): Promise<void>
}

/** What this process is to the gateway at the moment. */
type Part = Lead | { readonly role: 'follower'; readonly remote: RemoteClient }

const noEditorProxy: EditorProxy = {}

/** How long answers in flight may take when the gateway stops, and how long their ends may take once they are cut. */
const graceMs = 1_000
const cutMs = 250
/** A lost leader's port is free at once; several followers try at random instants so that one wins quietly. */
const takeoverWaitMs = { least: 20, spread: 180 }

/** Starts a gateway, or attaches to the one another window already runs. Rejects with a `GatewayError`. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { log, secrets } = options
  const [adminToken, defaultKey] = await Promise.all([
    keptSecret(secrets, secretIds.adminToken, () => `omra-${randomBytes(32).toString('base64url')}`),
    keptSecret(secrets, secretIds.defaultKey, newKey),
  ])
  let settings = options.settings
  let ending: Promise<void> | undefined
  let part: Part | undefined
  let state: GatewayState = { kind: 'stopped' }
  let stopped = false
  let turn: Promise<void> = Promise.resolve()
  const stateListeners = new Set<(state: GatewayState) => void>()
  const eventListeners = new Set<(event: GatewayEvent) => void>()

  function setState(next: GatewayState): void {
    state = next
    for (const listener of stateListeners) listener(next)
  }

  const forward = (event: GatewayEvent): void => {
    for (const listener of eventListeners) listener(event)
  }
  let endForwarding: (() => void) | undefined

  /** Only while somebody listens: an event for every request is not free. */
  function forwardEvents(): void {
    endForwarding?.()
    endForwarding = part && eventListeners.size > 0 ? client().onEvent(forward) : undefined
  }

  async function join(): Promise<void> {
    const activity = createActivity()
    let open: (context: ReadyContext) => void = () => undefined
    let refuse: (error: unknown) => void = () => undefined
    const ready = new Promise<ReadyContext>((resolve, reject) => {
      open = resolve
      refuse = reject
    })
    ready.catch(() => undefined)
    const handler = createApp({
      ready,
      version: options.version,
      log,
      bodyLimit: () => settings.bodyLimitMb * 1024 * 1024,
      adminToken,
      assetDirectory: options.assetDirectory,
      activity,
    })
    const mayMove = options.whenTaken !== 'fail'
    const lease = await takeLease({
      port: settings.port,
      dataDirectory: options.dataDirectory,
      adminToken,
      handler,
      mayMove,
    })
    if (lease.kind === 'follower') {
      const endpoint = `http://127.0.0.1:${lease.port}`
      if (!mayMove) throw new GatewayError('port_taken', `OmniRoute already runs with this data at ${endpoint}.`)
      const remote = createRemoteClient({ endpoint, adminToken, onLost: () => void takeOver() })
      part = { role: 'follower', remote }
      forwardEvents()
      setState({ kind: 'running', role: 'follower', endpoint })
      return
    }
    const { listening, release } = lease
    const endpoint = `http://127.0.0.1:${listening.port}`
    try {
      const leader = await openLeader({
        ...options,
        logRows: settings.logRows,
        editorProxy: () => settings.editorProxy ?? noEditorProxy,
        environment: options.environment ?? process.env,
        endpoint,
        activity,
        defaultKey,
      })
      open(leader)
      part = { role: 'leader', leader, listening, activity, release }
      forwardEvents()
      const moved = lease.movedFrom === undefined ? {} : { movedFrom: lease.movedFrom }
      setState({ kind: 'running', role: 'leader', endpoint, ...moved })
    } catch (error) {
      refuse(error)
      await letGo(lease)
      throw error
    }
  }

  /** The port is given back last: whoever gets it next opens the same files, and they have one writer at a time. */
  async function leave(): Promise<void> {
    const current = part
    part = undefined
    if (current?.role === 'follower') current.remote.close()
    if (current?.role !== 'leader') return
    const { activity, leader, listening, release } = current
    activity.close()
    await activity.idle(graceMs)
    if (activity.active > 0) {
      listening.cut()
      await activity.idle(cutMs)
    }
    // What ended in this turn is written to the log in the next.
    await new Promise((resolve) => setImmediate(resolve))
    try {
      await leader.close()
    } finally {
      await letGo({ release, listening })
    }
  }

  /** One change at a time: a takeover and a changed port must not both join. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    const result = turn.then(work)
    turn = result.catch(() => undefined)
    return result
  }

  async function joinUnlessStopped(): Promise<void> {
    if (stopped) return
    await join()
    // The gateway may have been stopped while it was joining.
    if (!stopped) return
    await leave()
    setState({ kind: 'stopped' })
  }

  /** To the port of the settings. While a takeover is under way, that finds the new port itself. */
  async function move(): Promise<void> {
    if (state.kind === 'reconnecting') return
    try {
      await leave()
      await joinUnlessStopped()
    } catch (error) {
      setState({ kind: 'stopped' })
      throw error
    }
  }

  /** Tries until it leads or has found the new leader. */
  async function takeOver(): Promise<void> {
    if (stopped) return
    part = undefined
    setState({ kind: 'reconnecting' })
    while (!stopped && part === undefined) {
      await wait(takeoverWaitMs.least + Math.random() * takeoverWaitMs.spread)
      if (stopped) return
      try {
        await inTurn(joinUnlessStopped)
        if (!stopped) forward({ event: 'models.changed', data: {} })
      } catch (error) {
        log.warn(`taking over: ${toGatewayError(error).message}`)
        await wait(1_000)
      }
    }
  }

  function client(): GatewayClient {
    if (part?.role === 'leader') return part.leader.client
    if (part) return part.remote
    throw new GatewayError('shutting_down', 'The gateway is not running at the moment.')
  }

  await join()
  return {
    get state() {
      return state
    },
    onDidChangeState(listener) {
      stateListeners.add(listener)
      return () => stateListeners.delete(listener)
    },
    call: async (method, input) => await client().call(method, input),
    chat: async (request, origin, onPart, signal) => await client().chat(request, origin, onPart, signal),
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
    async applySettings(next) {
      const before = settings
      settings = next
      if (part?.role === 'leader' && next.logRows !== before.logRows) part.leader.setLogRows(next.logRows)
      if (next.port === before.port || stopped) return
      await inTurn(move)
    },
    stop() {
      stopped = true
      ending ??= leave().finally(() => setState({ kind: 'stopped' }))
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

/** Both, whatever becomes of the first: a port that stays bound keeps every later gateway out. */
async function letGo({ release, listening }: Pick<Lead, 'release' | 'listening'>): Promise<void> {
  try {
    await release()
  } finally {
    await listening.close()
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
