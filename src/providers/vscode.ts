// Models that other extensions offer in VS Code, Copilot's among them. The editor is the only way to them: it keeps sign-in,
// consent, limits and terms.
import { defineProvider } from '../core/provider.ts'

export const provider = defineProvider({
  id: 'vscode',
  name: 'VS Code language models',
  website: 'https://code.visualstudio.com/docs/copilot/language-models',
  tier: 'subscription',
  wires: ['openai-chat'],
  auth: { header: 'authorization', scheme: 'Bearer' },
  key: 'none',
  modelList: { path: '/models', shape: 'openai' },
  models: [],
  quirks: {
    // The editor's messages have no place for these.
    rejects: [
      'messages.name',
      'logit_bias',
      'logprobs',
      'top_logprobs',
      'user',
      'n',
      'parallel_tool_calls',
      'tools.strict',
    ],
    reasoningControl: 'none',
    systemRole: false,
    toolImages: true,
    files: false,
    externalUrls: false,
  },
  editor: true,
  checked: '2026-11-30',
  note: 'Models that other extensions offer in VS Code, such as Copilot’s. VS Code asks you to allow it; limits and terms are those of their vendors.',
})
