// Anthropic's own API with a Console key. Claude subscriptions may not be used by other products, so there is no sign-in.
import { defineProvider } from '../core/provider.ts'

export const provider = defineProvider({
  id: 'anthropic',
  name: 'Anthropic',
  website: 'https://console.anthropic.com',
  keyUrl: 'https://console.anthropic.com/settings/keys',
  tier: 'api-key',
  wires: ['anthropic-messages'],
  baseUrl: 'https://api.anthropic.com/v1',
  auth: { header: 'x-api-key' },
  key: 'required',
  headers: { 'anthropic-version': '2023-06-01' },
  modelList: { path: '/models?limit=1000', shape: 'anthropic' },
  models: [
    {
      id: 'claude-opus-5',
      name: 'Claude Opus 5',
      limits: { contextWindow: 1_000_000, maxOutput: 128_000 },
      capabilities: { tools: true, vision: true, reasoning: true },
    },
    {
      id: 'claude-sonnet-5',
      name: 'Claude Sonnet 5',
      limits: { contextWindow: 1_000_000, maxOutput: 128_000 },
      capabilities: { tools: true, vision: true, reasoning: true },
    },
    {
      id: 'claude-opus-4-8',
      name: 'Claude Opus 4.8',
      limits: { contextWindow: 1_000_000, maxOutput: 128_000 },
      capabilities: { tools: true, vision: true, reasoning: true },
    },
    {
      id: 'claude-sonnet-4-6',
      name: 'Claude Sonnet 4.6',
      limits: { contextWindow: 200_000, maxOutput: 64_000 },
      capabilities: { tools: true, vision: true, reasoning: true },
    },
    {
      id: 'claude-haiku-4-5-20251001',
      name: 'Claude Haiku 4.5',
      limits: { contextWindow: 200_000, maxOutput: 64_000 },
      capabilities: { tools: true, vision: true, reasoning: true },
    },
  ],
  defaultModel: 'claude-sonnet-5',
  checked: '2026-11-22',
  note: 'Takes an API key. Anthropic allows Claude Pro and Max plans in its own products only.',
})
