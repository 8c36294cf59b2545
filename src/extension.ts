// Entry of the editor: a table of contents. Everything is registered at once; the gateway is another bundle, loaded and started
// in the background after `activate` has returned.
import * as vscode from 'vscode'
import type { EditorModels } from './core/editor-models.ts'
import { commandHandlers } from './vscode/commands/handlers.ts'
import { registerCommands } from './vscode/commands/register.ts'
import { registerContextKeys } from './vscode/context-keys.ts'
import { registerDashboard } from './vscode/dashboard/register.ts'
import { editorModels } from './vscode/editor-models/editor-models.ts'
import { followSettings, registerSettings } from './vscode/live-settings.ts'
import { registerLmTools } from './vscode/lm-tools/register.ts'
import { createLog, type WindowLog } from './vscode/log.ts'
import { registerMcpServer } from './vscode/mcp/register.ts'
import { ModelCatalogue } from './vscode/models/catalogue.ts'
import { registerModels } from './vscode/models/provider.ts'
import { registerGatewayNotices } from './vscode/notices/gateway.ts'
import { registerNotices } from './vscode/notices/register.ts'
import { ReadOnlyTexts } from './vscode/read-only-texts.ts'
import { followRevival } from './vscode/revival.ts'
import { secretStoreOf } from './vscode/secrets.ts'
import { Session } from './vscode/session.ts'
import { registerStatusBar } from './vscode/status-bar.ts'
import { registerSync } from './vscode/sync/register.ts'
import { registerToolTerminals } from './vscode/tools/register.ts'

/** What other extensions (and our own tests) may use of a running OmniRoute. */
export interface OmniRouteApi {
  /** How long `activate` took, in milliseconds. */
  readonly activationMs: number
  /** The processor time of it. */
  readonly activationCpuMs: number
  /** Base URL of the gateway, e.g. `http://127.0.0.1:20128`, once it runs. */
  endpoint(): Promise<string | undefined>
}

/** VS Code ends an extension host about five seconds after asking it to leave. */
const farewellMs = 1_800

let active: { session: Session; log: WindowLog; channel: vscode.LogOutputChannel } | undefined

export function activate(context: vscode.ExtensionContext): OmniRouteApi {
  const began = performance.now()
  const cpuBefore = process.cpuUsage()
  const channel = vscode.window.createOutputChannel('OmniRoute', { log: true })
  const log = createLog(channel)
  const version = String(context.extension.packageJSON.version)
  const assets = vscode.Uri.joinPath(context.extensionUri, 'dist')
  const settings = followSettings(log)
  const session = new Session({
    loadGateway: () => import('./gateway.ts'),
    gateway: {
      dataDirectory: context.globalStorageUri.fsPath,
      assetDirectory: assets.fsPath,
      secrets: secretStoreOf(context.secrets),
      version,
      ...editorModelsFor(context),
    },
    settings: () => settings.read().gateway,
    log,
  })
  active = { session, log, channel }
  const texts = new ReadOnlyTexts()
  const window = {
    session,
    log,
    version,
    access: context.languageModelAccessInformation,
    memory: context.globalState,
    texts,
  }
  const catalogue = new ModelCatalogue(session, context.globalState, log, vscode.l10n)
  const dashboard = registerDashboard(window, assets)

  context.subscriptions.push(
    catalogue,
    dashboard,
    texts,
    registerModels(session, catalogue, log),
    registerLmTools(session),
    registerMcpServer(session, version),
    registerContextKeys(session, context.globalState),
    registerCommands(commandHandlers(window, dashboard, channel, catalogue, context), log),
    registerStatusBar(session, catalogue),
    registerToolTerminals(window),
    registerGatewayNotices(session, context.globalState),
    registerNotices(session, context.globalState),
    new vscode.Disposable(followRevival(session, context.globalStorageUri.fsPath)),
    registerSettings(session, settings),
    registerSync(session, context.globalState, log),
  )
  if (settings.read().autoStart) setImmediate(() => session.start().catch(() => undefined))

  const activationMs = performance.now() - began
  const cpu = process.cpuUsage(cpuBefore)
  log.info(`OmniRoute ${version} activated in ${activationMs.toFixed(1)} ms`)
  return {
    activationMs,
    activationCpuMs: (cpu.user + cpu.system) / 1_000,
    endpoint: async () => {
      const state = (await session.demand())?.state
      return state?.kind === 'running' || state?.kind === 'outdated' ? state.endpoint : undefined
    },
  }
}

/** The models of other extensions, where this editor has them. */
function editorModelsFor(context: vscode.ExtensionContext): { readonly editorModels?: EditorModels } {
  const models = editorModels(context.languageModelAccessInformation)
  return models === undefined ? {} : { editorModels: models }
}

/** Writes everything to disk and closes the port before the extension host ends. */
export async function deactivate(): Promise<void> {
  await Promise.race([active?.session.dispose(), new Promise((resolve) => setTimeout(resolve, farewellMs).unref())])
  // VS Code disposes the subscriptions before this, and the last lines still want a channel.
  active?.log.close()
  active?.channel.dispose()
}
