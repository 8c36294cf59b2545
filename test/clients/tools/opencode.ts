// OpenCode, whose `debug config` reads all of its configuration by its own schema and refuses what doesn't fit.
import { checkResolved, openCodeConfig } from './open-code.ts'
import { question, type RealTool } from './real-tool.ts'

const schema = 'https://opencode.ai/config.json'

export const opencode: RealTool = {
  id: 'opencode',
  title: 'OpenCode',
  wire: 'openai-chat',
  environment: () => ({
    OPENCODE_DISABLE_AUTOUPDATE: '1',
    OPENCODE_DISABLE_MODELS_FETCH: '1',
    OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
  }),
  writes: [
    '.cache/opencode/**',
    '.config/opencode/.gitignore',
    '.local/share/opencode/log/opencode.log',
    '.local/share/opencode/opencode.db*',
    '.local/share/opencode/repos',
    '.local/share/opencode/snapshot/**',
    '.local/share/opencode/storage/**',
    '.local/state/opencode/**',
  ],
  validate: (setting) => checkResolved(setting, 'opencode.jsonc'),
  scenes: [
    {
      name: 'add',
      action: 'add',
      upstream: 'or',
      prompt: ({ endpoint }) => ['run', '-m', `omniroute/${endpoint.model}`, question],
    },
    {
      name: 'default',
      action: 'default',
      upstream: 'gg',
      files: () => ({ '.config/opencode/opencode.jsonc': { text: openCodeConfig(schema) } }),
      rewrites: async () => [['mcp', 'add', 'probe', '--url', 'http://127.0.0.1:9/mcp']],
      prompt: () => ['run', question],
      leaves: () => ({
        '.config/opencode/opencode.jsonc': {
          mode: 0o640,
          data: {
            $schema: schema,
            provider: {
              lmstudio: { npm: '@ai-sdk/openai-compatible', options: { baseURL: 'http://127.0.0.1:1234/v1' } },
            },
            model: 'lmstudio/qwen',
            mcp: { probe: { type: 'remote', url: 'http://127.0.0.1:9/mcp' } },
          },
          includes: '// my models',
        },
      }),
    },
    { name: 'launch', action: 'launch', upstream: 'am', prompt: () => ['run', question] },
  ],
}
