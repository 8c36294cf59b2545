// Texts of ours as read-only documents of the editor: explanations, instructions, the two sides of a diff. Kept until they are
// dropped or the window ends.
import * as vscode from 'vscode'

const scheme = 'omniroute-text'

export class ReadOnlyTexts implements vscode.TextDocumentContentProvider, vscode.Disposable {
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

  /** The address of the text; a text that was there under the same path is replaced on the screen, too. */
  put(path: string, text: string): vscode.Uri {
    const uri = vscode.Uri.from({ scheme, path: path.startsWith('/') ? path : `/${path}` })
    this.#texts.set(uri.toString(), text)
    this.#changed.fire(uri)
    return uri
  }

  async show(path: string, text: string): Promise<void> {
    const document = await vscode.workspace.openTextDocument(this.put(path, text))
    await vscode.window.showTextDocument(document, { preview: true })
  }

  /** Forgets the texts below a path and closes what shows them; a diff of several is known by its title alone. */
  async drop(path: string, title: string): Promise<void> {
    const isBelow = (uri: vscode.Uri) => uri.scheme === scheme && uri.path.startsWith(path)
    for (const address of this.#texts.keys()) if (isBelow(vscode.Uri.parse(address))) this.#texts.delete(address)
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs)
    await vscode.window.tabGroups.close(
      tabs.filter(({ input, label }) => urisOf(input).some(isBelow) || label.startsWith(title)),
    )
  }

  dispose(): void {
    this.#registration.dispose()
    this.#changed.dispose()
  }
}

function urisOf(input: unknown): vscode.Uri[] {
  if (input instanceof vscode.TabInputText) return [input.uri]
  if (input instanceof vscode.TabInputTextDiff) return [input.original, input.modified]
  return []
}
