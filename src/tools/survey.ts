// Reads what a tool has: whether it is there, its documents as data, and what stands in the way. Writes nothing.
import { type Sentence, say } from '../core/sentence.ts'
import { readDocument, valueAt } from './edit/document.ts'
import { MalformedText } from './edit/format.ts'
import { type FileContent, FileTrouble, readContent, textOf } from './files.ts'
import { findProgram, isThere, type Place } from './place.ts'
import type { FoundDocument, ToolDefinition, ToolDocument } from './tool.ts'

/** Why a tool can't be set up: a file that is malformed or can't be read, or a rule of the tool. */
export interface ToolProblem {
  readonly kind: 'malformed' | 'unreadable' | 'unsupported'
  readonly says: Sentence
  readonly path?: string
  readonly line?: number
  readonly column?: number
}

export interface LoadedDocument extends FoundDocument {
  readonly document: ToolDocument
  readonly content: FileContent
  readonly text: string
}

export interface Presence {
  readonly isFound: boolean
  /** Full path of its command. */
  readonly program?: string
  readonly extension?: { readonly id: string; readonly version: string }
  /** Its folders and files that are there. */
  readonly traces: readonly string[]
}

/** Looks for a tool's command, its editor extension, and what it leaves in the home folder. */
export async function findTool(tool: ToolDefinition, place: Place): Promise<Presence> {
  const program = tool.program === undefined ? undefined : await findProgram(place, tool.program)
  const extension = (tool.extensions ?? [])
    .map((id) => ({ id, version: place.extensionVersion(id) }))
    .find((each): each is { id: string; version: string } => each.version !== undefined)
  const traces: string[] = []
  for (const path of tool.traces?.(place) ?? []) if (await isThere(path)) traces.push(path)
  return {
    isFound: program !== undefined || extension !== undefined || traces.length > 0,
    ...(program === undefined ? {} : { program }),
    ...(extension ? { extension } : {}),
    traces,
  }
}

/** Reads every document of a tool. Throws Problem at the first that can't be. */
export async function loadDocuments(tool: ToolDefinition, place: Place): Promise<Record<string, LoadedDocument>> {
  const loaded: Record<string, LoadedDocument> = {}
  for (const [name, document] of Object.entries(tool.documents?.(place) ?? {})) {
    loaded[name] = await loadDocument(document)
  }
  return loaded
}

async function loadDocument(document: ToolDocument): Promise<LoadedDocument> {
  const found: LoadedDocument[] = []
  for (const path of document.paths) {
    const each = await loadFile(document, path)
    if (each.isThere) found.push(each)
  }
  const preferred = (document.prefers ?? [])
    .map((keys) => found.find(({ data }) => valueAt(data, keys) !== undefined))
    .find((each) => each !== undefined)
  return preferred ?? found[0] ?? (await loadFile(document, document.paths[0] ?? ''))
}

async function loadFile(document: ToolDocument, path: string): Promise<LoadedDocument> {
  const content = await readContent(path)
  const text = textOf(content)
  const data = readDocument(document.format, text, path)
  const objection = content.bytes && text.trim() !== '' ? document.check?.(data) : undefined
  if (objection !== undefined) throw new FileTrouble(path, objection)
  return { document, content, text, path, isThere: content.bytes !== undefined, data }
}

/** An error of reading as something to tell; any other error is thrown on. */
export function toProblem(error: unknown): ToolProblem {
  if (error instanceof MalformedText) {
    const { line, column, path } = error
    // What the parser says may quote the file, and there are secrets in it.
    const says = say('It breaks the rules of its format at line {0}, column {1}.', line, column)
    return { kind: 'malformed', says, line, column, ...(path === undefined ? {} : { path }) }
  }
  if (error instanceof FileTrouble) return { kind: 'unreadable', says: error.reason, path: error.path }
  throw error
}
