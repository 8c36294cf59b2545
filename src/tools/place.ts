// The machine as tools see it: its home folder, environment and platform, handed in so that tests can be on any of them.
import { access, constants } from 'node:fs/promises'
import { posix, win32 } from 'node:path'

export interface Place {
  readonly platform: NodeJS.Platform
  /** Home folder of the machine that this program runs on; in a remote window the remote one, where its terminals are. */
  readonly home: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly workspaceFolders: readonly string[]
  /** Version of an installed VS Code extension. */
  readonly extensionVersion: (id: string) => string | undefined
}

export function joinAt(place: Place, ...parts: readonly string[]): string {
  return (place.platform === 'win32' ? win32 : posix).join(...parts)
}

/** A variable that is set to something. */
export function variable(place: Place, name: string): string | undefined {
  const value = place.environment[name]
  return value === undefined || value.trim() === '' ? undefined : value
}

/** Where programs of the XDG kind keep their configuration, on Windows below the home folder too. */
export function configHome(place: Place): string {
  return variable(place, 'XDG_CONFIG_HOME') ?? joinAt(place, place.home, '.config')
}

export async function isThere(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  )
}

/** The full path of a command, as a shell would find it. */
export async function findProgram(place: Place, name: string): Promise<string | undefined> {
  const onWindows = place.platform === 'win32'
  const folders = (variable(place, onWindows ? 'Path' : 'PATH') ?? variable(place, 'PATH') ?? '').split(
    onWindows ? ';' : ':',
  )
  const endings = onWindows ? ['.exe', '.cmd', '.bat', '.ps1'] : ['']
  for (const folder of folders) {
    if (folder === '') continue
    for (const ending of endings) {
      const path = joinAt(place, folder, name + ending)
      const isProgram = await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
      if (isProgram) return path
    }
  }
  return undefined
}
