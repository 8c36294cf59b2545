// Context keys: the state of the gateway, which the manifest's `enablement` clauses read, and what ticks the walkthrough off: the
// gateway runs, an account is connected, there is a combo, a tool has called.
import * as vscode from 'vscode'
import type { GatewayEvent } from '../admin/client.ts'
import type { Gateway } from '../gateway.ts'
import type { Memory } from './models/catalogue.ts'
import type { Session, SessionState } from './session.ts'
import { createWalkthroughKeys } from './walkthrough-keys.ts'

const toolServedKey = 'toolServed.v1'
/** How many of the newest requests are looked through for one of a tool. */
const requestsRead = 200

export function registerContextKeys(session: Session, memory: Memory): vscode.Disposable {
  const walkthrough = createWalkthroughKeys()
  const setToolServed = () => {
    walkthrough.set('toolServed', true)
    if (memory.get(toolServedKey) !== true) void memory.update(toolServedKey, true)
  }
  const readAccounts = async (gateway: Gateway) => {
    const accounts = await gateway.call('accounts.list', {})
    walkthrough.set(
      'hasAccount',
      accounts.some(({ state }) => state.kind === 'ready' || state.kind === 'resting'),
    )
  }
  const readCombos = async (gateway: Gateway) =>
    walkthrough.set('hasCombo', (await gateway.call('combos.list', {})).length > 0)
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
    void vscode.commands.executeCommand('setContext', 'omniroute.serverState', state.kind)
    walkthrough.set('gatewayRuns', state.kind === 'running')
    if (state.kind === 'running') read(readAccounts, readCombos, readRequests)
  }
  const onEvent = ({ event, data }: GatewayEvent) => {
    if (event === 'accounts.changed') read(readAccounts)
    if (event === 'combos.changed') read(readCombos)
    if (event === 'requests.added' && isOfTool(data)) setToolServed()
  }

  if (memory.get(toolServedKey) === true) walkthrough.set('toolServed', true)
  onState(session.state)
  return vscode.Disposable.from(
    walkthrough,
    new vscode.Disposable(session.onDidChangeState(onState)),
    new vscode.Disposable(session.onEvent(onEvent)),
  )
}

/** An answered request of anything but the editor's own chat. */
function isOfTool({ wire, status }: { readonly wire: string; readonly status: number }): boolean {
  return wire !== 'editor' && status < 400
}
