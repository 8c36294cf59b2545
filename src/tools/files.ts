// Reading and replacing one file of somebody else's: whole or not at all, with its mode and owner, through a symbolic link to what
// it points to. Whoever looks sees the old text or the new one.
import { createHash, randomBytes } from 'node:crypto'
import {
  type FileHandle,
  lstat,
  mkdir,
  open,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  rmdir,
  stat,
} from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { inEnglish, type Sentence, say } from '../core/sentence.ts'

export interface FileContent {
  /** As the tool names it. */
  readonly path: string
  /** Where it really is, behind symbolic links. */
  readonly target: string
  /** Absent if there is no such file. */
  readonly bytes?: Uint8Array
  readonly mode?: number
  /** Of the bytes; `absent` if there is no such file. */
  readonly hash: string
}

/** A file that can't be read or written, with the reason in words for a person. */
export class FileTrouble extends Error {
  override readonly name = 'FileTrouble'
  readonly path: string
  readonly reason: Sentence
  constructor(path: string, reason: Sentence) {
    super(inEnglish(reason))
    this.path = path
    this.reason = reason
  }
}

const absent = 'absent'
/** No configuration is this large; something else is in its place. */
const largest = 8 * 1024 * 1024

export function hashOf(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? absent : createHash('sha256').update(bytes).digest('hex')
}

export async function readContent(path: string): Promise<FileContent> {
  try {
    const target = await targetOf(path)
    const found = await stat(target).catch(ignoreMissing)
    if (!found) return { path, target, hash: absent }
    if (!found.isFile()) throw new FileTrouble(path, say('It is not a file.'))
    if (found.size > largest) throw new FileTrouble(path, say('It is too large for a configuration.'))
    const bytes = await readFile(target)
    return { path, target, bytes, mode: found.mode & 0o777, hash: hashOf(bytes) }
  } catch (error) {
    throw toTrouble(path, error)
  }
}

/** UTF-8, with its byte order mark if it has one. */
export function textOf(content: FileContent): string {
  if (!content.bytes) return ''
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content.bytes)
  } catch {
    throw new FileTrouble(content.path, say('It is not UTF-8 text.'))
  }
}

/** Says what would stand in the way of replacing the file. */
export function refuseReadOnly(content: FileContent): void {
  if (content.mode !== undefined && (content.mode & 0o222) === 0)
    throw new FileTrouble(content.path, say('It is read-only. Make it writable if OmniRoute is to change it.'))
}

/** Puts bytes in place of a file and returns the folders that had to be made for it, outermost first. */
export async function replaceContent(content: FileContent, bytes: Uint8Array, mode: number): Promise<string[]> {
  const { target } = content
  const folder = dirname(target)
  const temporary = join(folder, `.${basename(target)}.omniroute-${randomBytes(6).toString('hex')}`)
  try {
    const folders = await makeFolders(folder)
    const owner = await stat(target).catch(ignoreMissing)
    const handle = await open(temporary, 'wx', mode)
    try {
      await handle.chmod(mode)
      if (owner) await keepOwner(handle, owner)
      await handle.writeFile(bytes)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await renamePatiently(temporary, target)
    await syncFolder(folder)
    return folders
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw toTrouble(content.path, error)
  }
}

export async function removeContent(content: FileContent): Promise<void> {
  try {
    await rm(content.target, { force: true })
  } catch (error) {
    throw toTrouble(content.path, error)
  }
}

/** Deletes those of the folders that are empty, the innermost first, and returns the others. */
export async function removeFolders(folders: Iterable<string>): Promise<string[]> {
  const kept: string[] = []
  for (const folder of [...new Set(folders)].sort((a, b) => b.length - a.length)) {
    const isGone = await rmdir(folder).then(
      () => true,
      (error) => codeOf(error) === 'ENOENT',
    )
    if (!isGone) kept.unshift(folder)
  }
  return kept
}

/** Where writing goes: a link is followed, also one that points to nothing yet. */
async function targetOf(path: string): Promise<string> {
  const resolved = await realpath(path).catch(ignoreMissing)
  if (resolved !== undefined) return resolved
  const link = await lstat(path).catch(ignoreMissing)
  return link?.isSymbolicLink() ? resolve(dirname(path), await readlink(path)) : path
}

async function makeFolders(folder: string): Promise<string[]> {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 })
  if (first === undefined) return []
  const made: string[] = []
  for (let each = resolve(folder); each.length >= resolve(first).length; each = dirname(each)) made.unshift(each)
  return made
}

async function keepOwner(handle: FileHandle, owner: { readonly uid: number; readonly gid: number }): Promise<void> {
  const own = await handle.stat()
  if (own.uid === owner.uid && own.gid === owner.gid) return
  // Only an administrator may give files away; the file is then the writer's, as with most editors.
  await handle.chown(owner.uid, owner.gid).catch(() => undefined)
}

/** On Windows the tool or a virus scanner may hold the file open for a moment. */
async function renamePatiently(from: string, to: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await rename(from, to)
    } catch (error) {
      if (process.platform !== 'win32' || attempt >= 5) throw error
      await new Promise((done) => setTimeout(done, 20 * 2 ** attempt))
    }
  }
}

async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function ignoreMissing(error: unknown): undefined {
  if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined
  throw error
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}

const reasons: Readonly<Record<string, Sentence>> = {
  EACCES: say('The operating system does not allow it.'),
  EPERM: say('The operating system does not allow it.'),
  EROFS: say('The disk is read-only.'),
  ENOSPC: say('The disk is full.'),
  EISDIR: say('It is a folder.'),
  ELOOP: say('Its symbolic links lead in a circle.'),
  EBUSY: say('Another program is using it.'),
  ENOTDIR: say('A file stands where its folder should be.'),
  EEXIST: say('A file stands where its folder should be.'),
}

function toTrouble(path: string, error: unknown): FileTrouble {
  if (error instanceof FileTrouble) return error
  const known = reasons[codeOf(error) ?? '']
  return new FileTrouble(
    path,
    known ?? say('The operating system says: {0}', error instanceof Error ? error.message : String(error)),
  )
}
