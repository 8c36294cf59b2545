// NVIDIA's hosted NIM endpoints. What a key may call differs by account, so the live list decides.
import { defineProvider } from '../core/provider.ts'

export const provider = defineProvider({
  id: 'nvidia',
  name: 'NVIDIA NIM',
  website: 'https://build.nvidia.com',
  keyUrl: 'https://build.nvidia.com/settings/api-keys',
  tier: 'api-key',
  wires: ['openai-chat'],
  baseUrl: 'https://integrate.api.nvidia.com/v1',
  auth: { header: 'authorization', scheme: 'Bearer' },
  key: 'required',
  modelList: { path: '/models', shape: 'openai' },
  // Its model list is open to everyone.
  keyCheck: { kind: 'chat' },
  models: [
    {
      id: 'nvidia/nemotron-3-super-120b-a12b',
      name: 'Nemotron 3 Super 120B',
      limits: {},
      capabilities: { tools: true },
    },
    { id: 'qwen/qwen3.5-122b-a10b', name: 'Qwen3.5 122B', limits: {}, capabilities: { tools: true, reasoning: true } },
    { id: 'z-ai/glm-5.1', name: 'GLM 5.1', limits: {}, capabilities: { tools: true, reasoning: true } },
    {
      id: 'deepseek-ai/deepseek-v4-pro',
      name: 'DeepSeek V4 Pro',
      limits: {},
      capabilities: { tools: true, vision: false, reasoning: true },
    },
  ],
  defaultModel: 'nvidia/nemotron-3-super-120b-a12b',
  quirks: {
    // Each model family has its own switch for reasoning; none is understood by all.
    reasoningControl: 'none',
    files: false,
    perModel: [{ match: 'minimax', quirks: { thinkTags: true } }],
  },
  checked: '2026-11-22',
  note: 'Developer access is free, at about 40 requests a minute.',
})
