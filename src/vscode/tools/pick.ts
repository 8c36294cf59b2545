// The questions of the tools' commands: which tool, which action, which models.
import * as vscode from 'vscode'
import type { ModelView } from '../../admin/contract.ts'
import type { ToolAction, ToolChoice, ToolView } from '../../admin/contract-tools.ts'
import { actionDetail, actionText, presenceText, stateText } from './words.ts'

interface ToolItem extends vscode.QuickPickItem {
  readonly tool?: ToolView
}

export async function pickTool(
  tools: readonly ToolView[],
  options: { readonly title: string; readonly placeHolder: string },
): Promise<ToolView | undefined> {
  const { l10n, window } = vscode
  const isThere = ({ state }: ToolView) => state !== 'not-found'
  const itemOf = (tool: ToolView): ToolItem => ({
    label: `$(${tool.state === 'configured' ? 'pass-filled' : iconOf(tool)}) ${tool.name}`,
    description: stateText(tool.state, l10n),
    detail: presenceText(tool, l10n),
    tool,
  })
  const group = (label: string, members: readonly ToolView[]): ToolItem[] =>
    members.length === 0
      ? []
      : [{ label, kind: vscode.QuickPickItemKind.Separator }, ...members.map((tool) => itemOf(tool))]
  const items = [
    ...group(l10n.t('Found on this machine'), tools.filter(isThere)),
    ...group(
      l10n.t('Not found'),
      tools.filter((tool) => !isThere(tool)),
    ),
  ]
  const picked = await window.showQuickPick(items, { ...options, matchOnDescription: true, matchOnDetail: true })
  return picked?.tool
}

function iconOf({ state }: ToolView): string {
  if (state === 'problem') return 'error'
  return state === 'changed' || state === 'outdated' || state === 'foreign' ? 'warning' : 'circle-outline'
}

export async function pickAction(tool: ToolView, actions: readonly ToolAction[]): Promise<ToolAction | undefined> {
  const { l10n, window } = vscode
  if (actions.length < 2) return actions[0]
  const items = actions.map((action) => ({
    label: actionText(action, l10n),
    description: tool.states[action] === undefined ? '' : stateText(tool.states[action], l10n),
    detail: actionDetail(action, tool, l10n),
    action,
  }))
  return (await window.showQuickPick(items, { title: tool.name }))?.action
}

/** The models to offer and the one to use. Undefined when the user left. */
export async function pickModels(
  tool: ToolView,
  action: ToolAction,
  models: readonly ModelView[],
  before: ToolChoice,
): Promise<ToolChoice | undefined> {
  const { l10n, window } = vscode
  const itemOf = ({ id, name }: ModelView) => ({ label: name, description: id === name ? '' : id, id })
  const options = { title: tool.name, matchOnDescription: true }
  if (action === 'default') {
    const items = models.map((model) => ({ ...itemOf(model), picked: model.id === before.model }))
    // The one of before comes first, where Enter takes it.
    items.sort((a, b) => Number(b.picked) - Number(a.picked))
    const placeHolder = l10n.t('Which model shall {0} use?', tool.name)
    const model = (await window.showQuickPick(items, { ...options, placeHolder }))?.id
    return model === undefined ? undefined : { model, models: known(before.models, models) }
  }
  const items = models.map((model) => ({ ...itemOf(model), picked: before.models.includes(model.id) }))
  const placeHolder = l10n.t('Which models shall {0} offer?', tool.name)
  const picked = await window.showQuickPick(items, { ...options, placeHolder, canPickMany: true })
  const ids = (picked ?? []).map(({ id }) => id)
  const [first] = ids
  if (first === undefined) return undefined
  return { model: ids.includes(before.model) ? before.model : first, models: ids }
}

/** A model may be gone since it was chosen. */
function known(ids: readonly string[], models: readonly ModelView[]): string[] {
  return ids.filter((id) => models.some((model) => model.id === id))
}
