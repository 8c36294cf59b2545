// Any server that speaks Anthropic Messages. The user gives the base URL; see base-url.ts for what is accepted.
import { defineProvider } from '../core/provider.ts'

export const provider = defineProvider({
  id: 'anthropic-compatible',
  name: 'Anthropic-compatible',
  tier: 'api-key',
  wires: ['anthropic-messages'],
  auth: { header: 'x-api-key' },
  key: 'optional',
  headers: { 'anthropic-version': '2023-06-01' },
  modelList: { path: '/models', shape: 'anthropic' },
  models: [],
  asks: ['baseUrl', 'headers'],
  quirks: {
    // Servers of other models send thinking without a signature and take it back so.
    perModel: [{ match: '^(?!.*claude)', quirks: { unsignedThinking: true } }],
  },
  checked: '2026-11-22',
})
