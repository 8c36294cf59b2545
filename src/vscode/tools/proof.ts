// After a tool was set up: one real request as the tool would send it, and a message with what came of it, what to do next, and Undo.
import * as vscode from 'vscode'
import type { ToolAction, ToolProof, ToolView } from '../../admin/contract-tools.ts'
import type { Gateway } from '../../gateway.ts'
import { type WindowContext, withProgress } from '../commands/window-context.ts'
import { takeBackAtOnce } from './take-back.ts'

export async function proveAndTell(
  context: WindowContext,
  gateway: Gateway,
  tool: ToolView,
  done: {
    readonly action: ToolAction
    readonly model: string
    readonly next: readonly string[]
    readonly isNew: boolean
  },
): Promise<void> {
  const { l10n } = vscode
  const { action, model, next, isNew } = done
  const checking = l10n.t('{0}: sending a request…', tool.name)
  const proof = await withProgress(checking, () => gateway.call('tools.verify', { tool: tool.id, model }))
  const head = isNew ? l10n.t('{0} is set up.', tool.name) : l10n.t('{0} was set up like this already.', tool.name)
  const text = [head, ...(proof ? [proofText(proof)] : []), ...next].join(' ')
  // Not awaited: the command is over, the message may stay.
  void offerUndo(context, tool, action, { text, failed: proof?.outcome === 'failed' }).catch((thrown: unknown) =>
    context.log.error(`undo of ${tool.id}: ${String(thrown)}`),
  )
}

async function offerUndo(
  context: WindowContext,
  tool: ToolView,
  action: ToolAction,
  { text, failed }: { readonly text: string; readonly failed: boolean },
): Promise<void> {
  const { l10n, window } = vscode
  const undo = l10n.t('Undo')
  const answer = await (failed ? window.showWarningMessage(text, undo) : window.showInformationMessage(text, undo))
  if (answer === undo) await takeBackAtOnce(context, tool, action)
}

function proofText({ outcome, model, servedBy, message }: ToolProof): string {
  const { l10n } = vscode
  if (outcome === 'failed') return l10n.t('But a request to {0} failed: {1}', model, message ?? '')
  return servedBy === undefined || servedBy === model
    ? l10n.t('A request was answered by {0}.', model)
    : l10n.t('A request to {0} was answered by {1}.', model, servedBy)
}
