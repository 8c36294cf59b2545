// OpenRouter: one key for the models of many vendors. Its model list is the best source of facts, so few are bundled.
import { defineProvider } from '../core/provider.ts'

export const provider = defineProvider({
  id: 'openrouter',
  name: 'OpenRouter',
  website: 'https://openrouter.ai',
  keyUrl: 'https://openrouter.ai/settings/keys',
  tier: 'api-key',
  wires: ['openai-chat', 'openai-responses', 'anthropic-messages'],
  baseUrl: 'https://openrouter.ai/api/v1',
  auth: { header: 'authorization', scheme: 'Bearer' },
  key: 'required',
  headers: { 'x-title': 'OmniRoute' },
  modelList: { path: '/models', shape: 'openai' },
  // Its model list is open to everyone.
  keyCheck: { kind: 'get', path: '/key' },
  models: [
    {
      id: 'openrouter/auto',
      name: 'Auto',
      limits: {},
      capabilities: { tools: true },
    },
    {
      id: 'deepseek/deepseek-v4-flash',
      name: 'DeepSeek V4 Flash',
      limits: { contextWindow: 1_048_576 },
      capabilities: { tools: true, vision: false, reasoning: true },
    },
  ],
  defaultModel: 'openrouter/auto',
  quirks: {
    family: 'openrouter',
    topK: true,
    reasoningControl: 'openrouter',
    reasoningField: 'reasoning_details',
    reasoningReplay: 'always',
    cacheControl: true,
    perModel: [{ match: '^openai/gpt-5\\.[5-9]', quirks: { dropEmptyArguments: true } }],
  },
  checked: '2026-11-22',
  note: 'Models whose id ends in ":free" cost nothing and are limited per day.',
})
