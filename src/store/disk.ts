// File work of the store: names, durable creation and replacement of files, setting damaged ones aside. All asynchronous.
import { chmod, type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'

const filePattern = /^omniroute-(0|[1-9]\d{0,9})\.(sqlite|journal)$/
const temporarySuffix = '.new'

export interface StoredFiles {
  /** Generations of which there is a snapshot, newest first. */
  readonly snapshots: readonly number[]
  readonly journals: readonly number[]
}

export const snapshotName = (generation: number): string => `omniroute-${generation}.sqlite`
export const journalName = (generation: number): string => `omniroute-${generation}.journal`

export async function makePrivateDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
}

export async function listStoredFiles(directory: string): Promise<StoredFiles> {
  const snapshots: number[] = []
  const journals: number[] = []
  for (const name of await readdir(directory)) {
    const [, generation, kind] = filePattern.exec(name) ?? []
    if (generation !== undefined) (kind === 'sqlite' ? snapshots : journals).push(Number(generation))
  }
  return { snapshots: snapshots.sort((a, b) => b - a), journals: journals.sort((a, b) => b - a) }
}

/** Puts a complete, durable file in place: whoever looks sees the old one or the new one, also after a power cut. */
export async function replaceFile(path: string, ...parts: readonly Uint8Array[]): Promise<void> {
  const temporary = path + temporarySuffix
  const handle = await open(temporary, 'w', 0o600)
  try {
    await handle.chmod(0o600)
    let position = 0
    for (const part of parts) {
      await writeFully(handle, part, position)
      position += part.length
    }
    await handle.sync()
  } catch (error) {
    await handle.close()
    await rm(temporary, { force: true })
    throw error
  }
  await handle.close()
  await renamePatiently(temporary, path)
  await syncDirectory(dirname(path))
}

export async function writeFully(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0
  while (done < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done)
    if (bytesWritten === 0) throw new Error('nothing could be written')
    done += bytesWritten
  }
}

/** Makes creations and renames in a folder durable. Windows has no such call and needs none. */
export async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Deletes snapshots and journals older than a generation, and temporary files that a crash left. */
export async function removeOlder(directory: string, generation: number): Promise<void> {
  for (const name of await readdir(directory)) {
    const temporary = name.endsWith(temporarySuffix) && filePattern.test(name.slice(0, -temporarySuffix.length))
    const [, of] = filePattern.exec(name) ?? []
    if (temporary || (of !== undefined && Number(of) < generation)) await rm(join(directory, name), { force: true })
  }
}

/** The name under which a damaged file is kept. */
export function setAsideName(name: string, at: number): string {
  return `damaged-${new Date(at).toISOString().replace(/[:.]/g, '-')}-${name}`
}

export async function setAside(directory: string, name: string, at: number): Promise<void> {
  await rename(join(directory, name), join(directory, setAsideName(name, at)))
}

export async function restrictToOwner(path: string): Promise<void> {
  await chmod(path, 0o600)
}

/** On Windows a virus scanner may hold a fresh file open for a moment. */
async function renamePatiently(from: string, to: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await rename(from, to)
    } catch (error) {
      if (process.platform !== 'win32' || attempt >= 5) throw error
      await new Promise((resolve) => setTimeout(resolve, 20 * 2 ** attempt))
    }
  }
}
