// What OpenCode and Kilo Code share: a configuration as people have it, and the check by the tool itself.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import JSON5 from 'json5'
import * as z from 'zod'
import type { Setting } from './real-tool.ts'

const configuration = z.object({
  model: z.string().optional(),
  provider: z.looseObject({ omniroute: z.looseObject({ options: z.looseObject({ apiKey: z.string() }) }) }),
})

export function openCodeConfig(schema: string): string {
  return `{
\t// my models
\t"$schema": "${schema}",
\t"provider": {
\t\t"lmstudio": { "npm": "@ai-sdk/openai-compatible", "options": {"baseURL": "http://127.0.0.1:1234/v1"} }, // local
\t},
\t"model": "lmstudio/qwen", /* favourite */
}
`
}

/** The tool makes of the file exactly what stands in it. OpenCode doesn't show the key, Kilo Code does. */
export async function checkResolved({ home, run }: Setting, file: string): Promise<void> {
  const folder = basename(file, '.jsonc')
  const written = configuration.parse(JSON5.parse(await readFile(join(home, '.config', folder, file), 'utf8')))
  const { code, output } = await run(['debug', 'config'])
  assert.equal(code, 0, output)
  const resolved = configuration.parse(JSON.parse(output.slice(output.indexOf('{'), output.lastIndexOf('}') + 1)))
  const { omniroute } = resolved.provider
  const { apiKey } = written.provider.omniroute.options
  assert.ok([apiKey, '***'].includes(omniroute.options.apiKey))
  omniroute.options.apiKey = apiKey
  assert.deepEqual(omniroute, written.provider.omniroute)
  assert.equal(resolved.model, written.model)
}
