// Continue's command line tool. Of the files in its folder it reads config.yaml alone; a block file of ours is a configuration, too, when
// it is named. The schemas are in a package of Continue's.
import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { question, type RealTool } from './real-tool.ts'

const config = `%YAML 1.2
---
name: Mine # me
version: 0.0.1
schema: v1

defaults: &d
  temperature: 0.1
models:
    - name: Sonnet # best
      provider: anthropic
      model: claude-sonnet-4-5
      defaultCompletionOptions: *d
    # unused
    - { name: Local, provider: ollama, model: qwen }

rules:
  - Be brief
`

const parseByContinue = `
import { readFileSync } from 'node:fs'
const [packageFile, ...files] = process.argv.slice(1)
const { parseConfigYaml, parseBlock, validateConfigYaml, blockSchema } = await import(packageFile)
for (const file of files) {
  const text = readFileSync(file, 'utf8')
  if (!file.endsWith('config.yaml')) blockSchema.parse(parseBlock(text))
  const wrong = validateConfigYaml(parseConfigYaml(text))
  if (wrong?.length > 0) throw new Error(JSON.stringify(wrong))
}
console.log('right: ' + files.length)
process.exit(0)`

export const continueCli: RealTool = {
  id: 'continue',
  title: 'Continue',
  wire: 'openai-chat',
  environment: () => ({ CONTINUE_CLI_ENABLE_TELEMETRY: '0', CONTINUE_TELEMETRY_ENABLED: '0' }),
  writes: [
    '.continue/.utils/**',
    '.continue/index',
    '.continue/logs/cn.log',
    '.continue/permissions.yaml',
    '.continue/sessions/*.json',
  ],
  async validate({ home, modules, run }) {
    const parser = pathToFileURL(join(modules, '@continuedev', 'config-yaml', 'dist', 'index.js')).href
    const folder = join(home, '.continue')
    const found = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.yaml'))
    const files = found.map((name) => join(folder, name))
    const { code, output } = await run(
      ['--input-type=module', '--eval', parseByContinue, parser, ...files],
      process.execPath,
    )
    assert.equal(code, 0, output)
    assert.match(output, new RegExp(`right: ${files.length}`))
  },
  scenes: [
    {
      name: 'add',
      action: 'add',
      upstream: 'or',
      prompt: ({ home }) => [
        '--config',
        join(home, '.continue', 'models', 'omniroute-or-continue-add.yaml'),
        '-p',
        question,
      ],
    },
    {
      name: 'default',
      action: 'default',
      upstream: 'am',
      files: () => ({ '.continue/config.yaml': { text: config } }),
      prompt: () => ['-p', question],
    },
  ],
}
