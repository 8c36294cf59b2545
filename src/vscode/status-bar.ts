// The one status bar item. A click offers the actions; the tooltip has the facts and links.
import * as vscode from 'vscode'
import type { GatewayEvent } from '../admin/client.ts'
import type { StandingView } from '../admin/contract.ts'
import { systemClock } from '../core/clock.ts'
import type { CommandId } from './commands/command-ids.ts'
import { commandLink } from './commands/register.ts'
import type { ModelCatalogue } from './models/catalogue.ts'
import { atMostEvery } from './paced.ts'
import type { Session } from './session.ts'
import { tightestQuotaText } from './standing-view.ts'
import { type StatusFacts, statusView } from './status-view.ts'

/** Quotas change with every answer; the tooltip follows at this pace. */
const standingPauseMs = 30_000

const linked: readonly CommandId[] = ['omniroute.dashboard.open', 'omniroute.account.add', 'omniroute.log.show']

export function registerStatusBar(session: Session, catalogue: ModelCatalogue): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('omniroute.status', vscode.StatusBarAlignment.Left, 0)
  item.name = 'OmniRoute'
  item.command = 'omniroute.actions.show' satisfies CommandId
  let facts: Omit<StatusFacts, 'state' | 'models' | 'tightestQuota'> = { needKey: [] }
  let accounts: StandingView['accounts'] = []

  const draw = () => {
    const { env, l10n } = vscode
    const tightestQuota = tightestQuotaText({ accounts }, { l10n, language: env.language, now: Date.now() })
    const view = statusView(
      {
        ...facts,
        ...(tightestQuota === undefined ? {} : { tightestQuota }),
        state: session.state,
        models: catalogue.models.length,
      },
      l10n,
    )
    item.text = view.text
    item.accessibilityInformation = { label: view.label, role: 'button' }
    item.tooltip = tooltipOf(view.lines)
    item.backgroundColor =
      view.background === undefined ? undefined : new vscode.ThemeColor(`statusBarItem.${view.background}Background`)
  }
  const learn = async () => {
    const gateway = session.gateway
    if (gateway === undefined) return
    const [listed, status] = await Promise.all([gateway.call('accounts.list', {}), gateway.call('gateway.status', {})])
    facts = {
      needKey: listed.filter(({ state }) => state.kind === 'needs-key').map(({ label }) => label),
      ...(status.lastServed === undefined ? {} : { lastModel: status.lastServed.model }),
      ...(status.storageNotice === undefined ? {} : { notice: status.storageNotice }),
    }
    draw()
  }
  // A gateway that goes away meanwhile says so by its state; there is nothing more to show then.
  const learnQuietly = () => void learn().catch(() => undefined)
  const readStanding = async () => {
    const standing = await session.gateway?.call('standing.get', {})
    if (standing === undefined) return
    accounts = standing.accounts
    draw()
  }
  const standing = atMostEvery(standingPauseMs, systemClock, () => void readStanding().catch(() => undefined))
  const onEvent = ({ event, data }: GatewayEvent) => {
    if (event !== 'accounts.changed' && event !== 'requests.added') return
    // Answers change what is known of quotas, refusals as much as others; so does a person who clears it.
    standing.ask()
    if (event === 'accounts.changed') return learnQuietly()
    const { modelServed, status } = data
    if (modelServed === undefined || status >= 400 || modelServed === facts.lastModel) return
    facts = { ...facts, lastModel: modelServed }
    draw()
  }

  draw()
  item.show()
  return vscode.Disposable.from(
    item,
    standing,
    new vscode.Disposable(session.onEvent(onEvent)),
    new vscode.Disposable(catalogue.onDidChange(draw)),
    new vscode.Disposable(
      session.onDidChangeState((state) => {
        draw()
        if (state.kind !== 'running') return
        learnQuietly()
        standing.ask()
      }),
    ),
  )
}

function tooltipOf(lines: readonly string[]): vscode.MarkdownString {
  const { l10n } = vscode
  const tooltip = new vscode.MarkdownString('', true)
  tooltip.isTrusted = { enabledCommands: linked }
  tooltip.appendMarkdown('**OmniRoute**\n\n')
  for (const line of lines) {
    tooltip.appendText(line)
    tooltip.appendMarkdown('\n\n')
  }
  const links = [
    commandLink('omniroute.dashboard.open', l10n.t('Open Dashboard')),
    commandLink('omniroute.account.add', l10n.t('Add Account')),
    commandLink('omniroute.log.show', l10n.t('Show Log')),
  ]
  tooltip.appendMarkdown(links.join(' · '))
  return tooltip
}
