// What a change of a tool's files would do: the texts before and after, and what the journal would hold. Nothing is written.
import { say } from '../core/sentence.ts'
import { type Change, isMade, makeChanges } from './changes.ts'
import { type DocumentFormat, readDocument } from './edit/document.ts'
import { MalformedText, NotEditable } from './edit/format.ts'
import { type FileContent, FileTrouble, hashOf, readContent, textOf } from './files.ts'
import { isUntouched, type JournalFile, type JournalRecord } from './journal.ts'
import { isFor, isSameKey, merge, takeBackRecords } from './records.ts'
import type { LoadedDocument } from './survey.ts'
import type { ToolAction, ToolDefinition, ToolDocument, WantedChange } from './tool.ts'

/** One file that would change. Texts may hold secrets: they are for the person's eyes only, in the editor's own diff. */
export interface FilePreview {
  readonly path: string
  /** Undefined where there is no file. */
  readonly before: string | undefined
  /** Undefined where the file would be deleted. */
  readonly after: string | undefined
  /** Undefined for files that are wholly ours. */
  readonly format: DocumentFormat | undefined
  /** Keys whose present value, not written by us, would be replaced. */
  readonly replaced: readonly string[]
  readonly content: FileContent
  readonly mode: number
  /** What the journal holds for the file afterwards; undefined if nothing. */
  readonly journal: JournalFile | undefined
}

export interface Wanted {
  readonly action: ToolAction
  readonly changes: readonly WantedChange[]
}

/** The state of one file while changes are gathered. */
interface Draft {
  readonly content: FileContent
  readonly path: string
  readonly format: DocumentFormat | undefined
  readonly before: string
  readonly mode: number
  readonly known: JournalFile | undefined
  after: string | undefined
  records: readonly JournalRecord[]
  readonly replaced: string[]
}

const ownerOnly = 0o600

/**
 * The files that the wanted changes would change. What was written for the same actions before and isn't wanted any more is taken
 * back along with it.
 */
export async function previewChanges(
  tool: ToolDefinition,
  wanted: readonly Wanted[],
  documents: Readonly<Record<string, LoadedDocument>>,
  journal: readonly JournalFile[],
  now: number,
): Promise<FilePreview[]> {
  const drafts = new Map<string, Draft>()
  for (const loaded of Object.values(documents)) drafts.set(loaded.path, documentDraft(loaded, journal))
  const actions = wanted.map(({ action }) => action)
  for (const known of journal) {
    const isConcerned = known.records.some((record) => record.tool === tool.id && actions.includes(record.action))
    if (isConcerned && !drafts.has(known.path)) drafts.set(known.path, await knownDraft(known))
  }
  for (const { action, changes } of wanted) {
    const byPath = new Map<string, (Change | string)[]>()
    for (const each of changes) {
      const path = 'path' in each ? each.path : documents[each.document]?.path
      if (path === undefined) throw new Error(`${tool.id} names a document that it doesn't have`)
      byPath.set(path, [...(byPath.get(path) ?? []), 'path' in each ? each.text : each.change])
    }
    for (const path of byPath.keys()) if (!drafts.has(path)) drafts.set(path, await ownDraft(path, journal))
    for (const draft of drafts.values()) gather(draft, tool.id, action, byPath.get(draft.path) ?? [], now)
  }
  return [...drafts.values()].filter(isChanged).map(toPreview)
}

function documentDraft({ content, text, path, document }: LoadedDocument, journal: readonly JournalFile[]): Draft {
  return draftOf(content, text, path, document, journal)
}

function draftOf(
  content: FileContent,
  text: string,
  path: string,
  document: ToolDocument | undefined,
  journal: readonly JournalFile[],
): Draft {
  const known = journal.find((each) => each.path === path)
  return {
    content,
    path,
    format: document?.format,
    before: text,
    mode: content.mode ?? document?.mode ?? ownerOnly,
    known,
    after: content.bytes ? text : undefined,
    records: known?.records ?? [],
    replaced: [],
  }
}

async function ownDraft(path: string, journal: readonly JournalFile[]): Promise<Draft> {
  const content = await readContent(path)
  return draftOf(content, textOf(content), path, undefined, journal)
}

async function knownDraft(known: JournalFile): Promise<Draft> {
  const draft = await ownDraft(known.path, [known])
  return { ...draft, format: known.format }
}

function gather(
  draft: Draft,
  tool: string,
  action: ToolAction,
  wanted: readonly (Change | string)[],
  now: number,
): void {
  const isOurs = (record: JournalRecord): boolean => record.tool === tool && record.action === action
  const own = wanted.find((each) => typeof each === 'string')
  const changes = wanted.filter((each) => typeof each !== 'string')
  const { format } = draft
  if (format === undefined) {
    gatherFile(draft, isOurs, own, { tool, action, at: now })
    return
  }
  withPath(draft.path, () => {
    dropStale(draft, isOurs, changes)
    const text = draft.after ?? ''
    const data = readDocument(format, text)
    const made = makeChanges(format, text, changes)
    if (made.records.length > 0) draft.after = made.text
    for (const change of made.records) {
      const earlier = draft.records.find((record) => isOurs(record) && isSameKey(record.change, change))
      const merged = earlier ? merge(earlier.change, change, data) : change
      if (!earlier && change.former !== undefined && change.kind !== 'exclude')
        draft.replaced.push(change.path.join('.'))
      const record: JournalRecord = { tool, action, at: now, change: merged }
      draft.records = [...draft.records.filter((each) => each !== earlier), record]
    }
  })
}

/** A file that is wholly ours: written as wanted, or deleted when it is wanted no more and still as we left it. */
function gatherFile(
  draft: Draft,
  isOurs: (record: JournalRecord) => boolean,
  text: string | undefined,
  by: Pick<JournalRecord, 'tool' | 'action' | 'at'>,
): void {
  const earlier = draft.records.find(isOurs)
  if (text === undefined) {
    if (earlier?.change.kind !== 'file') return
    if (draft.known?.former === undefined && draft.content.hash === earlier.change.hash) draft.after = undefined
    draft.records = draft.records.filter((each) => each !== earlier)
    return
  }
  if (draft.after === text) return
  if (draft.after !== undefined && !earlier) draft.replaced.push('')
  draft.after = text
  const change = { kind: 'file', hash: hashOf(Buffer.from(text)) } as const
  draft.records = [...draft.records.filter((each) => each !== earlier), { ...by, change }]
}

function dropStale(draft: Draft, isOurs: (record: JournalRecord) => boolean, changes: readonly Change[]): void {
  const stale = draft.records.filter(
    (record) => isOurs(record) && !changes.some((change) => isFor(record.change, change)),
  )
  if (stale.length === 0 || draft.format === undefined || draft.after === undefined) return
  const staying = draft.records.filter((record) => !stale.includes(record))
  const result = takeBackRecords(draft.format, draft.after, stale, staying)
  draft.after = result.text
  draft.records = result.staying
}

function isChanged(draft: Draft): boolean {
  const before = draft.content.bytes ? draft.before : undefined
  return draft.after !== before || draft.records.length !== (draft.known?.records.length ?? 0)
}

function toPreview(draft: Draft): FilePreview {
  const { path, content, mode, known, after, records, replaced, format } = draft
  const before = content.bytes ? draft.before : undefined
  const onlyOurs = known ? isUntouched(known, content.hash) : true
  const former = known ? known.former : undefined
  const journal: JournalFile | undefined =
    records.length === 0
      ? undefined
      : {
          path,
          ...(format === undefined ? {} : { format }),
          ...(former ? { former } : {}),
          left: hashOf(after === undefined ? undefined : Buffer.from(after)),
          onlyOurs,
          folders: known?.folders ?? [],
          records,
        }
  return { path, before, after, format, replaced, content, mode, journal }
}

/** Whether every change is there already. */
export function areMade(
  wanted: readonly WantedChange[],
  documents: Readonly<Record<string, LoadedDocument>>,
  files: ReadonlyMap<string, string>,
): boolean {
  return wanted.every((each) => {
    if ('path' in each) return files.get(each.path) === each.text
    const data = documents[each.document]?.data
    return data !== undefined && isMade(data, each.change)
  })
}

/** Names the file in an error about its text. */
export function withPath<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof MalformedText) error.path ??= path
    if (error instanceof NotEditable) {
      throw new FileTrouble(path, say('OmniRoute can’t change it without rewriting what is yours: {0}.', error.message))
    }
    throw error
  }
}
