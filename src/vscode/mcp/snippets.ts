// What other agents need to reach the MCP endpoint, in the words of each of them. Pure.

export interface McpSnippet {
  readonly id: 'claude-code' | 'codex' | 'json'
  /** A command, or lines for a file of the agent's. */
  readonly text: string
}

/** Values are ours: an address on this machine and a token of letters, digits, dash and underscore. */
export function mcpSnippets(endpoint: string, token: string): readonly McpSnippet[] {
  const url = `${endpoint}/mcp`
  const authorization = `Bearer ${token}`
  const server = { type: 'http', url, headers: { Authorization: authorization } }
  return [
    {
      id: 'claude-code',
      text: `claude mcp add --transport http omniroute ${url} --header "Authorization: ${authorization}"`,
    },
    {
      id: 'codex',
      text: `[mcp_servers.omniroute]\nurl = "${url}"\nhttp_headers = { Authorization = "${authorization}" }\n`,
    },
    { id: 'json', text: `${JSON.stringify({ mcpServers: { omniroute: server } }, undefined, 2)}\n` },
  ]
}
