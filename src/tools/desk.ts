// Where the gateway does what people ask about their tools: lists them, shows what would change, and applies exactly that, by its
// id. The only entry of the tools' bundle (src/tools/load.ts). What it gives away holds no secret, but for `texts`.
import { say } from '../core/sentence.ts'
import type { Endpoint } from './endpoint.ts'
import { holdThings } from './held.ts'
import { fileJournal, type JournalFile } from './journal.ts'
import { tools } from './known/registry.generated.ts'
import { commandLine, type Launch, type Shell } from './launch.ts'
import { hideKeys } from './masks.ts'
import type { Place } from './place.ts'
import { createToolSetup, createTurns, type Preview, type TakeBackPreview, type ToolSetup } from './setup.ts'
import type { ToolProblem } from './survey.ts'
import { listSetUpTools, takeBackAll } from './take-back-all.ts'
import type { EditorProfile, ToolAction, ToolDefinition, ToolNote } from './tool.ts'
import { type ProofRequest, proofRequest } from './verify.ts'
import { type FileView, type ToolView, viewFile, viewTool } from './views.ts'

/** What is left to do when the extension goes. */
export const atTheEnd = { listSetUpTools, takeBackAll }

export interface DeskOptions extends Pick<Place, 'platform' | 'home' | 'environment'> {
  /** For the journal and its backups. */
  readonly folder: string
  readonly now: () => number
}

/** What only the window that asks knows. */
export interface WindowFacts {
  readonly workspaceFolders: readonly string[]
  /** Versions of its extensions by id. */
  readonly extensions: Readonly<Record<string, string>>
  /** Tools that keep profiles which only the editor reaches, and whether ours is there and in use. */
  readonly profiles: Readonly<Record<string, { readonly isAdded: boolean; readonly isActive: boolean }>>
}

export type ShownPreview =
  | {
      readonly kind: 'preview'
      readonly id: string
      readonly tool: string
      readonly action?: ToolAction
      readonly files: readonly FileView[]
      readonly notes: readonly ToolNote[]
    }
  | { readonly kind: 'problem'; readonly problem: ToolProblem }

export interface Applied {
  readonly tool: string
  /** What the tool was told; absent when something was taken back. */
  readonly endpoint?: Endpoint
  readonly result: Awaited<ReturnType<ToolSetup['apply']>>
}

export interface FileText {
  readonly path: string
  readonly before?: string
  readonly after?: string
}

export interface ToolDesk {
  readonly list: (window: WindowFacts, endpointOf: (tool: string) => Endpoint) => Promise<readonly ToolView[]>
  readonly has: (tool: string) => boolean
  readonly preview: (window: WindowFacts, tool: string, action: ToolAction, endpoint: Endpoint) => Promise<ShownPreview>
  readonly previewTakeBack: (
    window: WindowFacts,
    tool: string,
    action: ToolAction | undefined,
    key: string,
  ) => Promise<ShownPreview>
  /** The texts of a preview, the gateway's keys hidden: for the editor's own diff and nothing else. */
  readonly texts: (id: string) => readonly FileText[] | undefined
  /** Undefined when the preview is held no more. */
  readonly apply: (id: string) => Promise<Applied | undefined>
  readonly proof: (tool: string, endpoint: Endpoint) => ProofRequest | undefined
  readonly launch: (
    tool: string,
    endpoint: Endpoint,
  ) => { readonly launch: Launch; readonly lines: Partial<Record<Shell, string>> } | undefined
  readonly editorProfile: (tool: string, endpoint: Endpoint) => EditorProfile | undefined
  /** Every file that something of ours is in. */
  readonly changedFiles: () => Promise<readonly JournalFile[]>
}

type Held = {
  readonly tool: string
  readonly key: string
  readonly window: WindowFacts
} & (
  | { readonly shown: Extract<Preview, { kind: 'preview' }>; readonly endpoint: Endpoint }
  | { readonly shownBack: Extract<TakeBackPreview, { kind: 'preview' }> }
)

const heldMost = 20
const heldForMs = 15 * 60_000
const shells: readonly Shell[] = ['posix', 'fish', 'powershell', 'cmd']

export function createToolDesk({ folder, now, ...machine }: DeskOptions): ToolDesk {
  const journal = fileJournal(folder)
  const inTurn = createTurns()
  const held = holdThings<Held>({ most: heldMost, forMs: heldForMs, now })

  function setupFor(window: WindowFacts): ToolSetup {
    const versions = new Map(Object.entries(window.extensions).map(([id, version]) => [id.toLowerCase(), version]))
    const { workspaceFolders } = window
    const place = { ...machine, workspaceFolders, extensionVersion: (id: string) => versions.get(id.toLowerCase()) }
    return createToolSetup({ tools, place, journal, now, inTurn })
  }

  function find(id: string): ToolDefinition | undefined {
    return tools.find((tool) => tool.id === id)
  }

  return {
    has: (tool) => find(tool) !== undefined,
    async list(window, endpointOf) {
      const setup = setupFor(window)
      const views: ToolView[] = []
      for (const tool of tools) {
        const endpoint = endpointOf(tool.id)
        views.push(viewTool(await setup.inspect(tool.id, endpoint), endpoint, window.profiles[tool.id]))
      }
      return views
    },
    async preview(window, tool, action, endpoint) {
      const definition = find(tool)
      if (definition?.means !== 'files' || !definition.actions.includes(action)) return byOtherMeans
      const shown = await setupFor(window).preview(tool, action, endpoint)
      if (shown.kind === 'problem') return shown
      const { key } = endpoint
      const id = held.hold({ tool, key, window, shown, endpoint })
      const files = shown.files.map((file) => viewFile(file, key, false))
      return { kind: 'preview', id, tool, action, files, notes: shown.notes }
    },
    async previewTakeBack(window, tool, action, key) {
      const shownBack = await setupFor(window).previewTakeBack(tool, action)
      if (shownBack.kind === 'problem') return shownBack
      const ofAction = action === undefined ? {} : { action }
      const id = held.hold({ tool, key, window, shownBack })
      const files = shownBack.files.map((file) => viewFile({ ...file, format: file.known.format }, key, true))
      return { kind: 'preview', id, tool, ...ofAction, files, notes: [] }
    },
    texts(id) {
      const thing = held.look(id)
      if (!thing) return undefined
      const files = 'shown' in thing ? thing.shown.files : thing.shownBack.files
      return files.map(({ path, before, after }) => ({
        path,
        ...(before === undefined ? {} : { before: hideKeys(before, thing.key) }),
        ...(after === undefined ? {} : { after: hideKeys(after, thing.key) }),
      }))
    },
    async apply(id) {
      const thing = held.take(id)
      if (!thing) return undefined
      const { tool, window } = thing
      const setup = setupFor(window)
      const result = 'shown' in thing ? await setup.apply(thing.shown) : await setup.takeBack(thing.shownBack)
      return {
        tool,
        ...('shown' in thing ? { endpoint: thing.endpoint } : {}),
        result,
      }
    },
    proof: (tool, endpoint) => {
      const wire = find(tool)?.wire
      return wire && proofRequest(wire, endpoint)
    },
    launch(tool, endpoint) {
      const launch = find(tool)?.launch?.(endpoint)
      if (!launch) return undefined
      const lines = shells.flatMap((shell) => {
        const line = commandLine(launch, shell)
        return line === undefined ? [] : [[shell, line] as const]
      })
      return { launch, lines: Object.fromEntries(lines) }
    },
    editorProfile: (tool, endpoint) => find(tool)?.editorProfile?.(endpoint),
    changedFiles: () => inTurn(() => journal.read()),
  }
}

const byOtherMeans: ShownPreview = {
  kind: 'problem',
  problem: { kind: 'unsupported', says: say('OmniRoute can’t do this in the tool’s files.') },
}
