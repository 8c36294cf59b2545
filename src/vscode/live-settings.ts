// Reads the settings of VS Code and hands changes to the running gateway, without a restart.
import * as vscode from 'vscode'
import type { GatewaySettings } from '../gateway.ts'
import { readFailure } from './failure.ts'
import type { WindowLog } from './log.ts'
import type { Session } from './session.ts'
import { type EditorSettings, readEditorProxy, readSettings } from './settings.ts'

function readNow(log: WindowLog): EditorSettings {
  const configuration = vscode.workspace.getConfiguration('omniroute')
  const { settings, problems } = readSettings((key) => configuration.get(key))
  for (const problem of problems) log.warn(problem)
  const http = vscode.workspace.getConfiguration('http')
  return { ...settings, gateway: { ...settings.gateway, editorProxy: readEditorProxy((key) => http.get(key)) } }
}

/** The gateway's part of the settings, read again only when something of it changed: one warning a change. */
export function followSettings(log: WindowLog): { read: () => EditorSettings; changed: () => void } {
  let settings: EditorSettings | undefined
  return {
    read: () => {
      settings ??= readNow(log)
      return settings
    },
    changed: () => {
      settings = undefined
    },
  }
}

/** Applies changes while the gateway runs. What can't be applied is the user's own action failing, so it is shown. */
export function registerSettings(session: Session, settings: ReturnType<typeof followSettings>): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration(async (event) => {
    if (!event.affectsConfiguration('omniroute') && !event.affectsConfiguration('http')) return
    const before = settings.read().gateway
    settings.changed()
    if (same(before, settings.read().gateway)) return
    try {
      await session.applySettings()
    } catch (thrown) {
      const failure = readFailure(thrown, vscode.l10n)
      void vscode.window.showWarningMessage(`${failure.cause} ${failure.nextStep}`)
    }
  })
}

function same(left: GatewaySettings, right: GatewaySettings): boolean {
  return (
    left.port === right.port &&
    left.bodyLimitMb === right.bodyLimitMb &&
    left.logRows === right.logRows &&
    JSON.stringify(left.editorProxy) === JSON.stringify(right.editorProxy)
  )
}
