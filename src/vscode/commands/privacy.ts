// "Show What Leaves Your Machine": the page that comes with the extension, so that it is the one of this version.
import * as vscode from 'vscode'

export async function showPrivacy(extension: vscode.Uri): Promise<void> {
  const page = vscode.Uri.joinPath(extension, 'docs', 'what-leaves-your-machine.md')
  await vscode.commands.executeCommand('markdown.showPreview', page)
}
