// Setting tools up, the whole of it: look, preview, apply, take back. One thing at a time; what was looked at is what is written, or
// nothing is. The place, the journal and the time are handed in.
import { say } from '../core/sentence.ts'
import { type ApplyResult, applyPreviews, applyTakeBack } from './apply.ts'
import type { Endpoint } from './endpoint.ts'
import { readContent, textOf } from './files.ts'
import type { JournalFile, ToolJournal } from './journal.ts'
import { isThere, joinAt, type Place } from './place.ts'
import { areMade, type FilePreview, previewChanges, type Wanted } from './preview.ts'
import { findTool, type LoadedDocument, loadDocuments, type Presence, type ToolProblem, toProblem } from './survey.ts'
import { type FileTakeBack, isStillOurs, previewTakeBack } from './take-back.ts'
import type { ToolAction, ToolDefinition, ToolNote } from './tool.ts'

/** Runs one piece of work after the other. */
export type Turns = <T>(work: () => Promise<T>) => Promise<T>

export interface ToolSetupOptions {
  readonly tools: readonly ToolDefinition[]
  readonly place: Place
  readonly journal: ToolJournal
  readonly now: () => number
  /** Shared by all that write the same journal. */
  readonly inTurn?: Turns
}

/**
 * How an action stands: `configured` as it would be written now; `outdated` ours, but something has changed on our side;
 * `changed` ours, and someone else has written over it; `foreign` set up for the gateway by someone else; `absent` not at all.
 */
export type ActionState = 'absent' | 'configured' | 'outdated' | 'changed' | 'foreign'

export interface ToolReport {
  readonly tool: ToolDefinition
  readonly presence: Presence
  readonly states: Partial<Record<ToolAction, ActionState>>
  /** Why nothing can be done now. */
  readonly problem?: ToolProblem
  /** Its documents, as full paths. */
  readonly paths: readonly string[]
  /** The actions that something in its files is of, to be taken back. */
  readonly ours: readonly ToolAction[]
}

export type Preview =
  | {
      readonly kind: 'preview'
      readonly tool: string
      readonly action: ToolAction
      /** Empty if all is as it should be. */
      readonly files: readonly FilePreview[]
      readonly notes: readonly ToolNote[]
    }
  | { readonly kind: 'problem'; readonly problem: ToolProblem }

export type TakeBackPreview =
  | { readonly kind: 'preview'; readonly tool: string; readonly files: readonly FileTakeBack[] }
  | { readonly kind: 'problem'; readonly problem: ToolProblem }

export interface ToolSetup {
  readonly inspect: (tool: string, endpoint: Endpoint) => Promise<ToolReport>
  readonly preview: (tool: string, action: ToolAction, endpoint: Endpoint) => Promise<Preview>
  readonly apply: (preview: Preview) => Promise<ApplyResult>
  /** Without an action, all of the tool's. Taking `add` back takes `default` along, which needs it. */
  readonly previewTakeBack: (tool: string, action?: ToolAction) => Promise<TakeBackPreview>
  readonly takeBack: (preview: TakeBackPreview) => Promise<ApplyResult>
  /** Every file that something of ours is in, of any tool; also of those that are gone. */
  readonly changedFiles: () => Promise<readonly JournalFile[]>
}

export function createToolSetup(options: ToolSetupOptions): ToolSetup {
  const { tools, place, journal, now } = options
  const { inTurn = createTurns() } = options

  function find(id: string): ToolDefinition {
    const tool = tools.find((each) => each.id === id)
    if (!tool) throw new Error(`there is no tool "${id}"`)
    return tool
  }

  function factsOf(endpoint: Endpoint, documents: Readonly<Record<string, LoadedDocument>>) {
    return { endpoint, place, documents, now: now() }
  }

  async function preview(tool: ToolDefinition, action: ToolAction, endpoint: Endpoint): Promise<Preview> {
    const documents = await loadDocuments(tool, place)
    const facts = factsOf(endpoint, documents)
    const refusal = tool.refusal?.(facts)
    if (refusal !== undefined) return { kind: 'problem', problem: { kind: 'unsupported', says: refusal } }
    const wanted: Wanted[] = withNeeded(tool, action).map((each) => ({
      action: each,
      changes: tool.changes?.(each, facts) ?? [],
    }))
    const files = await previewChanges(tool, wanted, documents, await journal.read(), now())
    const notes = [...(tool.notes?.(action, facts) ?? []), ...(await overrideNotes(tool, place))]
    return { kind: 'preview', tool: tool.id, action, files, notes }
  }

  async function stateOf(
    tool: ToolDefinition,
    action: ToolAction,
    endpoint: Endpoint,
    documents: Readonly<Record<string, LoadedDocument>>,
    known: readonly JournalFile[],
  ): Promise<ActionState> {
    const wanted = tool.changes?.(action, factsOf(endpoint, documents)) ?? []
    const own = new Map<string, string>()
    for (const each of wanted) {
      if (!('path' in each)) continue
      const content = await readContent(each.path)
      if (content.bytes) own.set(each.path, textOf(content))
    }
    if (areMade(wanted, documents, own)) return 'configured'
    let ours = 0
    let changed = 0
    for (const file of known) {
      const records = file.records.filter((record) => record.tool === tool.id && record.action === action)
      if (records.length === 0) continue
      const content = await readContent(file.path)
      for (const record of records) isStillOurs(record, content, file.format) ? ours++ : changed++
    }
    if (changed > 0) return 'changed'
    if (ours > 0) return 'outdated'
    // What is of another action of ours is nobody else's.
    if (known.some((file) => file.records.some((record) => record.tool === tool.id))) return 'absent'
    const texts = [...own.values(), ...Object.values(documents).map(({ text }) => text)]
    const origins = [endpoint.origin, endpoint.origin.replace('127.0.0.1', 'localhost')]
    return texts.some((text) => origins.some((origin) => text.includes(origin))) ? 'foreign' : 'absent'
  }

  async function inspect(tool: ToolDefinition, endpoint: Endpoint): Promise<ToolReport> {
    const presence = await findTool(tool, place)
    const paths = Object.values(tool.documents?.(place) ?? {}).map((document) => document.paths[0] ?? '')
    let base: ToolReport = { tool, presence, ours: [], paths, states: {} }
    try {
      const known = await journal.read()
      const records = known.flatMap((file) => file.records).filter((record) => record.tool === tool.id)
      base = { ...base, ours: tool.actions.filter((action) => records.some((record) => record.action === action)) }
      const documents = await loadDocuments(tool, place)
      const states: Partial<Record<ToolAction, ActionState>> = {}
      const found = { ...base, paths: Object.values(documents).map(({ path }) => path) }
      const refusal = tool.refusal?.(factsOf(endpoint, documents))
      if (refusal !== undefined) return { ...found, problem: { kind: 'unsupported', says: refusal } }
      if (tool.means !== 'files') return found
      for (const action of tool.actions) states[action] = await stateOf(tool, action, endpoint, documents, known)
      // A default that points to models which aren't ours is none.
      if (states.default === 'configured' && states.add !== undefined) states.default = states.add
      return { ...found, states }
    } catch (error) {
      return { ...base, problem: toProblem(error) }
    }
  }

  return {
    inspect: (tool, endpoint) => inTurn(() => inspect(find(tool), endpoint)),
    preview: (tool, action, endpoint) => inTurn(() => telling(() => preview(find(tool), action, endpoint))),
    apply: (shown) => inTurn(() => whenShown(shown, (files) => applyPreviews(files, journal))),
    previewTakeBack: (tool, action) =>
      inTurn(() =>
        telling(async () => {
          const actions: readonly ToolAction[] = action === 'default' ? ['default'] : ['add', 'default']
          return { kind: 'preview', tool, files: await previewTakeBack(tool, actions, journal) } as const
        }),
      ),
    takeBack: (shown) => inTurn(() => whenShown(shown, (files) => applyTakeBack(files, journal))),
    changedFiles: () => inTurn(() => journal.read()),
  }
}

/** Two writers of a journal at once would lose each other's entries. */
export function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const turn = last.then(work)
    last = turn.catch(() => undefined)
    return turn
  }
}

async function overrideNotes(tool: ToolDefinition, place: Place): Promise<ToolNote[]> {
  const notes: ToolNote[] = []
  for (const folder of place.workspaceFolders)
    for (const name of tool.overrides ?? []) {
      const path = joinAt(place, folder, name)
      if (await isThere(path))
        notes.push({ kind: 'warning', says: say('{0} wins over this wherever it says something else.', path) })
    }
  return notes
}

/** Being the default needs our models to be there. */
function withNeeded(tool: ToolDefinition, action: ToolAction): readonly ToolAction[] {
  return action === 'default' && tool.actions.includes('add') ? ['add', 'default'] : [action]
}

async function telling<T>(work: () => Promise<T>): Promise<T | { kind: 'problem'; problem: ToolProblem }> {
  try {
    return await work()
  } catch (error) {
    return { kind: 'problem', problem: toProblem(error) }
  }
}

async function whenShown<T>(
  shown: { readonly kind: 'preview'; readonly files: readonly T[] } | { kind: 'problem'; problem: ToolProblem },
  work: (files: readonly T[]) => Promise<ApplyResult>,
): Promise<ApplyResult> {
  if (shown.kind === 'problem') return { kind: 'failed', path: shown.problem.path ?? '', reason: shown.problem.says }
  try {
    return await work(shown.files)
  } catch (error) {
    const { path = '', says } = toProblem(error)
    return { kind: 'failed', path, reason: says }
  }
}
