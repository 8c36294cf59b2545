// Gets the clients that `npm ci` does not bring: Vercel's `ai` with its providers and the coding tools, each in a folder of the
// test cache that is named by its version. Plain JavaScript, because it may run before anything is installed.
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cached, npmIn } from '../cache/install.mjs'

/** `scripts`: the package puts its own binary in place after it was installed. */
const clients = {
  ai: {
    version: '7.0.173',
    packages: [
      'ai@7.0.173',
      '@ai-sdk/openai@4.0.118',
      '@ai-sdk/anthropic@4.0.105',
      '@ai-sdk/google@4.0.121',
      '@ai-sdk/openai-compatible@3.0.92',
      'zod@4.4.3',
    ],
  },
  codex: { version: '0.169.0', packages: ['@openai/codex@0.169.0'], bin: 'codex' },
  'claude-code': {
    version: '2.1.330',
    packages: ['@anthropic-ai/claude-code@2.1.330'],
    scripts: '@anthropic-ai/claude-code',
    bin: 'claude',
  },
  opencode: { version: '1.18.33', packages: ['opencode-ai@1.18.33'], scripts: 'opencode-ai', bin: 'opencode' },
  'gemini-cli': { version: '0.61.0', packages: ['@google/gemini-cli@0.61.0'], bin: 'gemini' },
  cline: { version: '3.0.65', packages: ['cline@3.0.65'], scripts: 'cline', bin: 'cline' },
  continue: { version: '1.5.47', packages: ['@continuedev/cli@1.5.47', '@continuedev/config-yaml@1.42.0'], bin: 'cn' },
  // 7.8.1, the next, came without its binary for Linux.
  'kilo-code': { version: '7.7.7', packages: ['@kilocode/cli@7.7.7'], scripts: '@kilocode/cli', bin: 'kilo' },
  openclaw: { version: '2026.9.6', packages: ['openclaw@2026.9.6'], bin: 'openclaw' },
}

export const clientNames = Object.keys(clients)

/** The folder with the client's `node_modules`, installed now when it is not in the cache yet. */
export async function provisionClient(name, { node = process.execPath, progress = () => undefined } = {}) {
  const { version, packages, scripts } = clients[name]
  try {
    return await cached(`clients-${name}-${version}-${process.platform}-${process.arch}`, async (work) => {
      progress(`Client ${name}: installing ${version} from npm (once)`)
      await writeFile(join(work, 'package.json'), '{"private":true}\n')
      await npmIn(work, node, ['install', ...packages, '--ignore-scripts', '--save-exact'])
      if (scripts !== undefined) await npmIn(work, node, ['rebuild', scripts, '--foreground-scripts'])
    })
  } catch (error) {
    throw new Error(`The client ${packages[0]} could not be had from the npm registry: ${error.message}`, {
      cause: error,
    })
  }
}

/** The program of a client that is a command-line tool. */
export async function provisionProgram(name, options) {
  const folder = await provisionClient(name, options)
  const program = join(folder, 'node_modules', '.bin', clients[name].bin)
  if (!existsSync(program)) throw new Error(`The client ${name} has no program at ${program}.`)
  return program
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const name of clientNames) {
    const folder = await provisionClient(name, { progress: (line) => process.stderr.write(`${line}\n`) })
    process.stderr.write(`Client ${name}: ${folder}\n`)
  }
}
