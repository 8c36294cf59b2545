// The port through which secrets are read and written: VS Code SecretStorage in the editor, an encrypted file headless.

export interface SecretStore {
  get(id: string): Promise<string | undefined>
  set(id: string, secret: string): Promise<void>
  delete(id: string): Promise<void>
  /** Called with the id when a secret was changed from outside this process. Returns a function that stops it. */
  onDidChange?(listener: (id: string) => void): () => void
}

/** Ids of the secrets kept. */
export const secretIds = {
  account: (accountId: string): string => `account:${accountId}`,
  /** Header values of an account, as JSON: they often carry a second key. */
  accountHeaders: (accountId: string): string => `account-headers:${accountId}`,
  /** The proxy of an account with its user name and password. */
  accountProxy: (accountId: string): string => `account-proxy:${accountId}`,
  /** The key that the user's own tools use, shown again by "Copy Key". */
  defaultKey: 'gateway:default-key',
  /** Opens `/admin`; never a gateway key. */
  adminToken: 'gateway:admin-token',
} as const
