// Whether the editor's agents are offered the MCP endpoint, as a setting relative to `omniroute`. Off by
// itself: the editor starts such a server with the first message of a chat, which has the same tools without it.

export const mcpServerSetting = { key: 'agents.mcpServer', fallback: false } as const
