// The secrets port over VS Code's SecretStorage, which all windows share. VS Code reports a change to the window that made it,
// too; the port promises changes from outside only, so a value this window wrote last is not reported.
import type { SecretStore } from '../core/secrets.ts'

/** What is used of `vscode.SecretStorage`. */
export interface SecretStorage {
  get(key: string): PromiseLike<string | undefined>
  store(key: string, value: string): PromiseLike<void>
  delete(key: string): PromiseLike<void>
  onDidChange(listener: (event: { readonly key: string }) => unknown): { dispose(): unknown }
}

const unreadable = Symbol('unreadable')

export function secretStoreOf(storage: SecretStorage): Required<SecretStore> {
  const written = new Map<string, string | undefined>()
  return {
    get: async (id) => await storage.get(id),
    set: async (id, secret) => {
      written.set(id, secret)
      await storage.store(id, secret)
    },
    delete: async (id) => {
      written.set(id, undefined)
      await storage.delete(id)
    },
    onDidChange: (listener) => {
      const subscription = storage.onDidChange(async ({ key }) => {
        // A storage that can't be read at the moment still has changed; the port's reader meets the failure itself.
        const current = await Promise.resolve(storage.get(key)).catch(() => unreadable)
        if (written.has(key) && written.get(key) === current) return
        written.delete(key)
        listener(key)
      })
      return () => void subscription.dispose()
    },
  }
}
