// The dashboard's panel: at most one a window, brought back by VS Code after a reload, with the page's own state kept by the
// page. Loaded when it is first opened, because the contract's schemas are not needed before.
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import * as vscode from 'vscode'
import type { GatewayEvent } from '../../admin/client.ts'
import { pageHtml, textsOf } from '../../admin/dashboard-page.ts'
import type { WindowContext } from '../commands/window-context.ts'
import type { Session } from '../session.ts'
import { windowFacts } from '../tools/window-facts.ts'
import { obeyPage } from './editor-requests.ts'
import { answerCall, eventMessage } from './rpc.ts'

/** What a page reads anew when the gateway is another one. */
const changes = [
  'accounts.changed',
  'models.changed',
  'combos.changed',
  'keys.changed',
  'settings.changed',
  'tools.changed',
] as const

/** Fills a new or restored panel and connects it to the gateway until it is closed. `heard` is told whenever the page speaks. */
export async function fillPanel(
  panel: vscode.WebviewPanel,
  context: WindowContext,
  assets: vscode.Uri,
  heard: () => void,
): Promise<void> {
  const { webview } = panel
  const pages = vscode.Uri.joinPath(assets, 'webview')
  webview.options = { enableScripts: true, localResourceRoots: [pages] }
  panel.iconPath = vscode.Uri.joinPath(assets, '..', 'media', 'icon.png')

  const subscriptions = connect(webview, context, heard)
  panel.onDidDispose(() => {
    for (const unsubscribe of subscriptions) unsubscribe()
  })

  const template = await readFile(vscode.Uri.joinPath(pages, 'index.html').fsPath, 'utf8')
  webview.html = pageHtml(template, {
    language: vscode.env.language,
    cspSource: webview.cspSource,
    connectSource: "'none'",
    nonce: randomBytes(16).toString('base64url'),
    base: webview.asWebviewUri(pages).toString(),
    bundle: vscode.l10n.bundle && textsOf(vscode.l10n.bundle),
  })
}

function connect(webview: vscode.Webview, context: WindowContext, heard: () => void): (() => void)[] {
  const { session, log, memory } = context
  const rpc = {
    client: () => session.demand(),
    windowFacts: () => windowFacts(memory),
    l10n: vscode.l10n,
    warn: (message: string) => log.warn(message),
  }
  const forward = (event: GatewayEvent) => {
    const message = eventMessage(event)
    if (message !== undefined) void webview.postMessage(message)
  }
  const receiving = webview.onDidReceiveMessage(async (message: unknown) => {
    heard()
    if (await obeyPage(message, context)) return
    const answer = await answerCall(message, rpc)
    if (answer !== undefined) await webview.postMessage(answer)
  })
  return [
    () => receiving.dispose(),
    session.onEvent(forward),
    session.onDidChangeState((state) => {
      if (state.kind === 'running') void announceGateway(session, forward)
      if (state.kind === 'stopped' && state.byUser) forward({ event: 'gateway.stopped', data: {} })
    }),
  ]
}

/** Another gateway than before, perhaps that of another window: everything the page shows may have changed. */
async function announceGateway(session: Session, forward: (event: GatewayEvent) => void): Promise<void> {
  try {
    const status = await session.gateway?.call('gateway.status', {})
    if (status === undefined) return
    forward({ event: 'gateway.changed', data: status })
    for (const event of changes) forward({ event, data: {} })
  } catch {
    // It is gone again already; the next state says so.
  }
}
