// "Create Backup" and "Restore Backup". A restore shows what it would change before it changes anything.
import * as vscode from 'vscode'
import type { BackupDifference, BackupView } from '../../admin/contract-backup.ts'
import { gatewayFor, type WindowContext, withProgress } from './window-context.ts'

/** Lines of a preview; more would not fit a dialog. */
const linesShown = 20

/** Gives the id of the backup, for programs that run the command. */
export async function createBackup(context: WindowContext): Promise<string | undefined> {
  const { l10n, window } = vscode
  const gateway = await gatewayFor(context)
  if (gateway === undefined) return undefined
  const backup = await withProgress(l10n.t('Creating a backup…'), () => gateway.call('backups.create', {}))
  if (backup === undefined) return undefined
  void window.showInformationMessage(l10n.t('A backup was created. It holds no keys of accounts.'))
  return backup.id
}

export async function restoreBackup(context: WindowContext): Promise<boolean> {
  const { l10n, window } = vscode
  const gateway = await gatewayFor(context)
  if (gateway === undefined) return false
  const backups = await gateway.call('backups.list', {})
  if (backups.length === 0) {
    void window.showInformationMessage(l10n.t('There is no backup yet. One is made every day.'))
    return false
  }
  const items = backups.map((backup) => ({ label: dateOf(backup.at), description: describe(backup), backup }))
  const picked = await window.showQuickPick(items, { title: l10n.t('Restore Backup') })
  if (picked === undefined) return false
  const { id } = picked.backup
  const { differences } = await gateway.call('backups.preview', { id })
  if (differences.length === 0) {
    void window.showInformationMessage(l10n.t('Nothing has changed since this backup.'))
    return false
  }
  const restore = l10n.t('Restore')
  const detail = [...differences.slice(0, linesShown).map(lineOf), ...(differences.length > linesShown ? ['…'] : [])]
  const question = l10n.t('Restore the backup of {0}? Keys of accounts stay as they are.', picked.label)
  const answer = await window.showWarningMessage(question, { modal: true, detail: detail.join('\n') }, restore)
  if (answer !== restore) return false
  // Not to be cancelled: it is done in one step.
  const { restored } = await window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: l10n.t('Restoring…') },
    () => gateway.call('backups.restore', { id }),
  )
  void window.showInformationMessage(
    l10n.t('Restored; {0} items changed. What was before is in a backup of its own.', restored),
  )
  return true
}

function dateOf(at: number): string {
  return new Intl.DateTimeFormat(vscode.env.language, { dateStyle: 'medium', timeStyle: 'medium' }).format(at)
}

function describe({ kind, bytes }: BackupView): string {
  const { l10n } = vscode
  const kinds: Record<BackupView['kind'], string> = {
    daily: l10n.t('daily'),
    manual: l10n.t('by hand'),
    migration: l10n.t('before an update'),
    restore: l10n.t('before a restore or import'),
  }
  return `${kinds[kind]}, ${Math.ceil(bytes / 1000)} kB`
}

function lineOf({ kind, name, change }: BackupDifference): string {
  const { l10n } = vscode
  const what = kindName(kind, name)
  if (change === 'added') return l10n.t('Added: {0}', what)
  return change === 'removed' ? l10n.t('Removed: {0}', what) : l10n.t('Changed: {0}', what)
}

/** What a record of a backup or an exported file is called. */
export function kindName(kind: BackupDifference['kind'] | 'alias', name: string): string {
  const { l10n } = vscode
  switch (kind) {
    case 'account':
      return l10n.t('account {0}', name)
    case 'models':
      return l10n.t('models of {0}', name)
    case 'combo':
      return l10n.t('combo {0}', name)
    case 'key':
      return l10n.t('key {0}', name)
    case 'alias':
      return l10n.t('alias {0}', name)
    case 'setting':
      return l10n.t('routing settings: {0}', name)
  }
}
