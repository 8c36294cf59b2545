// Where the data of an extension lies that is no more, as far as its own place tells: VS Code names it to nobody by then.
import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isThere } from './place.ts'

interface Machine {
  readonly platform: NodeJS.Platform
  readonly home: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** The folder of extensions in the home folder, and what the same editor calls its data. */
const editors: Readonly<Record<string, readonly string[]>> = {
  '.vscode': ['Code'],
  '.vscode-insiders': ['Code - Insiders'],
  '.vscode-exploration': ['Code - Exploration'],
  '.vscode-oss': ['VSCodium', 'Code - OSS'],
  '.vscodium-insiders': ['VSCodium - Insiders'],
  '.cursor': ['Cursor'],
  '.windsurf': ['Windsurf'],
  '.positron': ['Positron'],
}

/** The folders with a journal of changed tools; `extension` is the folder that the extension was installed in. */
export async function journalFolders(extension: string, machine: Machine): Promise<string[]> {
  const id = await identityOf(extension)
  if (id === undefined) return []
  const found: string[] = []
  for (const user of userFolders(dirname(dirname(extension)), machine)) {
    const folder = join(user, 'globalStorage', id, 'tools')
    if (await isThere(join(folder, 'journal.json'))) found.push(folder)
  }
  return found
}

/** The folders with users' data that belong to a folder which extensions lie in; those that don't exist, too. */
export function userFolders(base: string, { platform, home, environment }: Machine): string[] {
  const beside = [join(base, 'data', 'User'), join(base, 'user-data', 'User'), join(base, 'User')]
  const portable = environment['VSCODE_PORTABLE']
  const names = dirname(base) === home ? (editors[basename(base)] ?? []) : []
  const usual = names.map((name) => join(applicationData(platform, home, environment), name, 'User'))
  return [...beside, ...(portable ? [join(portable, 'user-data', 'User')] : []), ...usual]
}

function applicationData(platform: NodeJS.Platform, home: string, environment: Machine['environment']): string {
  const given = environment['VSCODE_APPDATA']
  if (given) return given
  if (platform === 'win32') return environment['APPDATA'] ?? join(home, 'AppData', 'Roaming')
  if (platform === 'darwin') return join(home, 'Library', 'Application Support')
  return environment['XDG_CONFIG_HOME'] ?? join(home, '.config')
}

async function identityOf(extension: string): Promise<string | undefined> {
  try {
    const manifest: unknown = JSON.parse(await readFile(join(extension, 'package.json'), 'utf8'))
    if (typeof manifest !== 'object' || manifest === null) return undefined
    const { publisher, name } = manifest as Readonly<Record<string, unknown>>
    return typeof publisher === 'string' && typeof name === 'string' ? `${publisher}.${name}`.toLowerCase() : undefined
  } catch {
    // Without its manifest it isn't where VS Code put it, and nothing is guessed.
    return undefined
  }
}
