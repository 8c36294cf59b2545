// "Switch Accounts": turns accounts on and off, several at once.
import * as vscode from 'vscode'
import { offerFirstAccount, stateText } from './accounts.ts'
import { gatewayFor, type WindowContext } from './window-context.ts'

/** Gives the ids of the accounts that were switched, for programs that run the command. */
export async function switchAccounts(context: WindowContext): Promise<readonly string[] | undefined> {
  const { l10n, window } = vscode
  const gateway = await gatewayFor(context)
  if (gateway === undefined) return undefined
  const accounts = await gateway.call('accounts.list', {})
  if (accounts.length === 0) {
    void offerFirstAccount()
    return undefined
  }
  const items = accounts.map((account) => ({
    label: account.label,
    description: `${account.providerName} · ${account.prefix}/`,
    detail: stateText(account),
    picked: account.enabled,
    account,
  }))
  const picked = await window.showQuickPick(items, {
    title: l10n.t('Switch Accounts'),
    placeHolder: l10n.t('Which accounts shall be used?'),
    canPickMany: true,
    matchOnDescription: true,
  })
  if (picked === undefined) return undefined
  const wanted = new Set(picked.map(({ account }) => account.id))
  const changed = accounts.filter(({ id, enabled }) => wanted.has(id) !== enabled)
  for (const { id } of changed) await gateway.call('accounts.update', { id, enabled: wanted.has(id) })
  return changed.map(({ id }) => id)
}
