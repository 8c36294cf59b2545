// One of everything the test host has to be able to reach: status bar item, commands, webview, secret, language models.

import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import * as vscode from 'vscode'

export function activate(context: vscode.ExtensionContext): { loadedAs: string } {
  const log = vscode.window.createOutputChannel('Probe', { log: true })
  const item = vscode.window.createStatusBarItem('probe', vscode.StatusBarAlignment.Left)
  item.name = 'Probe'
  item.text = '$(beaker) Probe ready'
  item.command = 'probe.hello'
  item.show()
  log.info(`Probe runs in process ${process.pid}`)
  note(`host ${process.pid}`)
  context.subscriptions.push(
    log,
    item,
    vscode.commands.registerCommand('probe.hello', () =>
      vscode.window.showInformationMessage(`Hello from process ${process.pid}`, 'Thanks'),
    ),
    vscode.commands.registerCommand('probe.panel', openPanel),
    vscode.commands.registerCommand('probe.ask', async () => {
      const kind = await vscode.window.showQuickPick(['loud', 'quiet'], { title: 'Which voice' })
      const word = await vscode.window.showInputBox({ prompt: 'Which word' })
      item.text = kind === 'loud' ? `${word?.toUpperCase()}!` : `${word}`
    }),
    vscode.commands.registerCommand('probe.remember', async () => {
      await context.secrets.store('word', 'heliotrope')
      item.text = 'Secret kept'
    }),
    vscode.commands.registerCommand('probe.recall', async () => {
      item.text = `Secret ${(await context.secrets.get('word')) ?? 'none'}`
    }),
    vscode.lm.registerLanguageModelChatProvider('probe', provider),
  )
  return { loadedAs: typeof module === 'object' && typeof require === 'function' ? 'commonjs' : 'esm' }
}

/** What happened, for the tests to read: one line each. */
const note = (line: string): void => appendFileSync(join(process.env['HOME'] ?? '.', 'probe.txt'), `${line}\n`)

function openPanel(): void {
  const panel = vscode.window.createWebviewPanel('probe', 'Probe Panel', vscode.ViewColumn.One, { enableScripts: true })
  panel.webview.html = `<!doctype html><html lang="en"><body><h1 id="title">Probe panel</h1><button id="ping">Ping</button>
    <p id="answer"></p><script>const host = acquireVsCodeApi()
    document.getElementById('ping').onclick = () => host.postMessage('ping')
    addEventListener('message', (event) => { document.getElementById('answer').textContent = event.data })</script></body></html>`
  panel.webview.onDidReceiveMessage((message) => panel.webview.postMessage(`${message} answered by ${process.pid}`))
}

const modelOf = (id: string, name: string): vscode.LanguageModelChatInformation => ({
  id,
  name,
  family: 'probe',
  version: '1',
  maxInputTokens: 100_000,
  maxOutputTokens: 8_000,
  capabilities: { toolCalling: true },
})

const provider: vscode.LanguageModelChatProvider = {
  // The bare call lists the models; a configured group would list them a second time.
  provideLanguageModelChatInformation: (options) =>
    'configuration' in options && options.configuration
      ? []
      : [modelOf('first', 'Probe First'), modelOf('second', 'Probe Second')],
  provideLanguageModelChatResponse: async (model, messages, _options, progress, token) => {
    const asked = lastUserText(messages)
    if (asked === '[[endless]]') {
      progress.report(
        new vscode.LanguageModelTextPart('This goes on until you stop me, so please do stop me whenever you like.'),
      )
      await new Promise<void>((resolve) => token.onCancellationRequested(() => resolve()))
      return note('cancelled')
    }
    for (const word of [`${model.name}`, ' was asked: ', asked]) progress.report(new vscode.LanguageModelTextPart(word))
  },
  provideTokenCount: async (_model, text) => Math.ceil((typeof text === 'string' ? text.length : 100) / 4),
}

function lastUserText(messages: readonly vscode.LanguageModelChatRequestMessage[]): string {
  const texts = messages
    .filter((message) => message.role === vscode.LanguageModelChatMessageRole.User)
    .flatMap((message) => message.content)
    .map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : ''))
  return (
    texts
      .join('\n')
      .match(/\[\[.*?\]\]/g)
      ?.at(-1) ?? '(nothing in brackets)'
  )
}
