// Shows a notification when a budget comes to a level, with the way to where budgets are set.
import * as vscode from 'vscode'
import type { GatewayClient } from '../../admin/client.ts'
import { runCommand } from '../commands/register.ts'
import type { Memory } from '../models/catalogue.ts'
import type { Session } from '../session.ts'
import { type KnownNames, noticeText } from './notice-text.ts'
import { type BudgetReached, followBudgets } from './reached.ts'

export function registerBudgetNotices(session: Session, memory: Memory): vscode.Disposable {
  const show = async (reached: BudgetReached): Promise<void> => {
    const { l10n, env, window } = vscode
    const names = await readNames(session.gateway)
    const open = l10n.t('Open Routing')
    const text = noticeText(reached, names, { l10n, language: env.language, now: Date.now() })
    if ((await window.showWarningMessage(text, open)) === open) await runCommand('omniroute.routing.open', 'budgets')
  }
  const stop = followBudgets(session, { memory, now: Date.now, show: (reached) => void show(reached) })
  return new vscode.Disposable(stop)
}

/** Undefined when the gateway is gone or does not answer: the notice then does without names. */
async function readNames(gateway: GatewayClient | undefined): Promise<KnownNames | undefined> {
  try {
    if (gateway === undefined) return undefined
    const [{ budgets }, accounts, keys] = await Promise.all([
      gateway.call('settings.get', {}),
      gateway.call('accounts.list', {}),
      gateway.call('keys.list', {}),
    ])
    return { budgets, accounts, keys }
  } catch {
    return undefined
  }
}
