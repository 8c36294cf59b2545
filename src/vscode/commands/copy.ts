// "Copy Endpoint", "Copy Key", "Copy Diagnostics".
import * as vscode from 'vscode'
import { collectDiagnostics } from '../diagnostics.ts'
import { runCommand } from './register.ts'
import { endpointOf, gatewayFor, type WindowContext } from './window-context.ts'

/** Copies the base URL most tools want, and gives it back for programs that run the command. */
export async function copyEndpoint(context: WindowContext): Promise<string | undefined> {
  const gateway = await gatewayFor(context)
  if (gateway === undefined) return undefined
  const endpoint = endpointOf(gateway)
  const openAi = `${endpoint}/v1`
  await vscode.env.clipboard.writeText(openAi)
  void offerMore(openAi, endpoint)
  return openAi
}

/** Copies the key. It is not given back: other extensions can run commands, too. */
export async function copyKey(context: WindowContext): Promise<void> {
  const gateway = await gatewayFor(context)
  if (gateway === undefined) return
  await vscode.env.clipboard.writeText(await gateway.defaultKey())
  void vscode.window.showInformationMessage(
    vscode.l10n.t('The key for your tools was copied. It opens this gateway only, on this machine only.'),
  )
}

export async function copyDiagnostics(context: WindowContext): Promise<string> {
  const text = await collectDiagnostics(context)
  await vscode.env.clipboard.writeText(text)
  void vscode.window.showInformationMessage(vscode.l10n.t('Diagnostics were copied. They hold no keys and no prompts.'))
  return text
}

async function offerMore(copied: string, plain: string): Promise<void> {
  const { l10n } = vscode
  const without = l10n.t('Copy Without /v1')
  const key = l10n.t('Copy Key')
  // The gateway runs where the window's extensions run, and so do the terminals: no forwarded address is copied.
  const text =
    vscode.env.remoteName === undefined
      ? l10n.t('Copied {0}. Tools for Anthropic or Gemini take it without "/v1".', copied)
      : l10n.t(
          'Copied {0}, for tools on the machine that this window is connected to. Tools for Anthropic or Gemini take it without "/v1".',
          copied,
        )
  const answer = await vscode.window.showInformationMessage(text, key, without)
  if (answer === without) await vscode.env.clipboard.writeText(plain)
  if (answer === key) await runCommand('omniroute.key.copy')
}
