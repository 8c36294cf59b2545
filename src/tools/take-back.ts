// What taking our changes back would do: whole files from their backups where nobody else has written since, else key by key,
// leaving what others have changed.
import { standingOf } from './changes.ts'
import { readDocument, valueAt } from './edit/document.ts'
import { type FileContent, hashOf, readContent, textOf } from './files.ts'
import { isUntouched, type JournalFile, type JournalRecord, type ToolJournal } from './journal.ts'
import { withPath } from './preview.ts'
import { takeBackRecords } from './records.ts'
import type { ToolAction } from './tool.ts'

export interface FileTakeBack {
  readonly path: string
  readonly before: string | undefined
  /** Undefined where the file is deleted, or isn't there anyway. */
  readonly after: string | undefined
  /** Byte for byte what was there before. */
  readonly isWhole: boolean
  /** Keys that someone else has changed since, which are therefore left; an empty one is the whole file. */
  readonly left: readonly string[]
  readonly content: FileContent
  readonly bytes: Uint8Array | undefined
  readonly mode: number
  /** What the journal holds for the file afterwards; undefined if nothing. */
  readonly journal: JournalFile | undefined
  readonly known: JournalFile
}

/** The files that would change when a tool's changes of these actions are taken back. */
export async function previewTakeBack(
  tool: string,
  actions: readonly ToolAction[],
  journal: ToolJournal,
): Promise<FileTakeBack[]> {
  const previews: FileTakeBack[] = []
  for (const known of await journal.read()) {
    const chosen = known.records.filter((record) => record.tool === tool && actions.includes(record.action))
    if (chosen.length > 0) previews.push(await takeBackFile(known, chosen, journal))
  }
  return previews
}

async function takeBackFile(
  known: JournalFile,
  chosen: readonly JournalRecord[],
  journal: ToolJournal,
): Promise<FileTakeBack> {
  const content = await readContent(known.path)
  const before = content.bytes ? textOf(content) : undefined
  const staying = known.records.filter((record) => !chosen.includes(record))
  const isAsLeft = isUntouched(known, content.hash)
  const base = { path: known.path, before, content, known, mode: content.mode ?? known.former?.mode ?? 0o600 }
  if (staying.length === 0 && isAsLeft) {
    if (!known.former)
      return { ...base, after: undefined, bytes: undefined, isWhole: true, left: [], journal: undefined }
    const bytes = await journal.fetch(known.former.backup)
    if (bytes) {
      const after = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
      return { ...base, mode: known.former.mode, after, bytes, isWhole: true, left: [], journal: undefined }
    }
  }
  if (before === undefined) {
    // Somebody has deleted the file, and what was ours with it.
    return { ...base, after: undefined, bytes: undefined, isWhole: false, left: [], journal: undefined }
  }
  const { format } = known
  if (format === undefined) {
    return { ...base, after: before, bytes: content.bytes, isWhole: false, left: [''], journal: undefined }
  }
  return withPath(known.path, () => {
    const result = takeBackRecords(format, before, chosen, staying)
    const isEmpty = staying.length === 0 && !known.former && isBare(result.text)
    const bytes = isEmpty ? undefined : Buffer.from(result.text)
    const remaining = { ...known, left: hashOf(bytes), onlyOurs: isAsLeft, records: result.staying }
    return {
      ...base,
      after: isEmpty ? undefined : result.text,
      bytes,
      isWhole: false,
      left: result.left.map(({ path }) => path.join('.')),
      journal: staying.length === 0 ? undefined : remaining,
    }
  })
}

/** Nothing but brackets and white space: what is left of a file that was made for us. */
function isBare(text: string): boolean {
  return /^\uFEFF?\s*(?:\{\s*\}\s*)?$/.test(text)
}

/** Whether a key that was ours still is, for what a tool's state is told by. */
export function isStillOurs(record: JournalRecord, content: FileContent, format: JournalFile['format']): boolean {
  const { change } = record
  if (change.kind === 'file') return content.hash === change.hash
  if (format === undefined || !content.bytes) return false
  const data = readDocument(format, textOf(content))
  if (change.kind === 'set' && change.isFrame) return valueAt(data, change.path) !== undefined
  return standingOf(data, change) === 'ours'
}
