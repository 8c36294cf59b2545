// DeepSeek's API. The names deepseek-chat and deepseek-reasoner were retired on 2026-07-24 and are not listed.
import { defineProvider } from '../core/provider.ts'

export const provider = defineProvider({
  id: 'deepseek',
  name: 'DeepSeek',
  website: 'https://platform.deepseek.com',
  keyUrl: 'https://platform.deepseek.com/api_keys',
  tier: 'api-key',
  wires: ['openai-chat', 'anthropic-messages'],
  baseUrl: 'https://api.deepseek.com/v1',
  wireBaseUrls: { 'anthropic-messages': 'https://api.deepseek.com/anthropic/v1' },
  auth: { header: 'authorization', scheme: 'Bearer' },
  key: 'required',
  modelList: { path: '/models', shape: 'openai' },
  models: [
    {
      id: 'deepseek-v4-flash',
      name: 'DeepSeek V4 Flash',
      limits: { contextWindow: 1_000_000, maxOutput: 384_000 },
      capabilities: { tools: true, vision: false, reasoning: true, structuredOutput: false },
    },
    {
      id: 'deepseek-v4-pro',
      name: 'DeepSeek V4 Pro',
      limits: { contextWindow: 1_000_000, maxOutput: 384_000 },
      capabilities: { tools: true, vision: false, reasoning: true, structuredOutput: false },
    },
  ],
  defaultModel: 'deepseek-v4-flash',
  quirks: {
    reasoningControl: 'thinking',
    reasoningField: 'reasoning_content',
    reasoningReplay: 'tool-loop',
    jsonSchema: false,
    contentParts: false,
    files: false,
    // At its Anthropic address.
    unsignedThinking: true,
    cacheControl: false,
  },
  checked: '2026-11-22',
})
