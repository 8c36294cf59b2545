// Mistral's La Plateforme.
import { defineProvider } from '../core/provider.ts'

export const provider = defineProvider({
  id: 'mistral',
  name: 'Mistral',
  website: 'https://mistral.ai',
  keyUrl: 'https://console.mistral.ai/api-keys',
  tier: 'api-key',
  wires: ['openai-chat'],
  baseUrl: 'https://api.mistral.ai/v1',
  auth: { header: 'authorization', scheme: 'Bearer' },
  key: 'required',
  modelList: { path: '/models', shape: 'openai' },
  models: [
    { id: 'mistral-large-latest', name: 'Mistral Large', limits: {}, capabilities: { tools: true } },
    { id: 'mistral-medium-latest', name: 'Mistral Medium', limits: {}, capabilities: { tools: true } },
    { id: 'mistral-small-latest', name: 'Mistral Small', limits: {}, capabilities: { tools: true } },
    { id: 'devstral-latest', name: 'Devstral', limits: {}, capabilities: { tools: true } },
    { id: 'codestral-latest', name: 'Codestral', limits: {}, capabilities: { tools: true } },
    {
      id: 'magistral-medium-latest',
      name: 'Magistral Medium',
      limits: {},
      capabilities: { tools: true, reasoning: true },
    },
  ],
  defaultModel: 'mistral-medium-latest',
  quirks: {
    toolIdPattern: 'alphanumeric9',
    toolChoiceRequiredWord: 'any',
    streamOptions: false,
    reasoningControl: 'none',
    maxTemperature: 1.5,
    // Unknown fields are answered with 422.
    rejects: [
      'store',
      'user',
      'seed',
      'logprobs',
      'top_logprobs',
      'logit_bias',
      'service_tier',
      'metadata',
      'messages.name',
    ],
  },
  checked: '2026-11-22',
  note: 'The free Experiment plan lets Mistral train on what is sent.',
})
