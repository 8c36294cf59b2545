// "Clear Cool-Downs": has an account tried again at once, whatever it rests for.
import * as vscode from 'vscode'
import { type RestingAccount, restingAccounts } from '../standing-view.ts'
import { gatewayFor, type WindowContext } from './window-context.ts'

/** Reasons shown of one account; more would not fit a line. */
const reasonsShown = 3

/** Takes an account's id, or asks which one. Gives the ids of the accounts that were cleared, for programs that run the command. */
export async function clearCoolDowns(context: WindowContext, id?: unknown): Promise<readonly string[] | undefined> {
  const { l10n, window, env } = vscode
  const gateway = await gatewayFor(context)
  if (gateway === undefined) return undefined
  const standing = await gateway.call('standing.get', {})
  const resting = restingAccounts(standing, { l10n, language: env.language, now: Date.now() })
  if (resting.length === 0) {
    void window.showInformationMessage(l10n.t('No account rests, and no known quota is used up.'))
    return []
  }
  const named = resting.filter((account) => account.id === id)
  const chosen = named.length > 0 ? named : await chooseAccounts(resting)
  if (chosen === undefined) return undefined
  for (const account of chosen) await gateway.call('standing.clear', { accountId: account.id })
  const labels = chosen.map(({ label }) => label).join(', ')
  void window.showInformationMessage(l10n.t('Tried again from the next request on: {0}.', labels))
  return chosen.map((account) => account.id)
}

async function chooseAccounts(resting: readonly RestingAccount[]): Promise<readonly RestingAccount[] | undefined> {
  const { l10n } = vscode
  const items: (vscode.QuickPickItem & { accounts: readonly RestingAccount[] })[] = resting.map((account) => ({
    label: account.label,
    detail: [...account.reasons.slice(0, reasonsShown), ...(account.reasons.length > reasonsShown ? ['…'] : [])].join(
      ' · ',
    ),
    accounts: [account],
  }))
  if (resting.length > 1) items.push({ label: l10n.t('All of them'), accounts: resting })
  const picked = await vscode.window.showQuickPick(items, {
    title: l10n.t('Clear Cool-Downs'),
    placeHolder: l10n.t('Which account shall be tried again?'),
    matchOnDetail: true,
  })
  return picked?.accounts
}
