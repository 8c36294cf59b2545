// "Choose Models for Chat": which models the picker of the chat lists. Kept as a setting, so every window follows at once.
import * as vscode from 'vscode'
import type { ModelCatalogue } from '../models/catalogue.ts'
import { chosenModelsSetting, isChosen, patternsFor } from '../models/chosen.ts'
import { chosenPatterns } from '../models/provider.ts'
import { gatewayFor, type WindowContext } from './window-context.ts'

/** Gives the ids that are listed from now on, for programs that run the command; empty means all. */
export async function chooseModels(
  context: WindowContext,
  catalogue: ModelCatalogue,
): Promise<readonly string[] | undefined> {
  const { l10n, window } = vscode
  if ((await gatewayFor(context)) === undefined) return undefined
  await catalogue.refresh()
  const { models } = catalogue
  if (models.length === 0) {
    void window.showInformationMessage(l10n.t('There is no model yet. Add an account first.'))
    return undefined
  }
  const before = chosenPatterns()
  const items = models.map((model) => ({
    label: model.name,
    description: model.id === model.name ? '' : model.id,
    ...(model.detail === undefined ? {} : { detail: model.detail }),
    picked: before.length === 0 || isChosen(model.id, before),
    id: model.id,
  }))
  const picked = await window.showQuickPick(items, {
    title: l10n.t('Choose Models for Chat'),
    placeHolder: l10n.t('Which models shall the chat list? All of them: models of later accounts, too.'),
    canPickMany: true,
    matchOnDescription: true,
    matchOnDetail: true,
  })
  if (picked === undefined) return undefined
  const patterns = patternsFor(
    picked.map(({ id }) => id),
    models.map(({ id }) => id),
  )
  const configuration = vscode.workspace.getConfiguration('omniroute')
  await configuration.update(
    chosenModelsSetting.key,
    patterns.length === 0 ? undefined : patterns,
    vscode.ConfigurationTarget.Global,
  )
  return patterns
}
