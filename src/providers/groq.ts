// Groq's fast inference of open models.
import { defineProvider } from '../core/provider.ts'

export const provider = defineProvider({
  id: 'groq',
  name: 'Groq',
  website: 'https://groq.com',
  keyUrl: 'https://console.groq.com/keys',
  tier: 'api-key',
  wires: ['openai-chat', 'openai-responses'],
  baseUrl: 'https://api.groq.com/openai/v1',
  auth: { header: 'authorization', scheme: 'Bearer' },
  key: 'required',
  modelList: { path: '/models', shape: 'openai' },
  models: [
    {
      id: 'openai/gpt-oss-120b',
      name: 'GPT-OSS 120B',
      limits: { contextWindow: 131_072, maxOutput: 65_536 },
      capabilities: { tools: true, vision: false, reasoning: true },
    },
    {
      id: 'openai/gpt-oss-20b',
      name: 'GPT-OSS 20B',
      limits: { contextWindow: 131_072, maxOutput: 65_536 },
      capabilities: { tools: true, vision: false, reasoning: true },
    },
    {
      id: 'llama-3.3-70b-versatile',
      name: 'Llama 3.3 70B',
      limits: { contextWindow: 131_072, maxOutput: 32_768 },
      capabilities: { tools: true, vision: false, reasoning: false },
    },
    {
      id: 'qwen/qwen3-32b',
      name: 'Qwen3 32B',
      limits: { contextWindow: 131_072 },
      capabilities: { tools: true, vision: false, reasoning: true },
    },
  ],
  defaultModel: 'openai/gpt-oss-120b',
  quirks: {
    maxTokensField: 'max_completion_tokens',
    rejects: ['messages.name', 'logprobs', 'top_logprobs', 'logit_bias', 'n'],
    reasoningControl: 'none',
    perModel: [
      { match: 'gpt-oss', quirks: { reasoningControl: 'effort', reasoningEfforts: ['low', 'medium', 'high'] } },
      { match: 'qwen3', quirks: { bodyExtras: { reasoning_format: 'parsed' } } },
    ],
  },
  checked: '2026-11-22',
  note: 'Every key has a free, rate-limited quota.',
})
