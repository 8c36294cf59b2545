// What a page asks of the window around it: the diff of a preview, a file at a mistake, and the tools' commands.
import { isAbsolute } from 'node:path'
import * as vscode from 'vscode'
import { type EditorRequest, editorRequest } from '../../admin/contract-editor.ts'
import { runCommand } from '../commands/register.ts'
import { gatewayFor, type WindowContext } from '../commands/window-context.ts'
import { readFailure } from '../failure.ts'
import { openFile } from '../tools/problems.ts'
import { openDiff } from '../tools/review.ts'

/** False when the message is none of these. What fails is told as a message of the editor. */
export async function obeyPage(message: unknown, context: WindowContext): Promise<boolean> {
  const request = editorRequest.safeParse(message)
  if (!request.success) return false
  try {
    await obey(request.data, context)
  } catch (thrown) {
    const { cause, nextStep } = readFailure(thrown, vscode.l10n)
    void vscode.window.showErrorMessage(`${cause} ${nextStep}`)
  }
  return true
}

async function obey(request: EditorRequest, context: WindowContext): Promise<void> {
  switch (request.editor) {
    case 'diff': {
      const gateway = await gatewayFor(context)
      if (gateway === undefined) return
      const title = vscode.l10n.t('What would change')
      const diff = await openDiff(gateway, context.texts, { id: request.preview, title })
      // A page that is hidden would forget what it has shown.
      await diff.showBeside()
      return
    }
    case 'open':
      if (isAbsolute(request.path)) await openFile(request.path, request)
      return
    case 'launch':
      await runCommand('omniroute.tools.copyLaunch', request.tool)
      return
    case 'set-up':
      await runCommand('omniroute.tools.setUp', request.tool, request.action)
      return
    case 'undo':
      await runCommand('omniroute.tools.undo', request.tool)
  }
}
