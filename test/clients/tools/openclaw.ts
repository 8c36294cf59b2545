// OpenClaw, whose `config validate` refuses a file with any key that it doesn't know.
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { question, type RealTool } from './real-tool.ts'

const models = { mode: 'replace', providers: { local: { baseUrl: 'http://127.0.0.1:1/v1', models: [] } } }
const meta = {
  migrations: { modelPolicyAllowlist: true, utilityModelSeparation: true },
  lastTouchedVersion: '2026.9.6',
}
const defaults = {
  workspace: '~/claw',
  model: { primary: 'anthropic/opus' },
  models: { 'anthropic/opus': { alias: 'o' } },
  modelPolicy: { allow: ['anthropic/opus'] },
}
/** With a remark, and commas that JSON doesn't allow. */
const config = `// OpenClaw\n{\n  agents: { defaults: ${JSON.stringify(defaults)}, },\n  models: ${JSON.stringify(models)},\n  meta: ${JSON.stringify(meta)},\n}\n`
const files = () => ({ '.openclaw/openclaw.json': { text: config, mode: 0o600 } })

export const openclaw: RealTool = {
  id: 'openclaw',
  title: 'OpenClaw',
  wire: 'openai-chat',
  environment: () => ({ OPENCLAW_NO_AUTO_UPDATE: '1' }),
  writes: [
    '.cache/openclaw',
    '.cache/openclaw-*/**',
    '.openclaw/agents/**',
    '.openclaw/config-journal-fingerprint.key',
    '.openclaw/openclaw.json.bak',
    '.openclaw/plugin-skills/*',
    '.openclaw/state/**',
    '.openclaw/tmp/**',
  ],
  async validate({ aside, run }) {
    const good = await run(['config', 'validate'])
    assert.equal(good.code, 0, good.output)
    const path = join(aside, 'bad.json5')
    await writeFile(path, `{ surprise: 1 }`)
    const bad = await run(['-c', 'OPENCLAW_CONFIG_PATH="$0" exec openclaw config validate', path], '/bin/sh')
    assert.notEqual(bad.code, 0, 'its check would let anything through')
  },
  scenes: [
    {
      name: 'add',
      action: 'add',
      upstream: 'or',
      prompt: ({ endpoint }) => ['agent', 'exec', '--model', `omniroute/${endpoint.model}`, question],
    },
    {
      name: 'default',
      action: 'default',
      upstream: 'gg',
      files,
      // It writes the file anew, as JSON without remarks.
      rewrites: async () => [['config', 'set', 'agents.defaults.thinkingDefault', 'low']],
      prompt: () => ['agent', 'exec', question],
      backups: ['.openclaw/openclaw.json.bak'],
      leaves: () => ({
        '.openclaw/openclaw.json': {
          mode: 0o600,
          data: { agents: { defaults: { ...defaults, thinkingDefault: 'low' } }, models, meta },
        },
      }),
    },
  ],
}
