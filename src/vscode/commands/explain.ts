// "Explain Last Request": the trace of the newest request in words, in a read-only document.
import * as vscode from 'vscode'
import type { ExplanationView } from '../../admin/contract.ts'
import { gatewayFor, type WindowContext } from './window-context.ts'

/** Shows the explanation and gives its text back for programs that run the command. */
export async function explainRequest(context: WindowContext, requestId: unknown): Promise<string | undefined> {
  const gateway = await gatewayFor(context)
  if (gateway === undefined) return undefined
  const explanation = await gateway.call('requests.explain', typeof requestId === 'string' ? { id: requestId } : {})
  const text = toText(explanation)
  await context.texts.show(`${vscode.l10n.t('Request {0}', explanation.id.slice(0, 8))}.txt`, text)
  return text
}

function toText({ story, lines, nextStep }: ExplanationView): string {
  return [story, '', ...lines, ...(nextStep === undefined ? [] : ['', nextStep]), ''].join('\n')
}
