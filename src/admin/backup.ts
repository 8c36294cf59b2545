// Backups over the contract: list, make, prove whole, preview, restore. A restore first backs the present state up, then changes
// everything in one step, and never touches secrets.
import type { Account } from '../core/account.ts'
import { GatewayError } from '../core/errors.ts'
import type { Configuration } from '../store/configuration.ts'
import { tailOf } from './accounts.ts'
import { planRestore, type RestorePlan } from './backup-difference.ts'
import type { AdminContext } from './context.ts'
import type { BackupContent, BackupPreview, BackupView } from './contract-backup.ts'
import { clearAccount } from './standing.ts'

export async function listBackups({ store }: AdminContext): Promise<BackupView[]> {
  return await store.backups.list()
}

export async function createBackup(context: AdminContext): Promise<BackupView> {
  refuseReadOnly(context)
  return await context.store.backups.create('manual')
}

/** Rejects when the backup is damaged or can't be used. */
export async function previewBackup(context: AdminContext, id: string): Promise<BackupPreview> {
  const { backup, content } = await readBackup(context, id)
  return { content, differences: [...planNow(context, backup).differences] }
}

export async function restoreBackup(
  context: AdminContext,
  id: string,
): Promise<{ restored: number; before: BackupView }> {
  refuseReadOnly(context)
  const { backup } = await readBackup(context, id)
  const before = await context.store.backups.create('restore')
  await loadSecrets(context, backup.accounts)
  // Planned only now: what happened in the meantime is part of the present state, too.
  const plan = planNow(context, backup)
  await context.store.change(plan.change)
  for (const keyId of plan.change.keys?.remove ?? []) context.engine.caches.clearKey(keyId)
  configurationChanged(context, plan.touched)
  return { restored: plan.differences.length, before }
}

/** After many records were changed in the store behind the back of what holds them. */
export function configurationChanged(context: AdminContext, accountIds: readonly string[]): void {
  context.routing.reload()
  for (const id of accountIds) clearAccount(context, id, undefined)
  context.rebuild()
  for (const event of [
    'accounts.changed',
    'models.changed',
    'combos.changed',
    'keys.changed',
    'settings.changed',
  ] as const) {
    context.emit({ event, data: {} })
  }
}

/** Keys of accounts that come back may still be in the keychain; only those of known accounts are in memory. */
export async function loadSecrets(context: AdminContext, accounts: readonly Account[]): Promise<void> {
  const missing = accounts.filter(({ id }) => context.store.accounts.get(id) === undefined)
  await Promise.all(missing.map(({ id }) => context.credentials.load(id)))
}

export function refuseReadOnly({ store }: AdminContext): void {
  if (store.readOnly) throw new GatewayError('storage_failed', store.notice ?? 'The stored data can only be read.')
}

function planNow(context: AdminContext, backup: Configuration): RestorePlan {
  const { store, routing, credentials } = context
  return planRestore(store.configuration(), routing.current(), backup, (accountId) => {
    const key = credentials.get(accountId)
    return key === undefined ? undefined : tailOf(key)
  })
}

async function readBackup(
  { store }: AdminContext,
  id: string,
): Promise<{ backup: Configuration; content: BackupContent }> {
  const opened = await store.backups.open(id)
  try {
    const backup = store.configurationOf(opened)
    const { at, kind, bytes, schemaVersion } = opened
    const counts = {
      accounts: backup.accounts.length,
      models: backup.models.length,
      combos: backup.combos.length,
      keys: backup.keys.length,
    }
    return { backup, content: { id, at, kind, bytes, schemaVersion, counts } }
  } finally {
    opened.database.close()
  }
}
