// Claude Code, whose `doctor` names settings that it refuses. Without a terminal it ignores those, so that an answer from the gateway,
// whose address is nowhere but in them, is a proof, too.
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { question, type RealTool } from './real-tool.ts'

const settings = `{
    "permissions": { "allow": ["Bash(npm run *)"] },
    "env": {
        "ANTHROPIC_MODEL": "claude-opus-4-1",
        "FOO": "bar"
    },
    "hooks": {}
}
`
const files = () => ({ '.claude/settings.json': { text: settings } })
const complaint = /Invalid settings/
const prompt = () => ['-p', question]

export const claudeCode: RealTool = {
  id: 'claude-code',
  title: 'Claude Code',
  wire: 'anthropic-messages',
  environment: () => ({
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_AUTOUPDATER: '1',
    DISABLE_TELEMETRY: '1',
    DISABLE_ERROR_REPORTING: '1',
  }),
  writes: [
    '.claude.json',
    '.claude/backups/.claude.json.backup.*',
    '.claude/plugins/known_marketplaces.json',
    '.claude/plugins/marketplaces',
    '.claude/plugins/store/*.json',
    '.claude/projects/**',
    '.claude/sessions',
    // Its `doctor` asks npm where it is installed.
    '.npm/_logs/*.log',
  ],
  async validate({ aside, run }) {
    const good = await run(['doctor'])
    assert.match(good.output, /No installation issues found/)
    assert.doesNotMatch(good.output, complaint)
    await writeFile(join(aside, 'settings.json'), '{ "permissions": "x" }')
    const bad = await run(['-c', 'CLAUDE_CONFIG_DIR="$0" exec claude doctor', aside], '/bin/sh')
    assert.match(bad.output, complaint, 'its check would let anything through')
  },
  scenes: [
    { name: 'fresh', action: 'default', upstream: 'oc', prompt },
    {
      name: 'default',
      action: 'default',
      upstream: 'or',
      files,
      async rewrites({ work }) {
        const market = join(work, 'market')
        await mkdir(join(market, '.claude-plugin'), { recursive: true })
        const text = JSON.stringify({ name: 'market', owner: { name: 'me' }, plugins: [] })
        await writeFile(join(market, '.claude-plugin', 'marketplace.json'), text)
        return [['plugin', 'marketplace', 'add', './market']]
      },
      prompt,
      leaves: ({ work }) => ({
        '.claude/settings.json': {
          mode: 0o640,
          data: {
            permissions: { allow: ['Bash(npm run *)'] },
            env: { ANTHROPIC_MODEL: 'claude-opus-4-1', FOO: 'bar' },
            hooks: {},
            extraKnownMarketplaces: { market: { source: { source: 'directory', path: join(work, 'market') } } },
          },
        },
      }),
    },
    { name: 'launch', action: 'launch', upstream: 'gg', files, prompt },
  ],
}
