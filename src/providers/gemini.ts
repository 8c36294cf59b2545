// Google's Gemini API with an AI Studio key. The key travels in a header only, never in the URL, where logs would keep it.
import { defineProvider } from '../core/provider.ts'

export const provider = defineProvider({
  id: 'gemini',
  name: 'Google Gemini',
  website: 'https://ai.google.dev',
  keyUrl: 'https://aistudio.google.com/apikey',
  tier: 'api-key',
  wires: ['gemini-generate'],
  baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
  auth: { header: 'x-goog-api-key' },
  key: 'required',
  modelList: { path: '/models?pageSize=1000', shape: 'gemini' },
  models: [
    {
      id: 'gemini-3.7-flash',
      name: 'Gemini 3.7 Flash',
      limits: { contextWindow: 1_048_576, maxOutput: 65_536 },
      capabilities: { tools: true, vision: true, reasoning: true, structuredOutput: true },
    },
    {
      id: 'gemini-3.5-flash-lite',
      name: 'Gemini 3.5 Flash Lite',
      limits: { contextWindow: 1_048_576, maxOutput: 65_536 },
      capabilities: { tools: true, vision: true, reasoning: true, structuredOutput: true },
    },
    {
      id: 'gemini-3.1-pro-preview',
      name: 'Gemini 3.1 Pro (preview)',
      limits: { contextWindow: 1_048_576, maxOutput: 65_536 },
      capabilities: { tools: true, vision: true, reasoning: true, structuredOutput: true },
    },
    {
      id: 'gemini-2.5-flash',
      name: 'Gemini 2.5 Flash',
      limits: { contextWindow: 1_048_576, maxOutput: 65_536 },
      capabilities: { tools: true, vision: true, reasoning: true, structuredOutput: true },
    },
  ],
  defaultModel: 'gemini-3.7-flash',
  checked: '2026-11-22',
  note: 'A free quota for some models comes with every key.',
})
