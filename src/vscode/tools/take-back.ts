// "Undo Tool Setup…", and the Undo of a message: what OmniRoute wrote is taken back, and what others have written since stays.
import * as vscode from 'vscode'
import type { ToolAction, ToolResult, ToolView } from '../../admin/contract-tools.ts'
import type { Gateway } from '../../gateway.ts'
import { gatewayFor, type WindowContext } from '../commands/window-context.ts'
import { pickTool } from './pick.ts'
import { tellingRefusals, tellProblem } from './problems.ts'
import { takeProfileBack } from './profiles.ts'
import { askToApply, openDiff } from './review.ts'
import { profileApiOf, windowFacts } from './window-facts.ts'

/** Gives `done` when something was taken back, for programs that run the command. Nonsense is asked for. */
export async function undoTool(
  context: WindowContext,
  wantedTool: unknown,
  wantedAction: unknown,
): Promise<'done' | undefined> {
  const { l10n, window } = vscode
  const gateway = await gatewayFor(context)
  if (gateway === undefined) return undefined
  const { tools } = await gateway.call('tools.list', { window: windowFacts(context.memory) })
  const ours = tools.filter((tool) => tool.ours.length > 0)
  if (ours.length === 0) {
    void window.showInformationMessage(l10n.t('OmniRoute has changed no tool, so there is nothing to undo.'))
    return undefined
  }
  const options = { title: l10n.t('Undo Tool Setup'), placeHolder: l10n.t('Which tool shall be as it was before?') }
  const tool = ours.find(({ id }) => id === wantedTool) ?? (await pickTool(ours, options))
  if (tool === undefined) return undefined
  const action = tool.ours.find((each) => each === wantedAction) ?? (await pickTakenBack(tool))
  if (action === undefined) return undefined
  if (tool.means === 'editor-api') return await takeProfile(context, tool, action)
  const shown = await preview(gateway, context, tool, action)
  if (shown === undefined) return undefined
  const title = l10n.t('Undo: {0}', tool.name)
  const diff = await openDiff(gateway, context.texts, { id: shown.id, title })
  const isWanted = await askToApply(title, shown, diff)
  await diff.close()
  if (!isWanted) return undefined
  return await tellTakenBack(tool, await gateway.call('tools.apply', { id: shown.id }))
}

/** Right after it was done, when there is nothing new to see: no diff, no question. `tool` is as it was before. */
export async function takeBackAtOnce(context: WindowContext, tool: ToolView, done: ToolAction): Promise<void> {
  // The default brings our models along; where they weren't before, they go, too.
  const action = done === 'default' && !tool.ours.includes('add') ? undefined : done
  if (tool.means === 'editor-api') {
    await takeProfile(context, tool, action)
    return
  }
  const gateway = await gatewayFor(context)
  if (gateway === undefined) return
  const shown = await preview(gateway, context, tool, action)
  if (shown) await tellTakenBack(tool, await gateway.call('tools.apply', { id: shown.id }))
}

async function preview(
  gateway: Gateway,
  context: WindowContext,
  tool: Pick<ToolView, 'id' | 'name'>,
  action: ToolAction | undefined,
) {
  const input = { tool: tool.id, ...(action === undefined ? {} : { action }), window: windowFacts(context.memory) }
  const shown = await gateway.call('tools.previewTakeBack', input)
  if (shown.kind === 'preview') return shown
  await tellProblem(tool, shown.problem)
  return undefined
}

async function pickTakenBack(tool: ToolView): Promise<ToolAction | undefined> {
  if (tool.ours.length < 2) return tool.ours[0]
  const { l10n } = vscode
  const items: { label: string; action: ToolAction }[] = [
    { label: l10n.t('Everything that OmniRoute wrote'), action: 'add' },
    { label: l10n.t('Only that it is used by default'), action: 'default' },
  ]
  return (await vscode.window.showQuickPick(items, { title: l10n.t('Undo: {0}', tool.name) }))?.action
}

async function takeProfile(
  context: WindowContext,
  tool: Pick<ToolView, 'id' | 'name'>,
  action: ToolAction | undefined,
): Promise<'done' | undefined> {
  return await tellingRefusals(tool, async () => {
    await takeProfileBack(tool.id, action, await profileApiOf(tool.id), context.memory)
    void vscode.window.showInformationMessage(vscode.l10n.t('{0} is as it was before.', tool.name))
    return 'done' as const
  })
}

async function tellTakenBack(tool: Pick<ToolView, 'name'>, result: ToolResult): Promise<'done' | undefined> {
  const { l10n, window } = vscode
  if (result.kind === 'failed') {
    const { path, reason } = result
    return await tellProblem(tool, { kind: 'unreadable', path, says: reason })
  }
  if (result.kind === 'done') {
    void window.showInformationMessage(l10n.t('{0} is as it was before.', tool.name))
    return 'done'
  }
  const text =
    result.kind === 'changed'
      ? l10n.t('{0} has changed in the meantime. Nothing was written.', result.path)
      : l10n.t('The preview was too old. Nothing was written.')
  void window.showWarningMessage(text)
  return undefined
}
