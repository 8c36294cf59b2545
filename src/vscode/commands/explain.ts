// "Explain Last Request": the trace of the newest request in words, in a read-only document.
import * as vscode from 'vscode'
import type { ExplanationView } from '../../admin/contract.ts'
import { gatewayFor, type WindowContext } from './window-context.ts'

const scheme = 'omniroute-explanation'

/** Serves the documents; the newest explanation of a request is kept until the window ends. */
export class Explanations implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #texts = new Map<string, string>()
  readonly #changed = new vscode.EventEmitter<vscode.Uri>()
  readonly #registration: vscode.Disposable
  readonly onDidChange = this.#changed.event

  constructor() {
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(scheme, this)
  }

  provideTextDocumentContent(uri: vscode.Uri): string | undefined {
    return this.#texts.get(uri.toString())
  }

  /** Opens the explanation beside nothing else and gives its text back for programs that run the command. */
  async show(context: WindowContext, requestId: unknown): Promise<string | undefined> {
    const gateway = await gatewayFor(context)
    if (gateway === undefined) return undefined
    const explanation = await gateway.call('requests.explain', typeof requestId === 'string' ? { id: requestId } : {})
    const text = toText(explanation)
    const uri = vscode.Uri.from({ scheme, path: `${vscode.l10n.t('Request {0}', explanation.id.slice(0, 8))}.txt` })
    this.#texts.set(uri.toString(), text)
    this.#changed.fire(uri)
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true })
    return text
  }

  dispose(): void {
    this.#registration.dispose()
    this.#changed.dispose()
  }
}

function toText({ story, lines, nextStep }: ExplanationView): string {
  return [story, '', ...lines, ...(nextStep === undefined ? [] : ['', nextStep]), ''].join('\n')
}
