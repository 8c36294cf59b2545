// OpenAI's own API with a platform key. Newer reasoning models are at their best on the Responses wire.
import { defineProvider } from '../core/provider.ts'

export const provider = defineProvider({
  id: 'openai',
  name: 'OpenAI',
  website: 'https://platform.openai.com',
  keyUrl: 'https://platform.openai.com/api-keys',
  tier: 'api-key',
  wires: ['openai-responses', 'openai-chat'],
  baseUrl: 'https://api.openai.com/v1',
  auth: { header: 'authorization', scheme: 'Bearer' },
  key: 'required',
  modelList: { path: '/models', shape: 'openai' },
  models: [
    {
      id: 'gpt-5.5',
      name: 'GPT-5.5',
      limits: { maxOutput: 128_000 },
      capabilities: { tools: true, vision: true, reasoning: true, structuredOutput: true },
    },
    {
      id: 'gpt-5.4',
      name: 'GPT-5.4',
      limits: { contextWindow: 1_050_000, maxOutput: 128_000 },
      capabilities: { tools: true, vision: true, reasoning: true, structuredOutput: true },
    },
    {
      id: 'gpt-5.4-mini',
      name: 'GPT-5.4 mini',
      limits: { contextWindow: 400_000, maxOutput: 128_000 },
      capabilities: { tools: true, vision: true, reasoning: true, structuredOutput: true },
    },
    {
      id: 'gpt-4.1',
      name: 'GPT-4.1',
      limits: { contextWindow: 1_047_576, maxOutput: 32_768 },
      capabilities: { tools: true, vision: true, reasoning: false, structuredOutput: true },
    },
    {
      id: 'gpt-4o-mini',
      name: 'GPT-4o mini',
      limits: { contextWindow: 128_000, maxOutput: 16_384 },
      capabilities: { tools: true, vision: true, reasoning: false, structuredOutput: true },
    },
  ],
  defaultModel: 'gpt-5.4-mini',
  quirks: {
    maxTokensField: 'max_completion_tokens',
    addsForUsage: 'event-and-nulls',
    maxTools: 128,
    family: 'openai',
    customTools: true,
    allowedTools: true,
    hostedTools: ['*'],
    reasoningEfforts: ['none', 'low', 'medium', 'high', 'xhigh'],
    perModel: [
      { match: '^(gpt-3|gpt-4|chatgpt-4)', quirks: { reasoningControl: 'none' } },
      {
        match: '^(o\\d|gpt-5)',
        quirks: {
          developerRole: true,
          rejects: [
            'temperature',
            'top_p',
            'presence_penalty',
            'frequency_penalty',
            'logprobs',
            'top_logprobs',
            'logit_bias',
          ],
        },
      },
      {
        match: '^o\\d',
        quirks: {
          reasoningEfforts: ['low', 'medium', 'high'],
          rejects: [
            'temperature',
            'top_p',
            'presence_penalty',
            'frequency_penalty',
            'logprobs',
            'top_logprobs',
            'logit_bias',
            'stop',
          ],
        },
      },
      // It says `pages: ""` to Claude Code's Read, which takes that for a mistake.
      { match: '^gpt-5\\.[5-9]', quirks: { dropEmptyArguments: true } },
      { match: '^gpt-5(-mini|-nano)?(-\\d{4}|$)', quirks: { reasoningEfforts: ['minimal', 'low', 'medium', 'high'] } },
    ],
  },
  checked: '2026-11-22',
})
