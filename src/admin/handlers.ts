// Every management method and what answers it. Input is parsed before a handler sees it, whoever calls.
import { GatewayError } from '../core/errors.ts'
import { previewAlias } from '../engine/resolve/preview.ts'
import {
  addAccount,
  checkAccount,
  listAccounts,
  listProviders,
  refreshModels,
  removeAccount,
  testAccount,
  updateAccount,
} from './accounts.ts'
import { createBackup, listBackups, previewBackup, restoreBackup } from './backup.ts'
import { exportBundle, importBundle, previewBundle } from './bundle.ts'
import { listCombos, listModels, putCombo, removeCombo } from './combos.ts'
import type { AdminContext } from './context.ts'
import { type MethodInput, type MethodName, type MethodOutput, type MethodParsed, methods } from './contract.ts'
import { createKey, listKeys, revokeKey } from './keys.ts'
import { explain, getRequest, pageRequests } from './requests.ts'
import { putSettings, viewSettings } from './settings.ts'
import { clearStanding, viewStanding } from './standing.ts'
import { applySync, keepSync, readSync } from './sync.ts'
import {
  applyTool,
  launchTool,
  listTools,
  previewTool,
  previewToolTakeBack,
  toolProfile,
  toolTexts,
  verifyTool,
} from './tools.ts'

type Handlers = {
  [M in MethodName]: (context: AdminContext, input: MethodParsed<M>) => MethodOutput<M> | Promise<MethodOutput<M>>
}

const handlers: Handlers = {
  'gateway.status': (context) => context.status(),
  'gateway.diagnostics': (context) => ({ text: context.diagnostics() }),
  'providers.list': (context) => listProviders(context),
  'accounts.list': (context) => listAccounts(context),
  'accounts.check': (context, input) => checkAccount(context, input),
  'accounts.add': (context, input) => addAccount(context, input),
  'accounts.update': (context, input) => updateAccount(context, input),
  'accounts.remove': async (context, { id }) => {
    await removeAccount(context, id)
    return {}
  },
  'accounts.test': (context, { id }) => testAccount(context, id),
  'accounts.refreshModels': (context, { id }) => refreshModels(context, id),
  'models.list': (context) => listModels(context),
  'aliases.preview': (context, alias) => previewAlias(alias, context.catalogue()),
  'combos.list': (context) => listCombos(context),
  'combos.put': (context, input) => putCombo(context, input),
  'combos.remove': async (context, { id }) => {
    await removeCombo(context, id)
    return {}
  },
  'keys.list': (context) => listKeys(context),
  'keys.create': (context, { name }) => createKey(context, name),
  'keys.revoke': async (context, { id }) => {
    await revokeKey(context, id)
    return {}
  },
  'settings.get': (context) => viewSettings(context.routing.current()),
  'settings.put': (context, patch) => putSettings(context, patch),
  'standing.get': (context) => viewStanding(context),
  'standing.clear': (context, { accountId, model }) => {
    clearStanding(context, accountId, model)
    context.emit({ event: 'accounts.changed', data: {} })
    return {}
  },
  'cache.clear': (context) => {
    context.engine.caches.clear()
    return {}
  },
  'requests.page': (context, input) => pageRequests(context, input),
  'requests.get': (context, { id }) => getRequest(context, id),
  'requests.explain': (context, { id }) => explain(context, id),
  'requests.clear': async (context) => {
    await context.store.requests.clear()
    return {}
  },
  'backups.list': (context) => listBackups(context),
  'backups.create': (context) => createBackup(context),
  'backups.preview': (context, { id }) => previewBackup(context, id),
  'backups.restore': (context, { id }) => restoreBackup(context, id),
  'bundle.export': (context, { passphrase }) => exportBundle(context, passphrase),
  'bundle.preview': (context, { text, passphrase }) => previewBundle(context, text, passphrase),
  'bundle.import': (context, { text, passphrase, choices }) => importBundle(context, text, passphrase, choices),
  'sync.read': (context) => readSync(context),
  'sync.keep': async (context, { own }) => {
    await keepSync(context, own)
    return {}
  },
  'sync.apply': (context, input) => applySync(context, input),
  'tools.list': (context, input) => listTools(context, input),
  'tools.preview': (context, input) => previewTool(context, input),
  'tools.previewTakeBack': (context, input) => previewToolTakeBack(context, input),
  'tools.texts': (context, { id }) => toolTexts(context, id),
  'tools.apply': (context, { id }) => applyTool(context, id),
  'tools.verify': (context, input) => verifyTool(context, input),
  'tools.launch': (context, input) => launchTool(context, input),
  'tools.profile': (context, input) => toolProfile(context, input),
}

export function isMethodName(name: string): name is MethodName {
  return Object.hasOwn(methods, name)
}

/** Parses the input and runs the method. Throws `GatewayError('invalid_request')` naming the wrong field. */
export async function callMethod<M extends MethodName>(
  context: AdminContext,
  method: M,
  input: MethodInput<M>,
): Promise<MethodOutput<M>> {
  const parsed = methods[method].input.safeParse(input)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    // What nobody knows is at fault itself, not the object it stands in.
    const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : []
    const field = [...(issue?.path ?? []), ...unknown].join('.')
    const message = `${field === '' ? method : field}: ${issue?.message ?? 'is not valid'}.`
    throw new GatewayError('invalid_request', message, { parameter: field })
  }
  const handler: (context: AdminContext, input: MethodParsed<M>) => MethodOutput<M> | Promise<MethodOutput<M>> =
    handlers[method]
  return await handler(context, parsed.data as MethodParsed<M>)
}
