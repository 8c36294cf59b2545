// Writes what was previewed: checks that no file has changed since, notes in the journal what will be done, and then does it.
// If one file can't be written, those before it are put back.
import { sep } from 'node:path'
import type { Sentence } from '../core/sentence.ts'
import {
  type FileContent,
  FileTrouble,
  readContent,
  refuseReadOnly,
  removeContent,
  removeFolders,
  replaceContent,
} from './files.ts'
import type { JournalFile, ToolJournal } from './journal.ts'
import type { FilePreview } from './preview.ts'
import type { FileTakeBack } from './take-back.ts'

export type ApplyResult =
  | { readonly kind: 'done'; readonly paths: readonly string[] }
  /** A file is not what the preview showed; look again. */
  | { readonly kind: 'changed'; readonly path: string }
  | { readonly kind: 'failed'; readonly path: string; readonly reason: Sentence }

interface Step {
  readonly content: FileContent
  /** Undefined deletes the file. */
  readonly bytes: Uint8Array | undefined
  readonly mode: number
  /** Folders that were made for the file, to go with it. */
  readonly folders: readonly string[]
  readonly journal: JournalFile | undefined
}

export async function applyPreviews(previews: readonly FilePreview[], journal: ToolJournal): Promise<ApplyResult> {
  const steps: Step[] = []
  const before = await journal.read()
  for (const { content, after, mode, journal: entry, path } of previews) {
    const known = before.find((each) => each.path === path)
    const isFirst = !known && content.bytes !== undefined
    const former = isFirst && content.bytes ? await journal.keep(content.bytes) : undefined
    steps.push({
      content,
      bytes: after === undefined ? undefined : Buffer.from(after),
      mode,
      folders: known?.folders ?? [],
      journal: entry && former ? { ...entry, former: { backup: former, mode } } : entry,
    })
  }
  return await perform(steps, journal, before)
}

export async function applyTakeBack(previews: readonly FileTakeBack[], journal: ToolJournal): Promise<ApplyResult> {
  const before = await journal.read()
  const steps = previews.map(({ content, bytes, mode, known, journal: entry }) => ({
    content,
    bytes,
    mode,
    folders: known.folders,
    journal: entry,
  }))
  const result = await perform(steps, journal, before)
  if (result.kind !== 'done') return result
  // A backup stays where something of the person's own could not be put back.
  const after = await journal.read()
  const needed = new Set(after.map(({ former }) => former?.backup))
  for (const { known, isWhole, left, after: text } of previews) {
    const isAllBack = isWhole || (left.length === 0 && text !== undefined)
    if (known.former && isAllBack && !needed.has(known.former.backup)) await journal.drop(known.former.backup)
  }
  return result
}

async function perform(
  steps: readonly Step[],
  journal: ToolJournal,
  before: readonly JournalFile[],
): Promise<ApplyResult> {
  const done: { readonly step: Step; readonly folders: readonly string[] }[] = []
  let isNoted = false
  try {
    for (const { content } of steps) {
      const now = await readContent(content.path)
      if (now.hash !== content.hash || now.target !== content.target) return { kind: 'changed', path: content.path }
      refuseReadOnly(now)
    }
    if (steps.length === 0) return { kind: 'done', paths: [] }
    // The journal first: after a crash it knows of more than was done, and never of less.
    isNoted = true
    await journal.write(merged(before, steps))
    for (const step of steps) done.push({ step, folders: await write(step) })
    const gone = steps.filter(({ bytes }) => bytes === undefined).flatMap(({ folders }) => folders)
    const made = new Map(done.map(({ step, folders }) => [step.content.path, folders]))
    const kept = await removeFolders(gone)
    await journal.write(inherited(merged(before, steps, made), kept))
    return { kind: 'done', paths: steps.map(({ content }) => content.path) }
  } catch (error) {
    if (!(error instanceof FileTrouble)) throw error
    for (const { step, folders } of done.reverse()) await putBack(step, folders)
    const failed = { kind: 'failed', path: error.path, reason: error.reason } as const
    // Should the disk refuse this too, the journal knows of more than was done, which does no harm.
    if (isNoted) await journal.write(before).catch(() => undefined)
    return failed
  }
}

async function write({ content, bytes, mode }: Step): Promise<readonly string[]> {
  if (bytes !== undefined) {
    if (content.bytes && Buffer.compare(content.bytes, bytes) === 0) return []
    return await replaceContent(content, bytes, mode)
  }
  if (content.bytes !== undefined) await removeContent(content)
  return []
}

async function putBack({ content, mode }: Step, folders: readonly string[]): Promise<void> {
  try {
    if (content.bytes) await replaceContent(content, content.bytes, content.mode ?? mode)
    else await removeContent(content)
    await removeFolders(folders)
  } catch (error) {
    // The first failure is told; a second of the same disk would add nothing.
    if (!(error instanceof FileTrouble)) throw error
  }
}

/** A folder that we made and that other files of ours are still in goes with the last of them. */
function inherited(files: readonly JournalFile[], folders: readonly string[]): JournalFile[] {
  const result = [...files]
  for (const folder of folders) {
    const index = result.findIndex(({ path }) => path.startsWith(folder + sep))
    const heir = result[index]
    if (heir && !heir.folders.includes(folder)) result[index] = { ...heir, folders: [...heir.folders, folder] }
  }
  return result
}

function merged(
  before: readonly JournalFile[],
  steps: readonly Step[],
  made: ReadonlyMap<string, readonly string[]> = new Map(),
): JournalFile[] {
  const changed = new Set(steps.map(({ content }) => content.path))
  const entries = steps.flatMap(({ journal, content }) => {
    if (!journal) return []
    const folders = made.get(content.path) ?? []
    return [folders.length > 0 ? { ...journal, folders: [...folders] } : journal]
  })
  return [...before.filter(({ path }) => !changed.has(path)), ...entries]
}
