// Any server that speaks OpenAI Chat Completions. The user gives the base URL; see base-url.ts for what is accepted.
import { defineProvider } from '../core/provider.ts'

export const provider = defineProvider({
  id: 'openai-compatible',
  name: 'OpenAI-compatible (Chat Completions)',
  tier: 'api-key',
  wires: ['openai-chat'],
  auth: { header: 'authorization', scheme: 'Bearer' },
  key: 'optional',
  modelList: { path: '/models', shape: 'openai' },
  models: [],
  asks: ['baseUrl', 'headers'],
  checked: '2026-11-22',
})
