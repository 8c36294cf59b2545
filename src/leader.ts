// The gateway itself, in the process that holds the lease: store, catalogue, engine and management put together.
import { randomUUID } from 'node:crypto'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Dispatcher } from 'undici'
import { refreshModels } from './admin/accounts.ts'
import { keepBackups } from './admin/backup-schedule.ts'
import type { GatewayClient, GatewayEvent } from './admin/client.ts'
import { applyConfig, type Config } from './admin/config.ts'
import type { AdminContext } from './admin/context.ts'
import type { GatewayStatus } from './admin/contract.ts'
import { type LoadedCredentials, loadCredentials, withSecrets } from './admin/credentials.ts'
import { describeGateway } from './admin/diagnostics.ts'
import { followEditorModels } from './admin/editor-accounts.ts'
import { callMethod } from './admin/handlers.ts'
import { hashKey, toGatewayKey } from './admin/keys.ts'
import { viewRow } from './admin/requests.ts'
import { openRoutingBook } from './admin/settings.ts'
import type { Account } from './core/account.ts'
import { type Clock, type Random, systemClock } from './core/clock.ts'
import type { EditorModels } from './core/editor-models.ts'
import type { GatewayError } from './core/errors.ts'
import type { Log } from './core/log.ts'
import type { ProviderDefinition } from './core/provider.ts'
import type { EditorProxy, Environment } from './core/proxy.ts'
import type { SecretStore } from './core/secrets.ts'
import type { Budget, RoutingSettings } from './core/settings.ts'
import type { RequestRecord } from './core/trace.ts'
import type { WireFormat, WireId } from './core/wire-format.ts'
import { buildCatalogue, type Catalogue, mergeModels, type Target } from './engine/catalogue.ts'
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
import { keepState } from './keep-state.ts'
import { createNetwork } from './network.ts'
import { providers } from './providers/registry.generated.ts'
import { createKeyRing } from './server/admission.ts'
import type { Activity, ReadyContext } from './server/context.ts'
import type { RollupFilter } from './store/rollups.ts'
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

const statusEveryMs = 1_000
const modelListMaxAgeMs = 24 * 3600_000
const fetchedSetting = (accountId: string): string => `models.fetched.${accountId}`

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
  const startedAt = now()
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

  const counts = { served: 0, failed: 0 }
  let lastServed: GatewayStatus['lastServed']
  let statusTimer: NodeJS.Timeout | undefined
  let desk: Promise<ToolDesk> | undefined

  const status = (): GatewayStatus => ({
    version: options.version,
    endpoint: options.endpoint,
    startedAt,
    activeRequests: activity.active,
    accounts: store.accounts.list().length,
    models: catalogue.entries.length,
    requests: { ...counts },
    ...(lastServed ? { lastServed } : {}),
    ...(store.notice === undefined ? {} : { storageNotice: store.notice }),
  })

  /** Runs after the answer; with nobody watching it is a push onto an array. */
  const record = (request: RequestRecord): void => {
    store.requests.add(request)
    if (request.code === undefined) {
      counts.served++
      if (request.modelServed !== undefined) lastServed = { model: request.modelServed, at: now() }
    } else if (request.code !== 'client_left') counts.failed++
    if (listeners.size === 0) return
    const cost = request.cost ?? pricing.costOf(request)
    emit({ event: 'requests.added', data: viewRow({ store }, cost ? { ...request, cost } : request) })
    statusTimer ??= setTimeout(() => {
      statusTimer = undefined
      emit({ event: 'gateway.changed', data: status() })
    }, statusEveryMs)
  }

  const ports = createEngine({
    clock,
    random,
    settings: withTimeouts(routing.current, options.timeouts),
    catalogue: () => catalogue,
    media: createMediaLoader(downloader),
    wireOf,
    credential: credentials.get,
    dispatcher,
    record,
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
  const stale = staleAccounts(store, byId, options.config, now())
  if (stale.length > 0) void refreshStale(admin, stale)

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
      clearTimeout(statusTimer)
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

/** The targets of a public id; none when an account is gone by now. */
function targetsNamed(catalogue: Catalogue, publicId: string): readonly Target[] {
  try {
    return catalogue.resolve(publicId)
  } catch {
    return []
  }
}

function readCatalogue(
  store: Store,
  byId: ReadonlyMap<string, ProviderDefinition>,
  credentials: LoadedCredentials,
  settings: RoutingSettings,
): Catalogue {
  return buildCatalogue({
    settings,
    accounts: store.accounts.list().map((account) => withSecrets(account, credentials)),
    combos: store.combos.list(),
    providers: byId,
    models: (account) => {
      const own = store.models.list(account.id)
      const live = own.filter((model) => model.source === 'live')
      const user = own.filter((model) => model.source === 'user')
      const bundled = byId.get(account.provider)?.models ?? []
      return mergeModels(bundled, live, user)
    },
  })
}

/** The accounts, keys or workspaces that a budget is about, as roll-ups know them. */
function scopeInRollups(scope: Budget['scope'], { accounts }: Pick<Store, 'accounts'>): RollupFilter {
  const idsOf = (fits: (account: Account) => boolean): string[] =>
    accounts
      .list()
      .filter(fits)
      .map(({ id }) => id)
  switch (scope.kind) {
    case 'all':
      return {}
    case 'tier':
      return { account: idsOf(({ tier }) => tier === scope.tier) }
    case 'provider':
      return { account: idsOf(({ provider }) => provider === scope.id) }
    default:
      return { [scope.kind]: [scope.id] }
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

/** Accounts whose list was not fetched for a day. Accounts with models from a configuration keep to those. */
function staleAccounts(
  store: Store,
  byId: ReadonlyMap<string, ProviderDefinition>,
  config: Config | undefined,
  now: number,
): Account[] {
  const fixed = new Set(config?.accounts.filter((entry) => entry.models !== undefined).map((entry) => entry.id))
  return store.accounts.list().filter((account) => {
    if (!account.enabled || fixed.has(account.id) || !byId.get(account.provider)?.modelList) return false
    const fetched = store.settings.get(fetchedSetting(account.id))
    return typeof fetched !== 'number' || now - fetched > modelListMaxAgeMs
  })
}

/** In the background, one after another; a server that is off keeps its last known list. */
async function refreshStale(admin: AdminContext, accounts: readonly Account[]): Promise<void> {
  for (const account of accounts) {
    try {
      await refreshModels(admin, account.id)
      await admin.store.settings.put(fetchedSetting(account.id), admin.now())
    } catch (error) {
      admin.log.info(`model list of ${account.label}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
}
