// Every command of the extension with the arguments it takes. The manifest contributes exactly these; a test compares the two.
import type { AccountInput } from '../../admin/contract.ts'
import type { ToolAction } from '../../admin/contract-tools.ts'

export interface CommandArguments {
  'omniroute.server.start': []
  'omniroute.server.stop': []
  'omniroute.server.restart': []
  /** Looks for keys and servers that are there already, and adds what the user picks of them. */
  'omniroute.start': []
  /** What is given is not asked for. A key is never taken from here. */
  'omniroute.account.add': [prefill?: AccountPrefill]
  'omniroute.account.edit': [accountId?: string]
  'omniroute.account.test': [accountId?: string]
  'omniroute.account.remove': [accountId?: string]
  'omniroute.accounts.switch': []
  'omniroute.endpoint.copy': []
  'omniroute.key.copy': []
  'omniroute.mcp.copy': []
  'omniroute.models.useInChat': []
  'omniroute.models.choose': []
  /** A model or combo that does not exist, or none, is asked for. */
  'omniroute.default.choose': [model?: string]
  /** The name of a page, such as `combos`, shows that page. */
  'omniroute.dashboard.open': [page?: DashboardPage]
  /** In a browser on the user's own machine, where that can reach the gateway. */
  'omniroute.dashboard.openInBrowser': []
  /** The id of a group of the page, such as `budgets`, unfolds that group. */
  'omniroute.routing.open': [group?: string]
  /** An account that does not rest, or none, is asked for. */
  'omniroute.standing.clear': [accountId?: string]
  'omniroute.backup.create': []
  'omniroute.backup.restore': []
  'omniroute.bundle.export': []
  'omniroute.bundle.import': []
  /** A tool and an action that do not exist, or none, are asked for. */
  'omniroute.tools.setUp': [toolId?: string, action?: ToolAction]
  'omniroute.tools.undo': [toolId?: string, action?: ToolAction]
  'omniroute.tools.copyLaunch': [toolId?: string]
  'omniroute.tools.open': []
  'omniroute.everything.remove': []
  'omniroute.privacy.show': []
  'omniroute.actions.show': []
  /** Without an id the newest request. */
  'omniroute.request.explain': [requestId?: string]
  'omniroute.log.show': []
  'omniroute.diagnostics.copy': []
}

export const dashboardPages = ['providers', 'combos', 'routing', 'keys', 'tools', 'logs'] as const
export type DashboardPage = (typeof dashboardPages)[number]

export type AccountPrefill = Pick<AccountInput, 'provider'> & Partial<Omit<AccountInput, 'provider' | 'apiKey'>>

export type CommandId = keyof CommandArguments

/** One handler for each command. Arguments come from keybindings and other extensions, so handlers check them. */
export type CommandHandlers = { readonly [Id in CommandId]: (...values: readonly unknown[]) => unknown }
