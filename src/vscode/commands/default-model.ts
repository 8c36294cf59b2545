// "Choose Default Model": what the name `default` stands for, and a request that names no model.
import * as vscode from 'vscode'
import { setDefaultModel } from '../../admin/agents/changes.ts'
import type { ModelView } from '../../admin/contract.ts'
import { gatewayFor, type WindowContext } from './window-context.ts'

interface ModelItem extends vscode.QuickPickItem {
  readonly id?: string
}

/** Takes a model's or combo's id, or asks. Gives the id chosen, for programs that run the command; '' for none. */
export async function chooseDefaultModel(context: WindowContext, wanted?: unknown): Promise<string | undefined> {
  const { l10n, window } = vscode
  const gateway = await gatewayFor(context)
  if (gateway === undefined) return undefined
  const [{ defaults }, models] = await Promise.all([gateway.call('settings.get', {}), gateway.call('models.list', {})])
  const named = models.find(({ id }) => id === wanted)
  const chosen = named?.id ?? (await pickModel(models, defaults.model))
  if (chosen === undefined) return undefined
  await setDefaultModel(gateway, chosen)
  void window.showInformationMessage(
    chosen === ''
      ? l10n.t('There is no default model any more.')
      : l10n.t('"default" now stands for {0}, for requests that name no model, too.', chosen),
  )
  return chosen
}

async function pickModel(models: readonly ModelView[], current: string): Promise<string | undefined> {
  const { l10n, window } = vscode
  const itemOf = ({ id, name }: ModelView): ModelItem => ({
    label: id === current ? `$(check) ${name}` : name,
    description: id === name ? '' : id,
    id,
  })
  const group = (label: string, members: readonly ModelView[]): ModelItem[] =>
    members.length === 0 ? [] : [{ label, kind: vscode.QuickPickItemKind.Separator }, ...members.map(itemOf)]
  const items: ModelItem[] = [
    ...group(
      l10n.t('Combos'),
      models.filter(({ kind }) => kind === 'combo'),
    ),
    ...group(
      l10n.t('Models'),
      models.filter(({ kind }) => kind === 'model'),
    ),
    { label: '', kind: vscode.QuickPickItemKind.Separator },
    { label: l10n.t('No default model'), id: '' },
  ]
  const picked = await window.showQuickPick(items, {
    title: l10n.t('Choose Default Model'),
    placeHolder: l10n.t('What shall "default" stand for?'),
    matchOnDescription: true,
  })
  return picked?.id
}
