// The text of "Copy Diagnostics": versions, role, port, what is set up, what went wrong lately, and each condition of the model
// picker. Everything passes the redaction once more as a whole, whatever its source promised.
import { arch, platform, release } from 'node:os'
import * as vscode from 'vscode'
import { redact } from '../core/redact.ts'
import type { Gateway } from '../gateway.ts'
import type { WindowContext } from './commands/window-context.ts'
import { failureLine } from './failure.ts'
import { english } from './localizer.ts'
import type { Session } from './session.ts'

const linesShown = 60

export async function collectDiagnostics({ session, log, version }: WindowContext): Promise<string> {
  const sections = [
    section('OmniRoute', [
      `version: ${version}`,
      `editor: ${vscode.env.appName} ${vscode.version} (${vscode.env.appHost}, ${uiKind()})`,
      `remote: ${vscode.env.remoteName ?? 'none'}`,
      `node: ${process.versions.node}, ${platform()} ${release()} ${arch()}`,
      `language: ${vscode.env.language}`,
    ]),
    section('Gateway', [stateLine(session), ...(await gatewayLines(session.gateway))]),
    section('Models in this editor', await pickerLines()),
    section('Log', log.recent().slice(-linesShown).map(logLine)),
  ]
  return redact(sections.join('\n'))
}

function section(title: string, lines: readonly string[]): string {
  return `## ${title}\n\n${lines.map((line) => (line.startsWith('- ') ? `  ${line}` : `- ${line}`)).join('\n')}\n`
}

function stateLine({ state }: Session): string {
  switch (state.kind) {
    case 'running':
      return `running as ${state.role} at ${state.endpoint}${state.movedFrom === undefined ? '' : ` (port ${state.movedFrom} is held by ${state.heldBy ?? 'another program'})`}`
    case 'reconnecting':
      return `reconnecting, the leader is ${state.because}`
    case 'outdated':
      return `outdated: the gateway at ${state.endpoint} is of version ${state.version}`
    case 'failed':
      return `failed: ${failureLine(state.error, english)}`
    default:
      return state.kind
  }
}

/** What the gateway says of itself: accounts and their models, the last failures, the storage. */
async function gatewayLines(gateway: Gateway | undefined): Promise<string[]> {
  if (gateway === undefined) return []
  try {
    const { text } = await gateway.call('gateway.diagnostics', {})
    return text.split('\n').filter((line) => line.trim() !== '')
  } catch (thrown) {
    return [`could not be asked: ${failureLine(thrown, english)}`]
  }
}

/** The conditions under which VS Code shows our models, each with its state here. */
async function pickerLines(): Promise<string[]> {
  const chat = vscode.extensions.getExtension('github.copilot-chat')
  const hasApi = typeof vscode.lm?.registerLanguageModelChatProvider === 'function'
  const aiFeaturesOff = vscode.workspace.getConfiguration('chat').get('disableAIFeatures') === true
  return [
    `language model API: ${hasApi ? 'yes' : 'no'}`,
    `models registered: ${hasApi ? await countModels() : 0}`,
    `workspace trusted: ${vscode.workspace.isTrusted ? 'yes' : 'no (only Auto is offered)'}`,
    `AI features: ${aiFeaturesOff ? 'switched off by chat.disableAIFeatures' : 'on'}`,
    `chat extension: ${chat === undefined ? 'disabled or missing; run "OmniRoute: Use in Copilot Chat"' : `enabled${chat.isActive ? ', active' : ''}`}`,
  ]
}

async function countModels(): Promise<string> {
  try {
    return String((await vscode.lm.selectChatModels({ vendor: 'omniroute' })).length)
  } catch (thrown) {
    return `unknown, ${failureLine(thrown, english)}`
  }
}

function logLine({ at, level, message }: { at: number; level: string; message: string }): string {
  return `${new Date(at).toISOString()} ${level} ${message}`
}

function uiKind(): string {
  return vscode.env.uiKind === vscode.UIKind.Web ? 'browser' : 'desktop'
}
