// A local LM Studio server. It serves what the user has downloaded, so no model is bundled.
import { defineProvider } from '../core/provider.ts'

export const provider = defineProvider({
  id: 'lm-studio',
  name: 'LM Studio',
  website: 'https://lmstudio.ai',
  tier: 'local',
  wires: ['openai-chat', 'openai-responses', 'anthropic-messages'],
  baseUrl: 'http://127.0.0.1:1234/v1',
  auth: { header: 'authorization', scheme: 'Bearer' },
  key: 'optional',
  modelList: { path: '/models', shape: 'openai' },
  models: [],
  asks: ['baseUrl'],
  quirks: { thinkTags: true, files: false, externalUrls: false, unsignedThinking: true, cacheControl: false },
  checked: '2026-11-22',
  note: 'Start its server on the Developer page first.',
})
