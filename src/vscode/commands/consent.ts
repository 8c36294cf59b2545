// Accounts that stand for the models of other extensions need the user's consent, which VS Code asks for.
import type { ProviderView } from '../../admin/contract.ts'
import type { WindowContext } from './window-context.ts'

/** Asks where the provider needs it and the user has not been asked; the result shows in the account's check and calls. */
export async function consentFor({ access }: WindowContext, provider: ProviderView | undefined): Promise<void> {
  if (!provider?.editor) return
  const { askForConsent } = await import('../editor-models/consent.ts')
  await askForConsent(access)
}
