// The gateway itself, in the process that holds the lease: store, catalogue, engine and management put together.
import { randomUUID } from 'node:crypto'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Dispatcher } from 'undici'
import { keepBackups } from './admin/backup-schedule.ts'
import type { GatewayClient, GatewayEvent } from './admin/client.ts'
import { applyConfig, type Config } from './admin/config.ts'
import type { AdminContext } from './admin/context.ts'
import { type LoadedCredentials, loadCredentials, withSecrets } from './admin/credentials.ts'
import { describeGateway } from './admin/diagnostics.ts'
import { followEditorModels } from './admin/editor-accounts.ts'
import { callMethod } from './admin/handlers.ts'
import { hashKey, toGatewayKey } from './admin/keys.ts'
import { openRoutingBook } from './admin/settings.ts'
import { refreshStaleLists } from './admin/stale-lists.ts'
import type { Account } from './core/account.ts'
import { type Clock, type Random, systemClock } from './core/clock.ts'
import type { EditorModels } from './core/editor-models.ts'
import type { GatewayError } from './core/errors.ts'
import type { Log } from './core/log.ts'
import type { ProviderDefinition } from './core/provider.ts'
import type { EditorProxy, Environment } from './core/proxy.ts'
import type { SecretStore } from './core/secrets.ts'
import type { RoutingSettings } from './core/settings.ts'
import type { WireFormat, WireId } from './core/wire-format.ts'
import { runChat } from './engine/chat.ts'
import { demoServer } from './engine/demo.ts'
import { editorServer } from './engine/editor-upstream.ts'
import { createEngine } from './engine/engine.ts'
import { createInsideDispatcher } from './engine/inside-upstream.ts'
import { createDownloader } from './engine/media-download.ts'
import { createMediaLoader } from './engine/media-loader.ts'
import type { UpstreamTimeouts } from './engine/ports.ts'
import { loadPriceLibrary } from './engine/prices/load.ts'
import { createRecordCost } from './engine/prices/record-cost.ts'
import { readCatalogue, scopeInRollups, targetsNamed } from './from-store.ts'
import { keepState } from './keep-state.ts'
import { createNetwork } from './network.ts'
import { providers } from './providers/registry.generated.ts'
import { createKeyRing } from './server/admission.ts'
import type { Activity, ReadyContext } from './server/context.ts'
import { createStatus } from './status.ts'
import { openStore, type Store } from './store/store.ts'
import type { ToolDesk } from './tools/desk.ts'
import { openToolDesk } from './tools/load.ts'
import { watchForWake } from './wake.ts'
import { wireFormats } from './wire/registry.generated.ts'

export interface LeaderOptions {
  readonly dataDirectory: string
  readonly assetDirectory: string
  readonly secrets: SecretStore
  readonly log: Log
  readonly logRows: number
  readonly version: string
  readonly endpoint: string
  readonly activity: Activity
  readonly config?: Config
  readonly withDemo?: boolean
  readonly editorModels?: EditorModels
  /** What the editor says about proxies; the same object until that changes. */
  readonly editorProxy: () => EditorProxy
  readonly environment: Environment
  /** Where coding tools keep their files; the user's own home folder when absent. */
  readonly home?: string
  /** Stand in for the settings' own. */
  readonly timeouts?: UpstreamTimeouts
  /** Time and chance of the engine; the system's own when absent. */
  readonly clock?: Clock
  readonly random?: Random
  /** The key of the user's own tools; its hash is kept in the store. */
  readonly defaultKey: string
}

export interface Leader extends ReadyContext {
  setLogRows(rows: number): void
  /** Tells every window and page. */
  announce(event: GatewayEvent): void
  /** Ends the calls under way with this error, which each client is told in its own wire. */
  interrupt(error: GatewayError): Promise<void>
  close(): Promise<void>
}

export async function openLeader(options: LeaderOptions): Promise<Leader> {
  const store = await openStore({
    directory: options.dataDirectory,
    wasmPath: join(options.assetDirectory, 'sql-wasm.wasm'),
    log: options.log,
  })
  try {
    return await lead(options, store)
  } catch (error) {
    await store.close()
    throw error
  }
}

async function lead(options: LeaderOptions, store: Store): Promise<Leader> {
  const { log, secrets, activity, clock = systemClock, random = Math.random } = options
  const { now } = clock
  store.requests.setCap(options.logRows)
  const byId = new Map<string, ProviderDefinition>(providers.map((provider) => [provider.id, provider]))
  const listeners = new Set<(event: GatewayEvent) => void>()
  const wireOf = (id: WireId): WireFormat => wireFormats[id]
  const demo = createInsideDispatcher(wireOf, demoServer)
  const editor = createInsideDispatcher(wireOf, editorServer(options.editorModels))
  const userAgent = `omniroute/${options.version}`

  let keys = store.keys.list()
  const emit = (event: GatewayEvent): void => {
    if (event.event === 'keys.changed') keys = store.keys.list()
    for (const listener of listeners) listener(event)
  }
  const credentials: LoadedCredentials = await loadCredentials(secrets, store.accounts.list(), () =>
    emit({ event: 'accounts.changed', data: {} }),
  )
  const routing = openRoutingBook(store.settings, log)
  let catalogue = readCatalogue(store, byId, credentials, routing.current())
  const network = createNetwork({
    settings: () => ({ network: routing.current().network, editor: options.editorProxy() }),
    environment: options.environment,
  })
  const dispatcher = (account: Account): Pick<Dispatcher, 'dispatch'> => {
    const provider = byId.get(account.provider)
    if (!provider || provider.builtIn) return demo
    return provider.editor ? editor : network.dispatcherFor(account, provider).dispatcher
  }
  const downloader = createDownloader({
    userAgent,
    route(account, url, lookup) {
      const provider = byId.get(account.provider)
      return provider && network.downloadFor(account, provider, url, lookup)
    },
  })

  let desk: Promise<ToolDesk> | undefined
  const standing = createStatus({
    version: options.version,
    endpoint: options.endpoint,
    activity,
    store,
    models: () => catalogue.entries.length,
    isWatched: () => listeners.size > 0,
    costOf: (request) => pricing.costOf(request),
    emit,
    now,
  })
  const { status } = standing

  const ports = createEngine({
    clock,
    random,
    settings: withTimeouts(routing.current, options.timeouts),
    catalogue: () => catalogue,
    media: createMediaLoader(downloader),
    wireOf,
    credential: credentials.get,
    dispatcher,
    record: standing.record,
    log,
    userAgent,
    loadPrices: loadPriceLibrary,
    spent: (budget, from) => store.rollups.spent({ from, only: scopeInRollups(budget.scope, store) }).usd,
    onHealth() {
      keeper.saveSoon()
      emit({ event: 'accounts.changed', data: {} })
    },
    onBudget(event) {
      const { budget, level, spentUsd, endsAt } = event
      log.warn(`budget ${budget.id}: ${level}, $${spentUsd.toFixed(2)} of $${budget.usd}`)
      emit({ event: 'budget.reached', data: { id: budget.id, level, spentUsd, usd: budget.usd, endsAt } })
    },
  })
  const keeper = keepState(store.state, ports, store.readOnly)
  const pricing = createRecordCost(ports.prices, (accountId, publicId) =>
    targetsNamed(catalogue, publicId).find(({ account }) => account.id === accountId),
  )
  store.requests.priceWith(pricing)
  const admin: AdminContext = {
    store,
    routing,
    providers: byId,
    credentials,
    engine: ports,
    catalogue: () => catalogue,
    rebuild: () => {
      catalogue = readCatalogue(store, byId, credentials, routing.current())
      ports.limiter.settingsChanged()
      ports.caches.apply()
    },
    emit,
    status,
    diagnostics: () => describeGateway(admin),
    routeOf: (account) => {
      const provider = byId.get(account.provider)
      if (!provider || provider.builtIn || provider.editor) return undefined
      const { via, host } = network.dispatcherFor(withSecrets(account, credentials), provider)
      return via === 'direct' ? undefined : { via, host: host ?? '?' }
    },
    serverCall: (account, credential) => {
      const provider = byId.get(account.provider)
      if (!provider) throw new Error(`no provider ${account.provider}`)
      return {
        account: withSecrets(account, credentials),
        provider,
        credential,
        dispatcher: dispatcher(withSecrets(account, credentials)),
        wire: wireFormats[provider.wires[0] ?? 'openai-chat'],
        userAgent,
        now,
      }
    },
    hasEditor: options.editorModels !== undefined,
    tools: {
      key: options.defaultKey,
      open: () => {
        desk ??= openToolDesk({
          folder: join(options.dataDirectory, 'tools'),
          platform: process.platform,
          home: options.home ?? homedir(),
          environment: options.environment,
          now,
        })
        return desk
      },
    },
    log,
    now,
  }

  if (store.keys.findByHash(hashKey(options.defaultKey)) === undefined && !store.readOnly) {
    await store.keys.put(toGatewayKey('Default', options.defaultKey, now(), 'default'))
  }
  if (options.config) await applyConfig(admin, options.config)
  if (options.withDemo && !store.readOnly && store.accounts.list().length === 0) {
    await callMethod(admin, 'accounts.add', { provider: 'demo' })
  }
  keys = store.keys.list()
  const endBackups = keepBackups(store, log)
  const endEditorModels = followEditorModels(admin, options.editorModels)
  const endWakeWatch = watchForWake((sleptMs) => {
    log.info(`back after ${Math.round(sleptMs / 1000)} s of sleep`)
    network.renew()
    // Rests and windows of quotas have ended meanwhile: whoever shows them asks anew.
    emit({ event: 'accounts.changed', data: {} })
    emit({ event: 'gateway.changed', data: status() })
  })
  void refreshStaleLists(admin, options.config)

  const client: GatewayClient = {
    call: (method, input) => callMethod(admin, method, input),
    onEvent(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async chat(request, origin, onPart, signal) {
      const end = activity.begin()
      try {
        const { client, conversationId, workspace } = origin
        const asker = workspace === undefined ? {} : { workspace }
        const known = conversationId === undefined ? {} : { conversationId }
        const call = { id: randomUUID(), request, client, origin: asker, ...known, receivedAt: now(), onPart }
        await runChat(ports, call, signal)
      } finally {
        end()
      }
    },
  }

  return {
    ports,
    keys: createKeyRing(() => keys),
    client,
    setLogRows: (rows) => store.requests.setCap(rows),
    announce: emit,
    interrupt: (error) => network.interrupt(error),
    async close() {
      standing.close()
      endWakeWatch()
      endBackups()
      endEditorModels()
      credentials.close()
      keeper.close()
      listeners.clear()
      await network.close()
      await downloader.close()
      await store.close()
    },
  }
}

/** The settings as they are; with time-outs of the caller's own in the place of theirs. */
function withTimeouts(current: () => RoutingSettings, own: UpstreamTimeouts | undefined): () => RoutingSettings {
  if (!own) return current
  let source: RoutingSettings | undefined
  let result: RoutingSettings | undefined
  return () => {
    const settings = current()
    if (result && source === settings) return result
    source = settings
    result = { ...settings, timeouts: { ...settings.timeouts, firstByteMs: own.firstByte, idleMs: own.idle } }
    return result
  }
}
