// A local Ollama server. It serves what the user has pulled, so no model is bundled.
import { defineProvider } from '../core/provider.ts'

export const provider = defineProvider({
  id: 'ollama',
  name: 'Ollama',
  website: 'https://ollama.com',
  tier: 'local',
  wires: ['openai-chat', 'openai-responses', 'anthropic-messages'],
  baseUrl: 'http://127.0.0.1:11434/v1',
  auth: { header: 'authorization', scheme: 'Bearer' },
  key: 'optional',
  modelList: { path: '/models', shape: 'openai' },
  models: [],
  asks: ['baseUrl'],
  quirks: {
    rejects: ['tool_choice', 'parallel_tool_calls', 'logit_bias', 'user', 'n'],
    reasoningEfforts: ['none', 'low', 'medium', 'high'],
    files: false,
    externalUrls: false,
    unsignedThinking: true,
    cacheControl: false,
  },
  checked: '2026-11-22',
  note: 'Ollama cuts long conversations to its context length without saying so; raise OLLAMA_CONTEXT_LENGTH for coding.',
})
