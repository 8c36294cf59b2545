// The coding tools of the matrix: how each is set up in an empty home, what it is asked, and what it must have done with real files.
// All run their own tools: the fake upstream asks for them by the names each tool gives them.
import assert from 'node:assert/strict'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ScriptInput } from '../../fakes/script.ts'
import type { ClientName } from '../provision.mjs'

export const madeText = 'Made by the tool: "Grüße" 漢字 \\n 🙂'
export const noteText = 'The note says 4711.'
const dot = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

/** Where one run lives: nothing of it touches the real home. */
export interface Setting {
  readonly home: string
  readonly work: string
  readonly url: string
  readonly key: string
  /** The name under which the gateway knows the model. */
  readonly model: string
}

export interface Program {
  readonly name: Exclude<ClientName, 'ai'>
  readonly title: string
  prepare(setting: Setting): Promise<void>
  readonly environment: (setting: Setting) => Readonly<Record<string, string>>
  readonly arguments: (setting: Setting) => readonly string[]
  /** How the model behaves, request by request. */
  readonly scripts: (setting: Setting) => ScriptInput[]
  /** What the last answer must have been made of: the result of the last tool. */
  readonly lastWords: RegExp
  /** Whether a picture was read and had to reach the upstream. */
  readonly sendsPicture: boolean
}

function calling(tool: string, input: object): ScriptInput {
  return { answer: 'tool', tool, arguments: JSON.stringify(input) }
}

const codex: Program = {
  name: 'codex',
  title: 'codex exec',
  async prepare({ home, url, model }) {
    const lines = [
      `model = ${JSON.stringify(model)}`,
      'model_provider = "gateway"',
      'model_context_window = 100000',
      '[model_providers.gateway]',
      'name = "gateway"',
      `base_url = "${url}/v1"`,
      'env_key = "GATEWAY_KEY"',
      'wire_api = "responses"',
    ]
    await mkdir(join(home, '.codex'))
    await writeFile(join(home, '.codex', 'config.toml'), `${lines.join('\n')}\n`)
  },
  environment: ({ home, key }) => ({ CODEX_HOME: join(home, '.codex'), GATEWAY_KEY: key }),
  arguments: () => [
    'exec',
    '--skip-git-repo-check',
    '--dangerously-bypass-approvals-and-sandbox',
    'Make the file, look at the picture and read the note.',
  ],
  scripts: ({ work }) => [
    calling('exec_command', { cmd: `cat > made.txt <<'END'\n${madeText}\nEND` }),
    calling('view_image', { path: join(work, 'dot.png') }),
    calling('exec_command', { cmd: 'cat note.txt' }),
    { answer: 'loop' },
  ],
  lastWords: /The tool said: .*The note says 4711/s,
  sendsPicture: true,
}

const claudeCode: Program = {
  name: 'claude-code',
  title: 'claude -p',
  prepare: async () => undefined,
  environment: ({ url, key, model }) => ({
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_AUTH_TOKEN: key,
    ANTHROPIC_MODEL: model,
    ANTHROPIC_DEFAULT_HAIKU_MODEL: model,
    CLAUDE_CODE_MAX_CONTEXT_TOKENS: '100000',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_AUTOUPDATER: '1',
  }),
  arguments: () => [
    '-p',
    '--output-format',
    'json',
    '--permission-mode',
    'acceptEdits',
    'Make the file, look at the picture and read the note.',
  ],
  scripts: ({ work }) => [
    calling('Write', { file_path: join(work, 'made.txt'), content: `${madeText}\n` }),
    calling('Read', { file_path: join(work, 'dot.png') }),
    { ...calling('Read', { file_path: join(work, 'note.txt') }), reasoning: 2 },
    { answer: 'loop' },
  ],
  lastWords: /"result":"The tool said: .*The note says 4711/s,
  sendsPicture: true,
}

const opencode: Program = {
  name: 'opencode',
  title: 'opencode run',
  async prepare({ home, url, key, model }) {
    const served = { name: model, tool_call: true, limit: { context: 128_000, output: 8192 } }
    const options = { baseURL: `${url}/v1`, apiKey: key }
    const provider = { npm: '@ai-sdk/openai-compatible', name: 'gateway', options, models: { [model]: served } }
    const config = { provider: { gateway: provider }, model: `gateway/${model}`, small_model: `gateway/${model}` }
    const folder = join(home, '.config', 'opencode')
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'opencode.json'), JSON.stringify({ ...config, autoupdate: false, share: 'disabled' }))
  },
  environment: () => ({ OPENCODE_DISABLE_AUTOUPDATE: '1', OPENCODE_DISABLE_MODELS_FETCH: '1' }),
  arguments: ({ model }) => ['run', '-m', `gateway/${model}`, 'Make the file.'],
  // It asks for a title at the same time, so that requests cannot be told apart by their order.
  scripts: ({ work }) => [
    { ...calling('write', { filePath: join(work, 'made.txt'), content: `${madeText}\n` }), answer: 'loop' },
  ],
  lastWords: /The tool said: .*[Ww]rote file/s,
  sendsPicture: false,
}

export const programs: readonly Program[] = [codex, claudeCode, opencode]

/** The files that the run finds in its folder. */
export async function putFiles(work: string): Promise<void> {
  await writeFile(join(work, 'note.txt'), `${noteText}\n`)
  await writeFile(join(work, 'dot.png'), Buffer.from(dot, 'base64'))
}

export async function checkMade(work: string): Promise<void> {
  assert.equal(await readFile(join(work, 'made.txt'), 'utf8'), `${madeText}\n`)
}
