// Which accounts need their user: the provider refuses the key, or there is none in this editor. Pure.
import type { AccountView, StandingView } from '../../admin/contract.ts'

export interface AccountTrouble {
  /** The same until it is mended; another key of the account is another trouble. */
  readonly key: string
  readonly kind: 'refused' | 'needs-key'
  readonly id: string
  readonly label: string
}

export function accountTroubles(
  accounts: readonly AccountView[],
  standing: Pick<StandingView, 'accounts'>,
  now: number,
): AccountTrouble[] {
  return accounts.flatMap(({ id, label, enabled, state, keyTail }): AccountTrouble[] => {
    if (!enabled) return []
    if (state.kind === 'needs-key') return [{ key: keyOf('needs-key', id), kind: 'needs-key', id, label }]
    const rests = standing.accounts.find((account) => account.id === id)?.rests ?? []
    const isRefused = rests.some(({ reason, until }) => reason.startsWith('account_refused') && until > now)
    return isRefused ? [{ key: keyOf('refused', id, keyTail), kind: 'refused', id, label }] : []
  })
}

/**
 * Whether a trouble that was told is over. A rest that has ended says nothing: the key may be refused again. An answer does, and
 * so does another key.
 */
export function isMended(key: string, accounts: readonly AccountView[], served: ReadonlySet<string>): boolean {
  const [kind, id] = JSON.parse(key) as readonly [string, string]
  const account = accounts.find((each) => each.id === id)
  if (account === undefined) return true
  if (kind === 'needs-key') return account.state.kind !== 'needs-key'
  return served.has(account.label) || key !== keyOf('refused', id, account.keyTail)
}

function keyOf(kind: AccountTrouble['kind'], id: string, keyTail = ''): string {
  return JSON.stringify(kind === 'refused' ? [kind, id, keyTail] : [kind, id])
}
