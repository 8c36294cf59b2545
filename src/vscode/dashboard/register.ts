// "Open Dashboard", and the panel's return after a reload. Light: the panel itself is loaded when there is one to fill.
import * as vscode from 'vscode'
import type { WindowContext } from '../commands/window-context.ts'

import { RouteSender } from './route-sender.ts'

const viewType = 'omniroute.dashboard'

export interface Dashboard extends vscode.Disposable {
  /** Brings the dashboard to the front; to a route of the page (`#/routing`) if one is given. */
  open(route?: string): Promise<void>
}

export function registerDashboard(context: WindowContext, assets: vscode.Uri): Dashboard {
  let current: { panel: vscode.WebviewPanel; routes: RouteSender } | undefined

  const fill = async (panel: vscode.WebviewPanel, route?: string): Promise<void> => {
    const routes = new RouteSender((message) => panel.webview.postMessage(message))
    if (route !== undefined) routes.go(route)
    current = { panel, routes }
    panel.onDidDispose(() => {
      if (current?.panel === panel) current = undefined
    })
    panel.onDidChangeViewState(() => {
      if (!panel.visible) routes.gone()
    })
    try {
      const { fillPanel } = await import('./panel.ts')
      await fillPanel(panel, context, assets, () => routes.heard())
    } catch (thrown) {
      // Closed by the user before it was filled: nothing is missing. Else an empty panel would be all that opens from now on.
      if (current?.panel !== panel) return
      panel.dispose()
      throw thrown
    }
  }

  const serializer = vscode.window.registerWebviewPanelSerializer(viewType, {
    async deserializeWebviewPanel(panel) {
      // Two panels can come back when an older version left them behind.
      if (current === undefined) await fill(panel)
      else panel.dispose()
    },
  })

  return {
    async open(route) {
      if (current !== undefined) {
        const { panel, routes } = current
        panel.reveal()
        if (route !== undefined) routes.go(route)
        return
      }
      await fill(
        vscode.window.createWebviewPanel(viewType, vscode.l10n.t('OmniRoute Dashboard'), vscode.ViewColumn.Active),
        route,
      )
    },
    dispose() {
      serializer.dispose()
    },
  }
}
