// Every command of the extension with the arguments it takes. The manifest contributes exactly these; a test compares the two.
import type { AccountInput } from '../../admin/contract.ts'

export interface CommandArguments {
  'omniroute.server.start': []
  'omniroute.server.stop': []
  'omniroute.server.restart': []
  /** What is given is not asked for. A key is never taken from here. */
  'omniroute.account.add': [prefill?: AccountPrefill]
  'omniroute.account.edit': [accountId?: string]
  'omniroute.account.test': [accountId?: string]
  'omniroute.account.remove': [accountId?: string]
  'omniroute.endpoint.copy': []
  'omniroute.key.copy': []
  'omniroute.models.useInChat': []
  'omniroute.dashboard.open': []
  /** The id of a group of the page, such as `budgets`, unfolds that group. */
  'omniroute.routing.open': [group?: string]
  /** An account that does not rest, or none, is asked for. */
  'omniroute.standing.clear': [accountId?: string]
  'omniroute.actions.show': []
  /** Without an id the newest request. */
  'omniroute.request.explain': [requestId?: string]
  'omniroute.log.show': []
  'omniroute.diagnostics.copy': []
}

export type AccountPrefill = Pick<AccountInput, 'provider'> & Partial<Omit<AccountInput, 'provider' | 'apiKey'>>

export type CommandId = keyof CommandArguments

/** One handler for each command. Arguments come from keybindings and other extensions, so handlers check them. */
export type CommandHandlers = { readonly [Id in CommandId]: (...values: readonly unknown[]) => unknown }
