// Any server that speaks Gemini generateContent. The user gives the base URL; see base-url.ts for what is accepted.
import { defineProvider } from '../core/provider.ts'

export const provider = defineProvider({
  id: 'gemini-compatible',
  name: 'Gemini-compatible',
  tier: 'api-key',
  wires: ['gemini-generate'],
  auth: { header: 'x-goog-api-key' },
  key: 'optional',
  modelList: { path: '/models', shape: 'gemini' },
  models: [],
  asks: ['baseUrl', 'headers'],
  checked: '2026-11-22',
})
