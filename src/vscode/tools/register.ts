// The terminals with the environment of OmniRoute. What fills them in is loaded when one is opened.
import * as vscode from 'vscode'
import type { WindowContext } from '../commands/window-context.ts'

export function registerToolTerminals(context: WindowContext): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.window.registerTerminalProfileProvider('omniroute.terminal', {
      provideTerminalProfile: async () => await (await import('./launch.ts')).openShell(context),
    }),
    vscode.window.registerTerminalProfileProvider('omniroute.terminal.codex', {
      provideTerminalProfile: async () => await (await import('./launch.ts')).openCodex(context),
    }),
  )
}
