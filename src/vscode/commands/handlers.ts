// The table of commands: which function answers which id.
import type * as vscode from 'vscode'
import type { Dashboard } from '../dashboard/register.ts'
import type { ModelCatalogue } from '../models/catalogue.ts'
import type { Traces } from '../remove/remove-everything.ts'
import { editAccount, removeAccount, testAccount } from './accounts.ts'
import { showActions, useInChat } from './actions.ts'
import { addAccount } from './add-account.ts'
import { createBackup, restoreBackup } from './backup.ts'
import { openInBrowser } from './browser.ts'
import { exportBundle, importBundle } from './bundle.ts'
import { chooseModels } from './choose-models.ts'
import { type CommandHandlers, dashboardPages } from './command-ids.ts'
import { clearCoolDowns } from './cool-downs.ts'
import { copyDiagnostics, copyEndpoint, copyKey } from './copy.ts'
import { copyMcpConfiguration } from './copy-mcp.ts'
import { chooseDefaultModel } from './default-model.ts'
import { explainRequest } from './explain.ts'
import { showPrivacy } from './privacy.ts'
import { switchAccounts } from './switch-accounts.ts'
import type { WindowContext } from './window-context.ts'

export function commandHandlers(
  context: WindowContext,
  dashboard: Dashboard,
  channel: vscode.LogOutputChannel,
  catalogue: ModelCatalogue,
  traces: Traces,
): CommandHandlers {
  const { session } = context
  return {
    'omniroute.server.start': async () => void (await session.start()),
    'omniroute.server.stop': () => session.stop(),
    'omniroute.server.restart': async () => void (await session.restart()),
    'omniroute.start': async () => await (await import('../start/get-started.ts')).getStarted(context),
    'omniroute.account.add': (prefill) => addAccount(context, prefill),
    'omniroute.account.edit': (id) => editAccount(context, id),
    'omniroute.account.test': (id) => testAccount(context, id),
    'omniroute.account.remove': (id) => removeAccount(context, id),
    'omniroute.accounts.switch': () => switchAccounts(context),
    'omniroute.endpoint.copy': () => copyEndpoint(context),
    'omniroute.key.copy': () => copyKey(context),
    'omniroute.mcp.copy': () => copyMcpConfiguration(context),
    'omniroute.models.useInChat': () => useInChat(),
    'omniroute.models.choose': () => chooseModels(context, catalogue),
    'omniroute.default.choose': (model) => chooseDefaultModel(context, model),
    'omniroute.dashboard.open': (page) => dashboard.open(pageHash(page)),
    'omniroute.dashboard.openInBrowser': () => openInBrowser(context),
    'omniroute.routing.open': (group) => dashboard.open(routingHash(group)),
    'omniroute.standing.clear': (id) => clearCoolDowns(context, id),
    'omniroute.backup.create': () => createBackup(context),
    'omniroute.backup.restore': () => restoreBackup(context),
    'omniroute.bundle.export': () => exportBundle(context),
    'omniroute.bundle.import': () => importBundle(context),
    'omniroute.tools.setUp': async (tool, action) =>
      await (await import('../tools/set-up.ts')).setUpTool(context, tool, action),
    'omniroute.tools.undo': async (tool, action) =>
      await (await import('../tools/take-back.ts')).undoTool(context, tool, action),
    'omniroute.tools.copyLaunch': async (tool) => await (await import('../tools/launch.ts')).copyLaunch(context, tool),
    'omniroute.tools.open': () => dashboard.open('#/tools'),
    'omniroute.everything.remove': async () =>
      await (await import('../remove/remove-everything.ts')).removeEverything(context, traces),
    'omniroute.actions.show': () => showActions(session),
    'omniroute.request.explain': (id) => explainRequest(context, id),
    'omniroute.log.show': () => channel.show(),
    'omniroute.diagnostics.copy': () => copyDiagnostics(context),
    'omniroute.privacy.show': () => showPrivacy(traces.extensionUri),
  }
}

/** The dashboard where it was, for anything that is no page. */
function pageHash(page: unknown): string | undefined {
  return dashboardPages.some((each) => each === page) ? `#/${page}` : undefined
}

/** The page itself copes with a group that it does not know. */
function routingHash(group: unknown): string {
  return typeof group === 'string' && /^[a-z-]{1,40}$/.test(group) ? `#/routing/${group}` : '#/routing'
}
