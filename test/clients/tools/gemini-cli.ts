// Gemini CLI. It reads its environment file only in folders that it trusts, as a person who is asked has said or as an option says.
import assert from 'node:assert/strict'
import { question, type RealTool } from './real-tool.ts'

const environment = `# mine
export GEMINI_API_KEY="AIza-mine" # key
GOOGLE_CLOUD_PROJECT=p
GEMINI_MODEL=gemini-2.5-pro`
const settings = `{
  // signed in
  "security": { "auth": { "selectedType": "oauth-personal" } },
  "ui": { "theme": "Dracula" },
  "privacy": { "usageStatisticsEnabled": false },
  "general": { "enableAutoUpdate": false }
}
`
const trusted = (work: string): string => `${JSON.stringify({ [work]: 'TRUST_FOLDER' }, undefined, 2)}\n`

export const geminiCli: RealTool = {
  id: 'gemini-cli',
  title: 'Gemini CLI',
  wire: 'gemini-generate',
  // It has no variable against the rest; where it isn't in the settings below, it reaches nobody.
  environment: () => ({ GEMINI_TELEMETRY_ENABLED: 'false' }),
  writes: [
    '.gemini/history/work/.project_root',
    '.gemini/installation_id',
    '.gemini/projects.json',
    '.gemini/projects.json.lock',
    '.gemini/tmp/work/**',
  ],
  async validate({ home, run }) {
    const good = await run(['--skip-trust', 'mcp', 'list'])
    assert.equal(good.code, 0, good.output)
    assert.doesNotMatch(good.output, /invalid|error/i, home)
  },
  scenes: [
    { name: 'fresh', action: 'default', upstream: 'am', prompt: () => ['--skip-trust', '-p', question] },
    {
      name: 'default',
      action: 'default',
      upstream: 'oc',
      files: ({ work }) => ({
        '.gemini/.env': { text: environment, mode: 0o600 },
        '.gemini/settings.json': { text: settings },
        '.gemini/trustedFolders.json': { text: trusted(work), mode: 0o600 },
      }),
      rewrites: async () => [['mcp', 'add', '-s', 'user', 'probe', 'true']],
      prompt: () => ['-p', question],
      leaves: () => ({
        '.gemini/settings.json': {
          mode: 0o640,
          data: {
            security: { auth: { selectedType: 'oauth-personal' } },
            ui: { theme: 'Dracula' },
            privacy: { usageStatisticsEnabled: false },
            general: { enableAutoUpdate: false },
            mcpServers: { probe: { command: 'true', args: [] } },
          },
          includes: '// signed in',
        },
      }),
    },
    {
      name: 'launch',
      action: 'launch',
      upstream: 'or',
      // Its settings win over the environment, and without a way to sign in there it asks for one.
      files: () => ({
        '.gemini/.env': { text: environment, mode: 0o600 },
        '.gemini/settings.json': { text: settings.replace('oauth-personal', 'gemini-api-key') },
      }),
      prompt: () => ['--skip-trust', '-p', question],
    },
  ],
}
