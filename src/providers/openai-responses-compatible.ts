// Any server that speaks OpenAI Responses. The user gives the base URL; see base-url.ts for what is accepted.
import { defineProvider } from '../core/provider.ts'

export const provider = defineProvider({
  id: 'openai-responses-compatible',
  name: 'OpenAI-compatible (Responses)',
  tier: 'api-key',
  wires: ['openai-responses'],
  auth: { header: 'authorization', scheme: 'Bearer' },
  key: 'optional',
  modelList: { path: '/models', shape: 'openai' },
  models: [],
  asks: ['baseUrl', 'headers'],
  checked: '2026-11-22',
})
