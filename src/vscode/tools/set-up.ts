// "Set Up Tool…": which tool, what, with which models; then the diff, the question, and a request that proves it. What can't be
// done in files is done through the tool's extension, or told as steps for a person.
import * as vscode from 'vscode'
import type { ToolAction, ToolChoice, ToolView } from '../../admin/contract-tools.ts'
import type { Gateway } from '../../gateway.ts'
import { runCommand } from '../commands/register.ts'
import { gatewayFor, type WindowContext } from '../commands/window-context.ts'
import { pickAction, pickModels, pickTool } from './pick.ts'
import { tellingRefusals, tellProblem } from './problems.ts'
import { proveAndTell } from './proof.ts'
import { askToApply, openDiff } from './review.ts'
import { setUpProfile } from './set-up-profile.ts'
import { windowFacts } from './window-facts.ts'
import { actionText, sentenceText } from './words.ts'

/** Gives `done` when it was applied, for programs that run the command. Nonsense is asked for. */
export async function setUpTool(
  context: WindowContext,
  wantedTool: unknown,
  wantedAction: unknown,
): Promise<'done' | undefined> {
  const { l10n } = vscode
  const gateway = await gatewayFor(context)
  if (gateway === undefined) return undefined
  const [{ tools, suggested }, models] = await Promise.all([
    gateway.call('tools.list', { window: windowFacts(context.memory) }),
    gateway.call('models.list', {}),
  ])
  const title = l10n.t('Set Up Tool')
  const placeHolder = l10n.t('Which tool shall use OmniRoute?')
  const tool = tools.find(({ id }) => id === wantedTool) ?? (await pickTool(tools, { title, placeHolder }))
  if (tool === undefined) return undefined
  if (tool.means === 'by-hand') return await showInstructions(context, tool)
  if (tool.problem) return await tellProblem(tool, tool.problem)
  if (models.length === 0) {
    const add = l10n.t('Add Account')
    const answer = await vscode.window.showInformationMessage(
      l10n.t('There is no model yet. Add an account first.'),
      add,
    )
    if (answer === add) await runCommand('omniroute.account.add')
    return undefined
  }
  const action = tool.actions.find((each) => each === wantedAction) ?? (await pickAction(tool, tool.actions))
  if (action === undefined) return undefined
  const choice = await pickModels(tool, action, models, tool.chosen ?? suggested)
  if (choice === undefined) return undefined
  if (tool.means === 'editor-api')
    return await tellingRefusals(tool, () => setUpProfile(context, gateway, { tool, action, choice }, l10n))
  return await applyChoice(context, gateway, tool, action, choice)
}

async function applyChoice(
  context: WindowContext,
  gateway: Gateway,
  tool: ToolView,
  action: ToolAction,
  choice: ToolChoice,
): Promise<'done' | undefined> {
  const { l10n, window } = vscode
  const input = { tool: tool.id, action, ...choice, window: windowFacts(context.memory) }
  const shown = await gateway.call('tools.preview', input)
  if (shown.kind === 'problem') return await tellProblem(tool, shown.problem)
  if (shown.files.length > 0) {
    const title = `${tool.name}: ${actionText(action, l10n)}`
    const diff = await openDiff(gateway, context.texts, { id: shown.id, title })
    const isWanted = await askToApply(title, shown, diff)
    await diff.close()
    if (!isWanted) return undefined
    const result = await gateway.call('tools.apply', { id: shown.id })
    if (result.kind === 'failed') {
      const { path, reason } = result
      return await tellProblem(tool, { kind: 'unreadable', path, says: reason })
    }
    if (result.kind !== 'done') {
      const again = l10n.t('Look Again')
      const text =
        result.kind === 'changed'
          ? l10n.t('{0} has changed in the meantime. Nothing was written.', result.path)
          : l10n.t('The preview was too old. Nothing was written.')
      if ((await window.showWarningMessage(text, again)) !== again) return undefined
      return await applyChoice(context, gateway, tool, action, choice)
    }
  }
  const next = shown.notes.filter(({ kind }) => kind === 'next').map(({ says }) => sentenceText(says, l10n))
  const isNew = shown.files.length > 0
  await proveAndTell(context, gateway, tool, { action, model: choice.model, next, isNew })
  return 'done'
}

async function showInstructions(context: WindowContext, { name, instructions }: ToolView): Promise<undefined> {
  const { l10n } = vscode
  const steps = instructions.map((step, index) => `${index + 1}. ${sentenceText(step, l10n)}`)
  const head = l10n.t('{0} can be set up by hand only:', name)
  await context.texts.show(`${name}.txt`, `${[head, '', ...steps].join('\n')}\n`)
  return undefined
}
