// Asks VS Code for the user's consent to the models of other extensions: in response to a command of theirs, and before any tool
// depends on it. VS Code shows the dialog and keeps the answer; it asks once for each vendor.
import * as vscode from 'vscode'
import { otherModels } from './editor-models.ts'

/** Sends nothing but one word to a model of each vendor that has not been asked for. */
export async function askForConsent(access: vscode.LanguageModelAccessInformation): Promise<void> {
  const asked = new Set<string>()
  for (const model of await otherModels()) {
    if (asked.has(model.vendor) || access.canSendRequest(model) === true) continue
    asked.add(model.vendor)
    const cancellation = new vscode.CancellationTokenSource()
    try {
      await model.sendRequest(
        [vscode.LanguageModelChatMessage.User('Hi')],
        { justification: vscode.l10n.t('Your other coding tools can then use these models through OmniRoute.') },
        cancellation.token,
      )
    } catch {
      // Refused, or not to be had now: calls say so by themselves, and this can be asked again.
    } finally {
      // The answer itself is of no interest.
      cancellation.cancel()
      cancellation.dispose()
    }
  }
}
