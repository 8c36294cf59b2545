// Offers the gateway's MCP endpoint to the agents of the editor, while the gateway runs and the setting allows it. The token is
// handed out only when the server is started: the editor keeps what it is offered.
import * as vscode from 'vscode'
import { stoppedByUser } from '../failure.ts'
import type { Session } from '../session.ts'
import { mcpServerSetting } from './setting.ts'

const setting = `omniroute.${mcpServerSetting.key}`
const providerId = 'omniroute.gateway'

export function registerMcpServer(session: Session, version: string): vscode.Disposable {
  // Some editors built on VS Code have no servers of extensions.
  if (typeof vscode.lm?.registerMcpServerDefinitionProvider !== 'function')
    return new vscode.Disposable(() => undefined)
  const { workspace, EventEmitter } = vscode
  const changed = new EventEmitter<void>()
  const isOffered = (): boolean => workspace.getConfiguration().get<boolean>(setting, mcpServerSetting.fallback)
  return vscode.Disposable.from(
    changed,
    new vscode.Disposable(session.onDidChangeState(() => changed.fire())),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(setting)) changed.fire()
    }),
    vscode.lm.registerMcpServerDefinitionProvider(providerId, {
      onDidChangeMcpServerDefinitions: changed.event,
      provideMcpServerDefinitions: () => {
        const { state } = session
        if (!isOffered() || state.kind !== 'running') return []
        return [new vscode.McpHttpServerDefinition('OmniRoute', mcpAddress(state.endpoint), {}, version)]
      },
      resolveMcpServerDefinition: async (server) => {
        const gateway = await session.demand()
        if (gateway?.state.kind !== 'running') throw stopped()
        const headers = { authorization: `Bearer ${await gateway.mcpToken()}` }
        return new vscode.McpHttpServerDefinition(server.label, mcpAddress(gateway.state.endpoint), headers, version)
      },
    }),
  )
}

function mcpAddress(endpoint: string): vscode.Uri {
  return vscode.Uri.parse(`${endpoint}/mcp`)
}

function stopped(): Error {
  const { message, nextStep } = stoppedByUser(vscode.l10n)
  return new Error(`${message} ${nextStep}`)
}
