// What a click on the status bar item offers, and "Use in Copilot Chat".
import * as vscode from 'vscode'
import type { Session } from '../session.ts'
import type { CommandId } from './command-ids.ts'
import { runCommand } from './register.ts'

const manageModels = 'workbench.action.chat.manage'

export async function showActions(session: Session): Promise<void> {
  const { l10n } = vscode
  const stopped = session.state.kind === 'stopped' || session.state.kind === 'failed'
  const items: (vscode.QuickPickItem & { command: CommandId })[] = [
    ...(stopped ? [action('play', l10n.t('Start Server'), 'omniroute.server.start')] : []),
    action('dashboard', l10n.t('Open Dashboard'), 'omniroute.dashboard.open'),
    action('settings', l10n.t('Open Routing Settings'), 'omniroute.routing.open'),
    action('add', l10n.t('Add Account'), 'omniroute.account.add'),
    action('comment-discussion', l10n.t('Use in Copilot Chat'), 'omniroute.models.useInChat'),
    action('link', l10n.t('Copy Endpoint'), 'omniroute.endpoint.copy'),
    action('key', l10n.t('Copy Key'), 'omniroute.key.copy'),
    ...(stopped
      ? []
      : [
          action('debug-restart', l10n.t('Restart Server'), 'omniroute.server.restart'),
          action('debug-stop', l10n.t('Stop Server'), 'omniroute.server.stop'),
        ]),
    ...(stopped ? [] : [action('clear-all', l10n.t('Clear Cool-Downs'), 'omniroute.standing.clear')]),
    action('question', l10n.t('Explain Last Request'), 'omniroute.request.explain'),
    action('output', l10n.t('Show Log'), 'omniroute.log.show'),
    action('clippy', l10n.t('Copy Diagnostics'), 'omniroute.diagnostics.copy'),
  ]
  const picked = await vscode.window.showQuickPick(items, { title: 'OmniRoute' })
  if (picked !== undefined) await runCommand(picked.command)
}

/**
 * Opens VS Code's list of language models. That is also what switches the built-in chat on in a fresh profile; without it the
 * first message would ask for a sign-in that our models don't need.
 */
export async function useInChat(): Promise<void> {
  const known = await vscode.commands.getCommands(true)
  if (known.includes(manageModels)) {
    await vscode.commands.executeCommand(manageModels)
  } else {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('This editor has no chat for models of extensions. Point your tools at the endpoint instead.'),
    )
  }
}

function action(icon: string, title: string, command: CommandId): vscode.QuickPickItem & { command: CommandId } {
  return { label: `$(${icon}) ${title}`, command }
}
