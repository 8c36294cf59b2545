// Starting a tool against the gateway without changing a file: a command to paste, quoted for the user's shell, and terminals.
import * as vscode from 'vscode'
import { keyPlaceholder, type ToolView } from '../../admin/contract-tools.ts'
import type { Gateway } from '../../gateway.ts'
import { shellOf } from '../../tools/launch.ts'
import { gatewayFor, type WindowContext } from '../commands/window-context.ts'
import { pickTool } from './pick.ts'
import { windowFacts } from './window-facts.ts'
import { sentenceText } from './words.ts'

/** The tools of the terminal that serves several; what they need beyond the environment they don't have there. */
const terminalTools = ['claude-code', 'gemini-cli', 'codex'] as const

/** How long a terminal may take to open. */
const openingMs = 60_000

/** Copies the command. It is not given back: other extensions can run commands, too, and the key is in it. */
export async function copyLaunch(context: WindowContext, wantedTool: unknown): Promise<void> {
  const { l10n, window } = vscode
  const gateway = await gatewayFor(context)
  if (gateway === undefined) return
  const { tools } = await gateway.call('tools.list', { window: windowFacts(context.memory) })
  const title = l10n.t('Copy Launch Command')
  const launchable = tools.filter(({ canLaunch }) => canLaunch)
  const placeHolder = l10n.t('Which tool shall be started with OmniRoute? No file is changed.')
  const tool = launchable.find(({ id }) => id === wantedTool) ?? (await pickTool(launchable, { title, placeHolder }))
  if (tool === undefined) return
  const { lines, note } = await gateway.call('tools.launch', { tool: tool.id })
  const line = lines[shellOf(vscode.env.shell)]
  if (line === undefined) {
    void window.showWarningMessage(l10n.t('The shell {0} can not express this command.', vscode.env.shell))
    return
  }
  await vscode.env.clipboard.writeText(line.replaceAll(keyPlaceholder, await gateway.defaultKey()))
  void window.showInformationMessage([copiedText(tool), ...(note ? [sentenceText(note, l10n)] : [])].join(' '))
}

function copiedText({ name }: ToolView): string {
  return vscode.l10n.t(
    'The command that starts {0} with OmniRoute was copied. Your OmniRoute key is in it: paste it into a terminal, not where others read it.',
    name,
  )
}

/** The default shell with what Claude Code and Gemini CLI need, and the key for Codex. */
export async function openShell(context: WindowContext): Promise<vscode.TerminalProfile> {
  const { l10n } = vscode
  const gateway = await runningGateway(context)
  const key = await gateway.defaultKey()
  const environment: Record<string, string> = {}
  const notes: string[] = []
  for (const tool of terminalTools) {
    const launch = await gateway.call('tools.launch', { tool })
    for (const [name, value] of Object.entries(launch.environment))
      environment[name] = value.replaceAll(keyPlaceholder, key)
    if (launch.note) notes.push(sentenceText(launch.note, l10n))
  }
  const message = l10n.t(
    'claude and gemini use OmniRoute in this terminal. For Codex open the terminal "OmniRoute: Codex".',
  )
  return shownProfile({
    name: 'OmniRoute',
    env: environment,
    iconPath: new vscode.ThemeIcon('server-environment'),
    message: [message, ...notes].join(' '),
  })
}

/** Codex itself, as it takes its provider from arguments. */
export async function openCodex(context: WindowContext): Promise<vscode.TerminalProfile> {
  const { l10n } = vscode
  const gateway = await runningGateway(context)
  const [{ tools }, launch, key] = await Promise.all([
    gateway.call('tools.list', { window: windowFacts(context.memory) }),
    gateway.call('tools.launch', { tool: 'codex' }),
    gateway.defaultKey(),
  ])
  const program = tools.find(({ id }) => id === 'codex')?.presence.program
  if (program === undefined) throw new Error(l10n.t('Codex was not found on the PATH. Install it first.'))
  const fill = (text: string): string => text.replaceAll(keyPlaceholder, key)
  return shownProfile({
    name: 'OmniRoute: Codex',
    shellPath: program,
    shellArgs: launch.arguments.map(fill),
    env: Object.fromEntries(Object.entries(launch.environment).map(([name, value]) => [name, fill(value)])),
  })
}

/** VS Code leaves its panel closed when the profile is an extension's, so the terminal is shown from here. */
function shownProfile(options: vscode.TerminalOptions): vscode.TerminalProfile {
  const opened = vscode.window.onDidOpenTerminal((terminal) => {
    if (terminal.creationOptions.name !== options.name) return
    opened.dispose()
    terminal.show()
  })
  setTimeout(() => opened.dispose(), openingMs)
  return new vscode.TerminalProfile(options)
}

async function runningGateway({ session }: WindowContext): Promise<Gateway> {
  const gateway = await session.demand()
  if (gateway === undefined) throw new Error(vscode.l10n.t('OmniRoute is stopped.'))
  return gateway
}
