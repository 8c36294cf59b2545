// The one place that sets context keys. The manifest's `enablement` clauses read them, and the walkthrough ticks its steps off
// by them: the gateway runs, an account is connected, there is a combo, a tool has called.
import * as vscode from 'vscode'
import type { GatewayEvent } from '../admin/client.ts'
import type { Gateway } from '../gateway.ts'
import type { Memory } from './models/catalogue.ts'
import type { Session, SessionState } from './session.ts'

const toolServedKey = 'toolServed.v1'
/** How many of the newest requests are looked through for one of a tool. */
const requestsRead = 200

export function registerContextKeys(session: Session, memory: Memory): vscode.Disposable {
  const set = (key: string, value: string | boolean) =>
    void vscode.commands.executeCommand('setContext', `omniroute.${key}`, value)
  const setToolServed = () => {
    set('toolServed', true)
    if (memory.get(toolServedKey) !== true) void memory.update(toolServedKey, true)
  }
  const readAccounts = async (gateway: Gateway) => {
    const accounts = await gateway.call('accounts.list', {})
    set(
      'hasAccount',
      accounts.some(({ state }) => state.kind === 'ready' || state.kind === 'resting'),
    )
  }
  const readCombos = async (gateway: Gateway) => set('hasCombo', (await gateway.call('combos.list', {})).length > 0)
  const readRequests = async (gateway: Gateway) => {
    if (memory.get(toolServedKey) === true) return
    const { rows } = await gateway.call('requests.page', { limit: requestsRead })
    if (rows.some(isOfTool)) setToolServed()
  }
  /** A gateway that goes away meanwhile says so by its state. */
  const read = (...readers: ((gateway: Gateway) => Promise<void>)[]) => {
    const { gateway } = session
    if (gateway === undefined) return
    for (const reader of readers) void reader(gateway).catch(() => undefined)
  }
  const onState = (state: SessionState) => {
    set('serverState', state.kind)
    if (state.kind === 'running') read(readAccounts, readCombos, readRequests)
  }
  const onEvent = ({ event, data }: GatewayEvent) => {
    if (event === 'accounts.changed') read(readAccounts)
    if (event === 'combos.changed') read(readCombos)
    if (event === 'requests.added' && isOfTool(data)) setToolServed()
  }

  if (memory.get(toolServedKey) === true) set('toolServed', true)
  onState(session.state)
  return vscode.Disposable.from(
    new vscode.Disposable(session.onDidChangeState(onState)),
    new vscode.Disposable(session.onEvent(onEvent)),
  )
}

/** An answered request of anything but the editor's own chat. */
function isOfTool({ wire, status }: { readonly wire: string; readonly status: number }): boolean {
  return wire !== 'editor' && status < 400
}
