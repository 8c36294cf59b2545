// Notifications about the gateway as a whole, each once for its cause and with the action that mends it: another program holds
// the port, or this window is too old for the gateway of the others.
import * as vscode from 'vscode'
import { runCommand } from '../commands/register.ts'
import type { Memory } from '../models/catalogue.ts'
import type { Session, SessionState } from '../session.ts'

/** The place for which the user has been told; another place is told again, a further start at the same one is not. */
const toldKey = 'movedTold.v1'

export function registerGatewayNotices(session: Session, memory: Memory): vscode.Disposable {
  let outdatedBy: string | undefined
  const look = (state: SessionState): void => {
    if (state.kind === 'outdated' && state.version !== outdatedBy) {
      outdatedBy = state.version
      void tellOutdated(state.version)
    }
    if (state.kind !== 'running' || state.role !== 'leader') return
    const { endpoint, movedFrom } = state
    const place = movedFrom === undefined ? undefined : `${movedFrom} ${endpoint}`
    if (memory.get(toldKey) === place) return
    void memory.update(toldKey, place)
    if (movedFrom !== undefined) void tellMoved(endpoint, movedFrom, state.heldBy)
  }
  return new vscode.Disposable(session.onDidChangeState(look))
}

async function tellMoved(endpoint: string, port: number, heldBy: 'omniroute' | 'program' | undefined): Promise<void> {
  const { l10n } = vscode
  const copy = l10n.t('Copy Endpoint')
  const change = l10n.t('Change Port')
  const again = l10n.t('Try Again')
  const text =
    heldBy === 'omniroute'
      ? l10n.t(
          'Port {0} is used by an OmniRoute with other data, such as that of another user, another editor or the command line. This one runs at {1}; tools that are set to port {0} do not reach it.',
          port,
          endpoint,
        )
      : l10n.t(
          'Port {0} is used by another program, so OmniRoute runs at {1}. Tools that are set to port {0} do not reach it.',
          port,
          endpoint,
        )
  const answer = await vscode.window.showWarningMessage(text, copy, change, again)
  if (answer === copy) await runCommand('omniroute.endpoint.copy')
  if (answer === change) await openPortSetting()
  if (answer === again) await runCommand('omniroute.server.restart')
}

/** Settings of a machine stand on a page of their own where the window is connected to one. */
function openPortSetting(): Thenable<unknown> {
  const page = vscode.env.remoteName === undefined ? 'openSettings' : 'openRemoteSettings'
  return vscode.commands.executeCommand(`workbench.action.${page}`, { query: 'omniroute.server.port' })
}

async function tellOutdated(version: string): Promise<void> {
  const { l10n } = vscode
  const reload = l10n.t('Reload Window')
  const text = l10n.t(
    'OmniRoute was updated to version {0} in another window. Reload this window to use its models here again; tools go on working.',
    version,
  )
  if ((await vscode.window.showWarningMessage(text, reload)) === reload)
    await vscode.commands.executeCommand('workbench.action.reloadWindow')
}
