// Cline's command line tool. Every run writes its providers anew: it dates the one it used and notes the chosen model. Its own schema
// is in the package that it is made of.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { question, type RealTool } from './real-tool.ts'

const path = '.cline/data/settings/providers.json'
const entry = (settings: object): object => ({ settings, updatedAt: '2026-08-01T00:00:00.000Z', tokenSource: 'manual' })
const providers = {
  version: 1,
  lastUsedProvider: 'anthropic',
  modes: {},
  providers: {
    anthropic: entry({ provider: 'anthropic', apiKey: 'sk-ant-mine' }),
    'openai-compatible': entry({ provider: 'openai-compatible', apiKey: 'x', baseUrl: 'http://127.0.0.1:1234/v1' }),
  },
}
/** As Cline itself writes it, so that it is to be the same to the byte in the end. */
const asWritten = (data: object): string => `${JSON.stringify(data, undefined, 2)}\n`

const parseByCline = `
import { readFileSync } from 'node:fs'
const { StoredProviderSettingsSchema } = await import(process.argv[1])
process.stdout.write(JSON.stringify(StoredProviderSettingsSchema.parse(JSON.parse(readFileSync(process.argv[2], 'utf8')))))
process.exit(0)`

export const cline: RealTool = {
  id: 'cline',
  title: 'Cline',
  wire: 'openai-chat',
  environment({ aside }) {
    const settings = join(aside, 'cline-settings.json')
    writeFileSync(settings, JSON.stringify({ telemetryOptOut: true, autoUpdateEnabled: false }))
    return {
      CLINE_GLOBAL_SETTINGS_PATH: settings,
      CLINE_NO_AUTO_UPDATE: '1',
      // Without a service in the background, which would outlive the run.
      CLINE_SESSION_BACKEND_MODE: 'local',
    }
  },
  writes: [
    '.cline/cli-node-extra-ca-certs.pem',
    '.cline/data/cache/feature-flags.json',
    '.cline/data/db/*.db*',
    '.cline/data/logs/cline.log',
    '.cline/data/sessions/**',
  ],
  async validate({ home, modules, run }) {
    const schema = pathToFileURL(join(modules, '@cline', 'core', 'dist', 'index.js')).href
    const file = join(home, path)
    const words = ['--input-type=module', '--eval', parseByCline, schema, file]
    const { code, output } = await run(words, process.execPath)
    assert.equal(code, 0, output)
    assert.deepEqual(JSON.parse(output), JSON.parse(await readFile(file, 'utf8')), 'it leaves nothing out')
  },
  scenes: [
    {
      name: 'add',
      action: 'add',
      upstream: 'gg',
      prompt: ({ endpoint }) => ['-P', 'openai-compatible', '-m', endpoint.model, question],
      leaves: () => ({
        // What was chosen with -P is the person's choice; around it stays what Cline needs to read the file at all.
        [path]: {
          mode: 0o600,
          data: { version: 1, modes: {}, providers: {}, lastUsedProvider: 'openai-compatible' },
        },
      }),
    },
    {
      name: 'default',
      action: 'default',
      upstream: 'am',
      files: () => ({ [path]: { text: asWritten(providers), mode: 0o600 } }),
      prompt: () => [question],
    },
  ],
}
