// Notifications that come by themselves: a budget at one of its levels, a quota that is nearly used up, an account that needs its
// user. Each comes once, in one window, with what can be done about it, and can be turned off.
import * as vscode from 'vscode'
import type { GatewayClient } from '../../admin/client.ts'
import { systemClock } from '../../core/clock.ts'
import { runCommand } from '../commands/register.ts'
import type { Memory } from '../models/catalogue.ts'
import type { Session } from '../session.ts'
import type { AccountTrouble } from './accounts.ts'
import { type KnownNames, noticeText } from './budget-text.ts'
import { type BudgetReached, followBudgets } from './budgets.ts'
import { followStanding } from './follow.ts'
import type { QuotaReached } from './quotas.ts'
import { type NoticeKind, noticeSettings } from './settings.ts'
import { accountsText, quotaText } from './standing-text.ts'

export function registerNotices(session: Session, memory: Memory): vscode.Disposable {
  const stops = [
    followBudgets(session, {
      memory,
      now: Date.now,
      wants: () => wants('budgets'),
      show: (reached) => void showBudget(session, reached),
    }),
    followStanding(session, {
      memory,
      clock: systemClock,
      wants,
      showQuota: (reached) => void showQuota(reached),
      showAccounts: (troubles) => void showAccounts(troubles),
    }),
  ]
  return vscode.Disposable.from(...stops.map((stop) => new vscode.Disposable(stop)))
}

function wants(kind: NoticeKind): boolean {
  const { key, fallback } = noticeSettings[kind]
  return vscode.workspace.getConfiguration('omniroute').get<boolean>(key, fallback) !== false
}

async function showBudget(session: Session, reached: BudgetReached): Promise<void> {
  const { l10n, window } = vscode
  const names = await readNames(session.gateway)
  const open = l10n.t('Open Routing')
  const answer = await window.showWarningMessage(noticeText(reached, names, wording()), open)
  if (answer === open) await runCommand('omniroute.routing.open', 'budgets')
}

async function showQuota(reached: QuotaReached): Promise<void> {
  const { l10n, window } = vscode
  const add = l10n.t('Add Account')
  const look = l10n.t('Show Quotas')
  const answer = await window.showWarningMessage(quotaText(reached, wording()), add, look)
  if (answer === add) await runCommand('omniroute.account.add')
  if (answer === look) await runCommand('omniroute.dashboard.open', 'providers')
}

async function showAccounts(troubles: readonly AccountTrouble[]): Promise<void> {
  const { l10n, window } = vscode
  const edit = l10n.t('Edit Account')
  const answer = await window.showWarningMessage(accountsText(troubles, { l10n }), edit)
  const [first] = troubles
  // Which of several is asked.
  if (answer === edit) await runCommand('omniroute.account.edit', troubles.length === 1 ? first?.id : undefined)
}

function wording() {
  const { l10n, env } = vscode
  return { l10n, language: env.language, now: Date.now() }
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
