// xAI's API for the Grok models, with an API key.
import { defineProvider } from '../core/provider.ts'

export const provider = defineProvider({
  id: 'xai',
  name: 'xAI',
  website: 'https://x.ai',
  keyUrl: 'https://console.x.ai',
  tier: 'api-key',
  wires: ['openai-responses', 'openai-chat', 'anthropic-messages'],
  baseUrl: 'https://api.x.ai/v1',
  auth: { header: 'authorization', scheme: 'Bearer' },
  key: 'required',
  modelList: { path: '/models', shape: 'openai' },
  models: [
    {
      id: 'grok-4.6',
      name: 'Grok 4.6',
      limits: { contextWindow: 500_000, maxOutput: 65_536 },
      capabilities: { tools: true, vision: true, reasoning: true },
    },
    {
      id: 'grok-4.3',
      name: 'Grok 4.3',
      limits: { contextWindow: 1_000_000, maxOutput: 65_536 },
      capabilities: { tools: true, vision: true, reasoning: true },
    },
    {
      id: 'grok-build-0.1',
      name: 'Grok Build 0.1',
      limits: { contextWindow: 256_000, maxOutput: 256_000 },
      capabilities: { tools: true, vision: true },
    },
  ],
  defaultModel: 'grok-4.3',
  quirks: {
    family: 'xai',
    reasoningControl: 'none',
    // Neither of OpenAI's effort, except where perModel says so, nor of Anthropic's thinking.
    thinking: 'none',
    hostedTools: ['web_search', 'x_search', 'code_interpreter'],
    perModel: [
      { match: '^grok-(4|3-mini)', quirks: { rejects: ['presence_penalty', 'frequency_penalty', 'stop'] } },
      {
        match: '^grok-4\\.3',
        quirks: { reasoningControl: 'effort', reasoningEfforts: ['none', 'low', 'medium', 'high'] },
      },
      { match: '^grok-4\\.5', quirks: { reasoningControl: 'effort', reasoningEfforts: ['low', 'medium', 'high'] } },
      {
        match: '^grok-4\\.6',
        quirks: { reasoningControl: 'effort', reasoningEfforts: ['low', 'medium', 'high', 'xhigh'] },
      },
    ],
  },
  checked: '2026-11-22',
})
