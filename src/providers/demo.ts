// The demo provider: runs inside the gateway, with no key and no network, so that everything can be tried at once.
import { defineProvider } from '../core/provider.ts'

export const provider = defineProvider({
  id: 'demo',
  name: 'Demo',
  tier: 'free',
  wires: ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini-generate'],
  auth: { header: 'authorization', scheme: 'Bearer' },
  key: 'none',
  models: [
    {
      id: 'echo',
      name: 'Echo: says what it was sent',
      limits: { contextWindow: 128_000, maxOutput: 16_384 },
      capabilities: { tools: true, vision: true, reasoning: false, structuredOutput: false },
    },
    {
      id: 'tools',
      name: 'Tools: calls a tool, then reports its result',
      limits: { contextWindow: 128_000, maxOutput: 16_384 },
      capabilities: { tools: true, vision: true, reasoning: false, structuredOutput: false },
    },
    {
      id: 'lorem',
      name: 'Lorem: streams a long text',
      limits: { contextWindow: 128_000, maxOutput: 16_384 },
      capabilities: { tools: false, vision: false, reasoning: false, structuredOutput: false },
    },
  ],
  defaultModel: 'echo',
  builtIn: true,
  checked: '2026-11-22',
  note: 'Answers are made up on this machine, always the same for the same request.',
})
