// "Open Dashboard in Browser". The browser runs on the user's own machine, the gateway where the extensions run: VS Code leads from
// one to the other where it can. Our pages answer to loopback names only, so an address on the web is not opened.
import * as vscode from 'vscode'
import { runCommand } from './register.ts'
import { endpointOf, gatewayFor, type WindowContext } from './window-context.ts'

export async function openInBrowser(context: WindowContext): Promise<void> {
  const gateway = await gatewayFor(context)
  if (gateway === undefined) return
  const { l10n, window, env } = vscode
  const endpoint = endpointOf(gateway)
  const page = await pageFor(vscode.Uri.parse(`${endpoint}/`))
  if (page === undefined) {
    void offerEditor(endpoint)
    return
  }
  await env.clipboard.writeText(await gateway.adminToken())
  if (!(await env.openExternal(page))) return
  void window.showInformationMessage(
    l10n.t('The admin key was copied; sign in with it. Whoever has it can change everything here.'),
  )
}

async function offerEditor(endpoint: string): Promise<void> {
  const { l10n, window } = vscode
  const open = l10n.t('Open Dashboard')
  const text = l10n.t(
    'A browser on your machine does not reach {0} from this window, and the dashboard answers to addresses of the machine only. Open it in the editor, where it is the same.',
    endpoint,
  )
  if ((await window.showInformationMessage(text, open)) === open) await runCommand('omniroute.dashboard.open')
}

/** Asked anew each time: the way there may have to be opened, and may be another one than before. */
async function pageFor(local: vscode.Uri): Promise<vscode.Uri | undefined> {
  try {
    const external = await vscode.env.asExternalUri(local)
    return isLoopback(external) && external.path === '/' ? external : undefined
  } catch {
    // An editor in a browser that offers no way to ports of its machine.
    return undefined
  }
}

function isLoopback({ scheme, authority }: vscode.Uri): boolean {
  return scheme === 'http' && /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/.test(authority)
}
