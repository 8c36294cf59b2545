// Codex. With `--strict-config` it refuses a configuration with any key that it doesn't know.
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { question, type RealTool } from './real-tool.ts'

const config = `# Codex
model = "gpt-5-codex"  # the best
approval_policy = "on-request"
model_providers.local = { name = "Local", base_url = "http://127.0.0.1:1234/v1" }

[analytics]
enabled = false

[features]
plugins = false

[tui]
notifications = true

# trusted
[projects."/home/me/work"]
trust_level = "trusted"
`
const files = () => ({ '.codex/config.toml': { text: config } })
const exec = ['exec', '--strict-config', '--skip-git-repo-check']

export const codex: RealTool = {
  id: 'codex',
  title: 'Codex',
  wire: 'openai-responses',
  environment: () => ({}),
  writes: [
    '.codex/.sandbox_migration',
    '.codex/.tmp/**',
    '.codex/installation_id',
    '.codex/*.sqlite',
    '.codex/*.sqlite-*',
    '.codex/sessions/**',
    '.codex/shell_snapshots/*',
    '.codex/skills/.system/**',
    '.codex/thread-writer-locks/.coordination.lock',
    '.codex/tmp/**',
  ],
  /** That it takes ours is shown by the prompt; here, that it would not take just anything. */
  async validate({ home, aside, run }) {
    const text = await readFile(join(home, '.codex', 'omniroute.config.toml'), 'utf8')
    await writeFile(join(aside, 'config.toml'), `surprise = 1\n${text}`)
    const bad = await run(['-c', 'CODEX_HOME="$0" exec codex "$@"', aside, ...exec, question], '/bin/sh')
    assert.notEqual(bad.code, 0, bad.output)
    assert.match(bad.output, /surprise/)
  },
  scenes: [
    {
      name: 'add',
      action: 'add',
      upstream: 'am',
      files,
      prompt: () => [...exec, '--profile', 'omniroute', question],
    },
    {
      name: 'default',
      action: 'default',
      upstream: 'gg',
      files,
      rewrites: async () => [['mcp', 'add', 'probe', '--', 'true']],
      prompt: () => [...exec, question],
      leaves: () => ({
        '.codex/config.toml': {
          // Codex makes it the owner's alone when it writes.
          mode: 0o600,
          data: {
            model: 'gpt-5-codex',
            approval_policy: 'on-request',
            model_providers: { local: { name: 'Local', base_url: 'http://127.0.0.1:1234/v1' } },
            analytics: { enabled: false },
            features: { plugins: false },
            tui: { notifications: true },
            projects: { '/home/me/work': { trust_level: 'trusted' } },
            mcp_servers: { probe: { command: 'true' } },
          },
          includes: config,
        },
      }),
    },
    { name: 'launch', action: 'launch', upstream: 'oc', files, prompt: () => [...exec, question] },
  ],
}
