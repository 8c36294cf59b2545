// Whether the editor's agents are offered the MCP endpoint, as a setting relative to `omniroute`.

export const mcpServerSetting = { key: 'agents.mcpServer', fallback: true } as const
