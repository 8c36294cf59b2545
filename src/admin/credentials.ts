// Secrets of accounts in memory, loaded once from wherever they are kept, so that no request waits for a keychain.
import * as z from 'zod'
import type { Account } from '../core/account.ts'
import { isMasked, shownProxy } from '../core/proxy.ts'
import { type SecretStore, secretIds } from '../core/secrets.ts'
import type { Credentials } from './context.ts'

const accountSecret = /^account(?:-headers|-proxy)?:(.+)$/
const headerValues = z.record(z.string(), z.string())

export interface LoadedCredentials extends Credentials {
  close(): void
}

/** Loads the secrets of the accounts. `onChange` is called when one was changed by another window. */
export async function loadCredentials(
  secrets: SecretStore,
  accounts: readonly Account[],
  onChange: () => void,
): Promise<LoadedCredentials> {
  const keys = new Map<string, string>()
  const headers = new Map<string, Readonly<Record<string, string>>>()
  const proxies = new Map<string, string>()
  const load = async (accountId: string): Promise<void> => {
    const [key, values, proxy] = await Promise.all([
      secrets.get(secretIds.account(accountId)),
      secrets.get(secretIds.accountHeaders(accountId)),
      secrets.get(secretIds.accountProxy(accountId)),
    ])
    if (key === undefined) keys.delete(accountId)
    else keys.set(accountId, key)
    if (values === undefined) headers.delete(accountId)
    else headers.set(accountId, readHeaders(values))
    if (proxy === undefined) proxies.delete(accountId)
    else proxies.set(accountId, proxy)
  }
  await Promise.all(accounts.map((account) => load(account.id)))
  const stop = secrets.onDidChange?.((id) => {
    const accountId = accountSecret.exec(id)?.[1]
    // A secret that can't be read at the moment leaves the account with what it had.
    if (accountId !== undefined) load(accountId).then(onChange, () => undefined)
  })
  return {
    get: (accountId) => keys.get(accountId),
    async put(accountId, secret) {
      await secrets.set(secretIds.account(accountId), secret)
      keys.set(accountId, secret)
    },
    async remove(accountId) {
      if (!keys.delete(accountId)) return
      await secrets.delete(secretIds.account(accountId))
    },
    load,
    headers: (accountId) => headers.get(accountId) ?? {},
    async putHeaders(accountId, values) {
      if (Object.keys(values).length === 0) {
        if (headers.delete(accountId)) await secrets.delete(secretIds.accountHeaders(accountId))
        return
      }
      await secrets.set(secretIds.accountHeaders(accountId), JSON.stringify(values))
      headers.set(accountId, { ...values })
    },
    proxy: (accountId) => proxies.get(accountId),
    async putProxy(accountId, proxy) {
      if (proxy === undefined || !isMasked(shownProxy(proxy))) {
        if (proxies.delete(accountId)) await secrets.delete(secretIds.accountProxy(accountId))
        return
      }
      await secrets.set(secretIds.accountProxy(accountId), proxy)
      proxies.set(accountId, proxy)
    },
    close: () => stop?.(),
  }
}

/** The account as the engine calls it, with its header values and the whole of its proxy. */
export function withSecrets(account: Account, credentials: Pick<Credentials, 'headers' | 'proxy'>): Account {
  const names = Object.keys(account.headers)
  // What a backup brought back may be another proxy than the one the password is for.
  const kept = credentials.proxy(account.id)
  const proxy = kept !== undefined && shownProxy(kept) === account.proxy ? kept : undefined
  if (names.length === 0 && proxy === undefined) return account
  const values = credentials.headers(account.id)
  return {
    ...account,
    ...(proxy === undefined ? {} : { proxy }),
    headers: Object.fromEntries(names.map((name) => [name, values[name] ?? account.headers[name] ?? ''])),
  }
}

/** The account as the database keeps it: names of headers, no values, and a proxy without its password. */
export function withoutSecrets(account: Account): Account {
  const proxy = account.proxy === undefined ? {} : { proxy: shownProxy(account.proxy) }
  return { ...account, ...proxy, headers: Object.fromEntries(Object.keys(account.headers).map((name) => [name, ''])) }
}

function readHeaders(text: string): Readonly<Record<string, string>> {
  try {
    return headerValues.parse(JSON.parse(text))
  } catch {
    // A keychain entry that somebody else has written: the account then lacks its headers, and says so when it is tested.
    return {}
  }
}
