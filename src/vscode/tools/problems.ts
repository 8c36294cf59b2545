// What stands in a tool's way, as a message that leads to the file.
import * as vscode from 'vscode'
import type { ToolProblemView, ToolView } from '../../admin/contract-tools.ts'
import { ProfileRefusal } from './profiles.ts'
import { problemText } from './words.ts'

/** Opens the file at the mistake when the person wants to. */
export async function tellProblem({ name }: Pick<ToolView, 'name'>, problem: ToolProblemView): Promise<undefined> {
  const { l10n, window } = vscode
  const { path } = problem
  const open = l10n.t('Open File')
  const text = `${name}: ${problemText(problem, l10n)} ${l10n.t('Nothing was changed.')}`
  const answer = await window.showErrorMessage(text, ...(path === undefined ? [] : [open]))
  if (answer === open && path !== undefined) await openFile(path, problem)
  return undefined
}

/** Runs what may be refused by a tool's extension, and tells the refusal. */
export async function tellingRefusals<T>(
  { name }: Pick<ToolView, 'name'>,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof ProfileRefusal)) throw error
    void vscode.window.showErrorMessage(`${name}: ${error.message}`)
    return undefined
  }
}

/** Lines and columns count from 1. */
export async function openFile(
  path: string,
  { line = 1, column = 1 }: { readonly line?: number | undefined; readonly column?: number | undefined },
): Promise<void> {
  const position = new vscode.Position(Math.max(0, line - 1), Math.max(0, column - 1))
  const selection = new vscode.Range(position, position)
  await vscode.window.showTextDocument(vscode.Uri.file(path), { selection })
}
