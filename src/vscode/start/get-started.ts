// "Get Started": shows what there is already (keys in the environment, servers on loopback, models of other extensions) and the
// demo that needs none of it, adds what the user picks, and leads on to the chat. Nothing is added that was not shown first.
import { setTimeout as pause } from 'node:timers/promises'
import * as vscode from 'vscode'
import type { AccountCheck, AccountInput, AccountView, ProviderView } from '../../admin/contract.ts'
import { consentFor } from '../commands/consent.ts'
import { offerNextSteps } from '../commands/next-steps.ts'
import { runCommand } from '../commands/register.ts'
import { gatewayFor, type WindowContext, withProgress } from '../commands/window-context.ts'
import { otherModels } from '../editor-models/editor-models.ts'
import { failureLine } from '../failure.ts'
import { type FoundKey, keysInEnvironment } from './environment-keys.ts'
import { type FoundServer, localServers } from './local-servers.ts'

interface StartItem extends vscode.QuickPickItem {
  readonly input?: AccountInput
  /** Leads on to the list of all providers. */
  readonly another?: true
}

interface Added {
  readonly account: AccountView
  readonly check: AccountCheck
}

/** Gives the ids of the accounts that were added, for programs that run the command. */
export async function getStarted(context: WindowContext): Promise<readonly string[] | undefined> {
  const { l10n, window } = vscode
  const gateway = await gatewayFor(context)
  if (gateway === undefined) return undefined
  const [providers, accounts] = await Promise.all([
    gateway.call('providers.list', {}),
    gateway.call('accounts.list', {}),
  ])
  const endpoint = gateway.state.kind === 'running' ? gateway.state.endpoint : undefined
  const keys = keysInEnvironment(process.env, providers, accounts, endpoint)
  const servers = await localServers(process.env, providers, accounts)
  const items = itemsFor(keys, servers, await editorOffer(providers, accounts), providers, accounts)
  const picked = await window.showQuickPick(items, {
    title: l10n.t('Get Started'),
    placeHolder: l10n.t('What is marked will be added. Keys are kept in the secret storage.'),
    canPickMany: true,
    matchOnDescription: true,
    matchOnDetail: true,
  })
  if (picked === undefined) return undefined
  const inputs = picked.flatMap(({ input }) => (input === undefined ? [] : [input]))
  const another = picked.some((item) => item.another)
  if (inputs.length === 0) {
    if (another) await runCommand('omniroute.account.add')
    return []
  }
  for (const { provider } of inputs)
    await consentFor(
      context,
      providers.find(({ id }) => id === provider),
    )
  const added = await withProgress(l10n.t('Adding accounts…'), async () => {
    const results: Added[] = []
    for (const input of inputs) results.push(await gateway.call('accounts.add', input))
    return results
  })
  if (added === undefined) return undefined
  if (another) await runCommand('omniroute.account.add')
  void showResult(added).catch((thrown: unknown) => context.log.error(failureLine(thrown, l10n)))
  return added.map(({ account }) => account.id)
}

/** Other extensions may have to come up first, and what is found already should not wait for long. */
const editorPatienceMs = 2_000

/** Models of other extensions. Not marked by itself: they may cost a plan that is meant for something else. */
async function editorOffer(
  providers: readonly ProviderView[],
  accounts: readonly AccountView[],
): Promise<StartItem | undefined> {
  const provider = providers.find(({ editor }) => editor)
  if (provider === undefined || accounts.some((account) => account.provider === provider.id)) return undefined
  const models = await Promise.race([otherModels(), pause(editorPatienceMs, [])])
  if (models.length === 0) return undefined
  const vendors = [...new Set(models.map(({ vendor }) => vendor))].join(', ')
  return {
    label: provider.name,
    description:
      models.length === 1
        ? vscode.l10n.t('1 model of {0}, for your other tools', vendors)
        : vscode.l10n.t('{0} models of {1}, for your other tools', models.length, vendors),
    input: { provider: provider.id },
  }
}

function itemsFor(
  keys: readonly FoundKey[],
  servers: readonly FoundServer[],
  editor: StartItem | undefined,
  providers: readonly ProviderView[],
  accounts: readonly AccountView[],
): StartItem[] {
  const { l10n } = vscode
  const nameOf = (id: string) => providers.find((provider) => provider.id === id)?.name ?? id
  const offered = (id: string) => providers.some((provider) => provider.id === id)
  const demo = providers.find(({ builtIn }) => builtIn)
  const hasDemo = accounts.some(({ provider }) => provider === demo?.id)
  const found = [
    ...keys
      .filter(({ input }) => offered(input.provider))
      .map(({ variable, provider, tail, input }): StartItem => {
        const server = input.baseUrl === undefined ? '' : ` · ${new URL(input.baseUrl).host}`
        return {
          label: nameOf(provider),
          description: l10n.t('key of {0}', variable) + (tail === '' ? '' : ` …${tail}`) + server,
          picked: true,
          input,
        }
      }),
    ...servers.map(
      ({ provider, address, models, input }): StartItem => ({
        label: nameOf(provider),
        description:
          models === 1
            ? l10n.t('runs at {0} with 1 model', address)
            : l10n.t('runs at {0} with {1} models', address, models),
        picked: true,
        input,
      }),
    ),
    ...(editor === undefined ? [] : [editor]),
  ]
  const heading = (label: string): StartItem => ({ label, kind: vscode.QuickPickItemKind.Separator })
  return [
    ...(found.length === 0 ? [] : [heading(l10n.t('Found on this machine')), ...found]),
    ...(demo === undefined || hasDemo
      ? []
      : [
          heading(l10n.t('Try it without a key')),
          {
            label: demo.name,
            description: l10n.t('answers by itself, without a network'),
            picked: accounts.length === 0 && !found.some(({ picked }) => picked),
            input: { provider: demo.id },
          },
        ]),
    heading(l10n.t('Something else')),
    { label: l10n.t('Another provider…'), description: l10n.t('chosen from the list of all providers'), another: true },
  ]
}

async function showResult(added: readonly Added[]): Promise<void> {
  const { l10n, window } = vscode
  const labels = (those: readonly Added[]) => those.map(({ account }) => account.label).join(', ')
  const working = added.filter(({ check }) => check.outcome !== 'failed')
  const failed = added.filter(({ check }) => check.outcome === 'failed')
  const [first] = failed
  if (first !== undefined) {
    const edit = l10n.t('Edit Account')
    void window
      .showWarningMessage(
        l10n.t('{0} was added, but its server refuses: {1}', labels(failed), first.check.message),
        edit,
      )
      .then((answer) => (answer === edit ? runCommand('omniroute.account.edit', first.account.id) : undefined))
  }
  if (working.length === 0) return
  await offerNextSteps(l10n.t('Ready: {0}.', labels(working)))
}
