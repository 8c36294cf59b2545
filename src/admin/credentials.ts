// Secrets of accounts in memory, loaded once from wherever they are kept, so that no request waits for a keychain.
import type { Account } from '../core/account.ts'
import { type SecretStore, secretIds } from '../core/secrets.ts'
import type { Credentials } from './context.ts'

const accountSecret = /^account:(.+)$/

export interface LoadedCredentials extends Credentials {
  close(): void
}

/** Loads the secrets of the accounts. `onChange` is called when one was changed by another window. */
export async function loadCredentials(
  secrets: SecretStore,
  accounts: readonly Account[],
  onChange: () => void,
): Promise<LoadedCredentials> {
  const known = new Map<string, string>()
  const load = async (accountId: string): Promise<void> => {
    const secret = await secrets.get(secretIds.account(accountId))
    if (secret === undefined) known.delete(accountId)
    else known.set(accountId, secret)
  }
  await Promise.all(accounts.map((account) => load(account.id)))
  const stop = secrets.onDidChange?.((id) => {
    const accountId = accountSecret.exec(id)?.[1]
    if (accountId !== undefined) void load(accountId).then(onChange)
  })
  return {
    get: (accountId) => known.get(accountId),
    async put(accountId, secret) {
      await secrets.set(secretIds.account(accountId), secret)
      known.set(accountId, secret)
    },
    async remove(accountId) {
      if (!known.has(accountId)) return
      known.delete(accountId)
      await secrets.delete(secretIds.account(accountId))
    },
    close: () => stop?.(),
  }
}
