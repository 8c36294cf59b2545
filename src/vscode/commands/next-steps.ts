// What is offered once an account works: the chat, a coding tool, the endpoint for any other.
import * as vscode from 'vscode'
import { runCommand } from './register.ts'

export async function offerNextSteps(text: string): Promise<void> {
  const { l10n } = vscode
  const chat = l10n.t('Use in Copilot Chat')
  const tool = l10n.t('Set Up Tool')
  const endpoint = l10n.t('Copy Endpoint')
  const answer = await vscode.window.showInformationMessage(text, chat, tool, endpoint)
  if (answer === chat) await runCommand('omniroute.models.useInChat')
  if (answer === tool) await runCommand('omniroute.tools.setUp')
  if (answer === endpoint) await runCommand('omniroute.endpoint.copy')
}
