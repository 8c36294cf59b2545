// Reports and previews as they are shown to people: plain data, without secrets.
import type { Sentence } from '../core/sentence.ts'
import type { WireId } from '../core/wire-format.ts'
import { type DocumentFormat, readDocument } from './edit/document.ts'
import { MalformedText } from './edit/format.ts'
import type { Endpoint } from './endpoint.ts'
import { hideKeys, type KeyChange, keyChanges } from './masks.ts'
import type { ActionState, ToolReport } from './setup.ts'
import type { Presence, ToolProblem } from './survey.ts'
import type { ToolAction, ToolDefinition } from './tool.ts'

/** How a tool stands as a whole; `not-found` only where nothing of ours is in its files. */
export type ToolState = ActionState | 'not-found' | 'by-hand' | 'problem'

export interface ToolView {
  readonly id: string
  readonly name: string
  readonly website: string
  readonly means: ToolDefinition['means']
  readonly wire: WireId
  readonly actions: readonly ToolAction[]
  readonly presence: Presence
  readonly paths: readonly string[]
  readonly state: ToolState
  readonly states: Partial<Record<ToolAction, ActionState>>
  readonly problem?: ToolProblem
  readonly ours: readonly ToolAction[]
  readonly canLaunch: boolean
  readonly instructions: readonly Sentence[]
  readonly checked: ToolDefinition['checked']
}

export interface FileView {
  readonly path: string
  readonly effect: 'made' | 'changed' | 'deleted' | 'kept'
  readonly keys: readonly KeyChange[]
  /** Of a file that is wholly ours. */
  readonly text?: string
  /** Keys with a value that isn't ours and that would be replaced. */
  readonly replaced: readonly string[]
  /** Keys that someone else has changed since, and that are therefore left as they are. */
  readonly left: readonly string[]
}

const longest = 8_000
const byWeight: readonly ActionState[] = ['changed', 'outdated', 'configured', 'foreign', 'absent']

export function viewTool(
  report: ToolReport,
  endpoint: Endpoint,
  profile: { readonly isAdded: boolean; readonly isActive: boolean } | undefined,
): ToolView {
  const { tool, presence, paths, ours, problem } = report
  const states = profile
    ? { add: stateOfProfile(profile.isAdded), default: stateOfProfile(profile.isAdded && profile.isActive) }
    : report.states
  return {
    id: tool.id,
    name: tool.name,
    website: tool.website,
    means: tool.means,
    wire: tool.wire,
    actions: tool.actions,
    presence,
    paths,
    state: summary({ ...report, states }),
    states,
    ...(problem ? { problem } : {}),
    ours: profile ? oursOfProfile(profile) : ours,
    canLaunch: tool.launch !== undefined,
    instructions: tool.instructions?.(endpoint) ?? [],
    checked: tool.checked,
  }
}

function oursOfProfile({ isAdded, isActive }: { isAdded: boolean; isActive: boolean }): readonly ToolAction[] {
  if (!isAdded) return []
  return isActive ? ['add', 'default'] : ['add']
}

function stateOfProfile(isThere: boolean): ActionState {
  return isThere ? 'configured' : 'absent'
}

function summary({ tool, presence, states, problem, ours }: ToolReport): ToolState {
  if (tool.means === 'by-hand') return presence.isFound ? 'by-hand' : 'not-found'
  if (problem && (presence.isFound || ours.length > 0)) return 'problem'
  const found = Object.values(states)
  const state = byWeight.find((each) => found.includes(each)) ?? 'absent'
  return state === 'absent' && !presence.isFound ? 'not-found' : state
}

/** A preview of an action or of a take-back. */
interface ChangedFile {
  readonly path: string
  readonly before: string | undefined
  readonly after: string | undefined
  readonly format: DocumentFormat | undefined
  readonly replaced?: readonly string[]
  readonly left?: readonly string[]
}

/** `isBack`: what would be put back is the person's own, and no text of it is shown. */
export function viewFile(file: ChangedFile, key: string, isBack: boolean): FileView {
  const { path, before, after, format, replaced = [], left = [] } = file
  const view = { path, effect: effectOf(before, after), replaced, left }
  if (view.effect === 'kept') return { ...view, keys: [] }
  if (format === undefined) {
    if (after === undefined || isBack) return { ...view, keys: [] }
    const text = hideKeys(after, key)
    return { ...view, keys: [], text: text.length > longest ? `${text.slice(0, longest)}…` : text }
  }
  return { ...view, keys: keyChanges(dataOf(format, before), dataOf(format, after), key) }
}

function effectOf(before: string | undefined, after: string | undefined): FileView['effect'] {
  if (before === after) return 'kept'
  if (before === undefined) return 'made'
  return after === undefined ? 'deleted' : 'changed'
}

/** A backup may be of a text that was malformed already; then there are no keys to speak of. */
function dataOf(format: DocumentFormat, text: string | undefined) {
  try {
    return text === undefined ? {} : readDocument(format, text)
  } catch (error) {
    if (error instanceof MalformedText) return {}
    throw error
  }
}
