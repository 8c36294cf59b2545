// Carries combos, custom models, aliases and routing settings through VS Code's own Settings Sync, when the user has turned it on.
import * as vscode from 'vscode'
import { systemClock } from '../../core/clock.ts'
import type { Log } from '../../core/log.ts'
import type { Session } from '../session.ts'
import { followSync } from './follow.ts'
import { mostBytesPerKey, syncedKeys, syncSetting } from './storage.ts'

const setting = `omniroute.${syncSetting.key}`

export function registerSync(
  session: Session,
  memory: vscode.Memento & { setKeysForSync(keys: readonly string[]): void },
  log: Log,
): vscode.Disposable {
  const { l10n, window, workspace } = vscode
  const enabled = (): boolean => workspace.getConfiguration().get<boolean>(setting, syncSetting.fallback)
  const choose = (): void => memory.setKeysForSync(enabled() ? syncedKeys : [])
  const tellTooLarge = (kinds: readonly string[]): void => {
    const names: Record<string, string> = {
      combo: l10n.t('combos'),
      alias: l10n.t('aliases'),
      model: l10n.t('custom models'),
      routing: l10n.t('routing settings'),
    }
    const list = kinds.map((kind) => names[kind] ?? kind).join(', ')
    const most = Math.round(mostBytesPerKey / 1000)
    void window.showWarningMessage(
      l10n.t('Settings Sync takes at most {0} kB of each kind, so these are not synced: {1}.', most, list),
    )
  }
  choose()
  const follower = followSync(session, { memory, clock: systemClock, log, enabled, tellTooLarge })
  return vscode.Disposable.from(
    follower,
    workspace.onDidChangeConfiguration((event) => {
      if (!event.affectsConfiguration(setting)) return
      choose()
      follower.ask()
    }),
    window.onDidChangeWindowState(({ focused }) => {
      if (focused) follower.ask()
    }),
  )
}
