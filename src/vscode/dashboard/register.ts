// "Open Dashboard", and the panel's return after a reload. Light: the panel itself is loaded when there is one to fill.
import * as vscode from 'vscode'
import type { WindowContext } from '../commands/window-context.ts'

const viewType = 'omniroute.dashboard'

export interface Dashboard extends vscode.Disposable {
  open(): Promise<void>
}

export function registerDashboard(context: WindowContext, assets: vscode.Uri): Dashboard {
  let current: vscode.WebviewPanel | undefined

  const fill = async (panel: vscode.WebviewPanel): Promise<void> => {
    current = panel
    panel.onDidDispose(() => {
      if (current === panel) current = undefined
    })
    try {
      const { fillPanel } = await import('./panel.ts')
      await fillPanel(panel, context, assets)
    } catch (thrown) {
      // Closed by the user before it was filled: nothing is missing. Else an empty panel would be all that opens from now on.
      if (current !== panel) return
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
    async open() {
      if (current !== undefined) {
        current.reveal()
        return
      }
      await fill(
        vscode.window.createWebviewPanel(viewType, vscode.l10n.t('OmniRoute Dashboard'), vscode.ViewColumn.Active),
      )
    },
    dispose() {
      serializer.dispose()
    },
  }
}
