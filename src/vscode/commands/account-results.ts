// What the user reads after an account was added or tested: what happened, and the button for the next step.
import * as vscode from 'vscode'
import type { AccountCheck, AccountView } from '../../admin/contract.ts'
import { offerNextSteps } from './next-steps.ts'
import { runCommand } from './register.ts'

/** Shows the result of a check. Not to be awaited by a command: the message may stay open. */
export async function showCheck(account: AccountView, check: AccountCheck, added: boolean): Promise<void> {
  const { l10n, window } = vscode
  if (check.outcome === 'failed') {
    const edit = l10n.t('Edit Account')
    const log = l10n.t('Show Log')
    const text = added
      ? l10n.t('{0} was added, but its server refuses: {1}', account.label, sentence(check))
      : l10n.t('{0} does not work: {1}', account.label, sentence(check))
    const answer = await window.showWarningMessage(text, edit, log)
    if (answer === edit) await runCommand('omniroute.account.edit', account.id)
    if (answer === log) await runCommand('omniroute.log.show')
    return
  }
  await offerNextSteps(successText(account, check))
}

function successText(account: AccountView, check: AccountCheck): string {
  const { l10n } = vscode
  if (check.outcome === 'skipped')
    return l10n.t('{0} was saved. Its server offers no check: {1}', account.label, sentence(check))
  const models = check.models ?? account.modelCount
  return models === 1
    ? l10n.t('{0} is ready with 1 model.', account.label)
    : l10n.t('{0} is ready with {1} models.', account.label, models)
}

function sentence(check: AccountCheck): string {
  return check.nextStep === undefined ? check.message : `${check.message} ${vscode.l10n.t(check.nextStep)}`
}
