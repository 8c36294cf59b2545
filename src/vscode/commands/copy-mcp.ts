// "Copy MCP Configuration": how another agent reaches the gateway's tools, with the token in it.
import * as vscode from 'vscode'
import { type McpSnippet, mcpSnippets } from '../mcp/snippets.ts'
import { gatewayFor, type WindowContext } from './window-context.ts'

/** Not given back: it holds the token, and other extensions can run commands, too. */
export async function copyMcpConfiguration(context: WindowContext): Promise<void> {
  const { l10n, window, env } = vscode
  const gateway = await gatewayFor(context)
  if (gateway?.state.kind !== 'running') return
  const snippets = mcpSnippets(gateway.state.endpoint, await gateway.mcpToken())
  const items = snippets.map((snippet) => ({ ...wordsFor(snippet), text: snippet.text }))
  const picked = await window.showQuickPick(items, {
    title: l10n.t('Copy MCP Configuration'),
    placeHolder: l10n.t('Which agent shall reach the tools of the gateway?'),
  })
  if (picked === undefined) return
  await env.clipboard.writeText(picked.text)
  void window.showInformationMessage(
    l10n.t(
      'Copied for {0}. It holds a token that opens the tools for agents of this gateway, and nothing else.',
      picked.label,
    ),
  )
}

function wordsFor({ id }: McpSnippet): { label: string; detail: string } {
  const { l10n } = vscode
  switch (id) {
    case 'claude-code':
      return { label: 'Claude Code', detail: l10n.t('a command for a terminal') }
    case 'codex':
      return { label: 'Codex', detail: l10n.t('lines for {0}', '~/.codex/config.toml') }
    case 'json':
      return { label: l10n.t('Another agent'), detail: l10n.t('JSON, as most agents take it') }
  }
}
