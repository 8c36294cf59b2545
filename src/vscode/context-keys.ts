// The one place that sets context keys; the manifest's `enablement` clauses read them.
import * as vscode from 'vscode'
import type { Session, SessionState } from './session.ts'

/** Keeps `omniroute.serverState` in step with the session. */
export function registerContextKeys(session: Session): vscode.Disposable {
  const set = (state: SessionState) =>
    void vscode.commands.executeCommand('setContext', 'omniroute.serverState', state.kind)
  set(session.state)
  return new vscode.Disposable(session.onDidChangeState(set))
}
