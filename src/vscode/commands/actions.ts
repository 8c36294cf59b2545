// What a click on the status bar item offers, and "Use in Copilot Chat".
import * as vscode from 'vscode'
import type { Session } from '../session.ts'
import type { CommandId, DashboardPage } from './command-ids.ts'
import { runCommand } from './register.ts'

const manageModels = 'workbench.action.chat.manage'

export async function showActions(session: Session): Promise<void> {
  const { l10n } = vscode
  const stopped = session.state.kind === 'stopped' || session.state.kind === 'failed'
  const items: ActionItem[] = [
    ...(stopped ? [action('play', l10n.t('Start Server'), 'omniroute.server.start')] : []),
    action('dashboard', l10n.t('Open Dashboard'), 'omniroute.dashboard.open'),
    action('link-external', l10n.t('Open Dashboard in Browser'), 'omniroute.dashboard.openInBrowser'),
    action('rocket', l10n.t('Get Started'), 'omniroute.start'),
    ...(stopped ? [] : [action('arrow-swap', l10n.t('Choose Default Model'), 'omniroute.default.choose')]),
    action('add', l10n.t('Add Account'), 'omniroute.account.add'),
    ...(stopped ? [] : [action('checklist', l10n.t('Switch Accounts'), 'omniroute.accounts.switch')]),
    action('comment-discussion', l10n.t('Use in Copilot Chat'), 'omniroute.models.useInChat'),
    action('list-selection', l10n.t('Choose Models for Chat'), 'omniroute.models.choose'),
    ...(stopped
      ? []
      : [
          action('tools', l10n.t('Set Up Tool'), 'omniroute.tools.setUp'),
          action('terminal', l10n.t('Copy Launch Command'), 'omniroute.tools.copyLaunch'),
        ]),
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
    { label: l10n.t('Pages'), kind: vscode.QuickPickItemKind.Separator },
    page('server', l10n.t('Providers'), 'providers'),
    page('layers', l10n.t('Combos'), 'combos'),
    page('settings', l10n.t('Routing'), 'routing'),
    page('key', l10n.t('Keys'), 'keys'),
    page('tools', l10n.t('Tools'), 'tools'),
    page('history', l10n.t('Logs'), 'logs'),
  ]
  const picked = await vscode.window.showQuickPick(items, { title: 'OmniRoute' })
  await picked?.run?.()
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

interface ActionItem extends vscode.QuickPickItem {
  readonly run?: () => Thenable<unknown>
}

function action(icon: string, title: string, command: CommandId): ActionItem {
  return { label: `$(${icon}) ${title}`, run: () => runCommand(command) }
}

function page(icon: string, name: string, page: DashboardPage): ActionItem {
  return { label: `$(${icon}) ${name}`, run: () => runCommand('omniroute.dashboard.open', page) }
}
