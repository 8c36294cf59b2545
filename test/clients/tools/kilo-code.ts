// Kilo Code's command line tool, an OpenCode at heart. At its first start it adds to a configuration of earlier days that every command
// is allowed, and must not take one of ours for such a one.
import { checkResolved, openCodeConfig } from './open-code.ts'
import { question, type RealTool } from './real-tool.ts'

const schema = 'https://app.kilo.ai/config.json'

export const kiloCode: RealTool = {
  id: 'kilo-code',
  title: 'Kilo Code',
  wire: 'openai-chat',
  environment: () => ({
    KILO_TELEMETRY_LEVEL: 'off',
    KILO_DISABLE_AUTOUPDATE: '1',
    KILO_DISABLE_MODELS_FETCH: '1',
    KILO_DISABLE_LSP_DOWNLOAD: '1',
    KILO_DISABLE_SESSION_INGEST: '1',
  }),
  writes: [
    '.cache/kilo/**',
    '.config/kilo/.bash-permission-migrated',
    '.config/kilo/.gitignore',
    '.local/share/kilo/kilo.db*',
    '.local/share/kilo/log/*.log',
    '.local/share/kilo/repos',
    '.local/share/kilo/snapshot/**',
    '.local/share/kilo/storage/**',
    '.local/share/kilo/telemetry-id',
    '.local/state/kilo/**',
    '.local/state/kilo-sandbox-policy/**',
  ],
  validate: (setting) => checkResolved(setting, 'kilo.jsonc'),
  scenes: [
    {
      name: 'add',
      action: 'add',
      upstream: 'am',
      prompt: ({ endpoint }) => ['run', '-m', `omniroute/${endpoint.model}`, question],
    },
    {
      name: 'default',
      action: 'default',
      upstream: 'or',
      files: () => ({ '.config/kilo/kilo.jsonc': { text: openCodeConfig(schema) } }),
      rewrites: async () => [['mcp', 'add', 'probe', '--url', 'http://127.0.0.1:9/mcp']],
      prompt: () => ['run', question],
      leaves: () => ({
        '.config/kilo/kilo.jsonc': {
          // Kilo writes a new file in its place.
          mode: 0o644,
          data: {
            $schema: schema,
            provider: {
              lmstudio: { npm: '@ai-sdk/openai-compatible', options: { baseURL: 'http://127.0.0.1:1234/v1' } },
            },
            model: 'lmstudio/qwen',
            permission: { bash: 'allow' },
            mcp: { probe: { type: 'remote', url: 'http://127.0.0.1:9/mcp' } },
          },
          includes: '// my models',
        },
      }),
    },
    { name: 'launch', action: 'launch', upstream: 'gg', prompt: () => ['run', question] },
  ],
}
