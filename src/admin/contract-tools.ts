// The part of the management contract that sets coding tools up: how each stands, what would change, and applying exactly that.
// The gateway's key is never in it: where a tool would be told the key, `keyPlaceholder` stands.
import * as z from 'zod'

const id = z.string().min(1).max(200)
const path = z.string()
const action = z.enum(['add', 'default'])
export type ToolAction = z.infer<typeof action>

/** Stands for the gateway's key in commands and profiles; plain letters, so that it is quoted as a key would be. */
export const keyPlaceholder = 'YOUR_OMNIROUTE_KEY'

/** A text with placeholders and its values, translated where it is shown (src/core/sentence.ts). */
export const sentence = z.object({ text: z.string(), values: z.array(z.string()) })
export type SentenceView = z.infer<typeof sentence>

/** What only the window that asks knows. A page never fills it in; the editor does for its own. */
export const windowFacts = z.object({
  workspaceFolders: z.array(z.string().max(4_000)).max(100).default([]),
  extensions: z.record(z.string().max(200), z.string().max(100)).default({}),
  profiles: z.record(id, z.object({ isAdded: z.boolean(), isActive: z.boolean() })).default({}),
})
export type WindowFacts = z.infer<typeof windowFacts>
const window = windowFacts.default({ workspaceFolders: [], extensions: {}, profiles: {} })

export const toolProblem = z.object({
  kind: z.enum(['malformed', 'unreadable', 'unsupported']),
  says: sentence,
  path: path.optional(),
  line: z.number().optional(),
  column: z.number().optional(),
})
export type ToolProblemView = z.infer<typeof toolProblem>

const actionState = z.enum(['absent', 'configured', 'outdated', 'changed', 'foreign'])
const choice = z.object({ model: z.string().min(1).max(300), models: z.array(z.string().min(1).max(300)).max(200) })
export type ToolChoice = z.infer<typeof choice>

export const toolView = z.object({
  id,
  name: z.string(),
  website: z.string(),
  /** In files, through an editor extension's API, or only by hand. */
  means: z.enum(['files', 'editor-api', 'by-hand']),
  wire: z.enum(['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini-generate']),
  actions: z.array(action),
  presence: z.object({
    isFound: z.boolean(),
    program: path.optional(),
    extension: z.object({ id, version: z.string() }).optional(),
    traces: z.array(path),
  }),
  /** Its own files that we write into. */
  paths: z.array(path),
  /**
   * The tool as a whole. `outdated`: ours, but written for another model or address; `changed`: someone else has written over it;
   * `foreign`: set up for the gateway, but not by us.
   */
  state: z.enum([...actionState.options, 'not-found', 'by-hand', 'problem']),
  states: z.object({ add: actionState.optional(), default: actionState.optional() }),
  problem: toolProblem.optional(),
  /** What can be taken back. */
  ours: z.array(action),
  canLaunch: z.boolean(),
  instructions: z.array(sentence),
  /** What was chosen when it was last set up. */
  chosen: choice.optional(),
  checked: z.object({ date: z.string(), version: z.string().optional() }),
})
export type ToolView = z.infer<typeof toolView>

export const fileChange = z.object({
  path,
  effect: z.enum(['made', 'changed', 'deleted', 'kept']),
  keys: z.array(z.object({ path: z.array(z.string()), before: z.string().optional(), after: z.string().optional() })),
  /** The text of a file that is wholly ours. */
  text: z.string().optional(),
  /** Keys whose value, not written by us, would be replaced; empty for the whole file. */
  replaced: z.array(z.string()),
  /** Keys that someone else has changed since and that stay as they are. */
  left: z.array(z.string()),
})

export const toolPreview = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('preview'),
    /** To apply it by, once, within a quarter of an hour. */
    id,
    tool: id,
    action: action.optional(),
    files: z.array(fileChange),
    notes: z.array(z.object({ kind: z.enum(['warning', 'next']), says: sentence })),
  }),
  z.object({ kind: z.literal('problem'), problem: toolProblem }),
])
export type ToolPreview = z.infer<typeof toolPreview>

export const toolResult = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('done'), paths: z.array(path) }),
  /** A file is not what the preview showed. */
  z.object({ kind: z.literal('changed'), path }),
  z.object({ kind: z.literal('failed'), path, reason: sentence }),
  /** The preview is held no more. */
  z.object({ kind: z.literal('expired') }),
])
export type ToolResult = z.infer<typeof toolResult>

export const toolProof = z.object({
  outcome: z.enum(['ok', 'failed']),
  /** The name that was asked for, and what it came to. */
  model: z.string(),
  servedBy: z.string().optional(),
  latencyMs: z.number(),
  message: z.string().optional(),
  nextStep: z.string().optional(),
})
export type ToolProof = z.infer<typeof toolProof>

const nothing = z.object({})

export const toolMethods = {
  'tools.list': {
    input: z.object({ window }),
    output: z.object({
      tools: z.array(toolView),
      /** For tools that nothing was chosen for yet. */
      suggested: choice,
      changedFiles: z.array(path),
    }),
  },
  /** Looks without writing. Names that nothing answers to are refused. */
  'tools.preview': { input: choice.extend({ tool: id, action, window }), output: toolPreview },
  /** Without an action everything of the tool's. Taking `add` back takes `default` along. */
  'tools.previewTakeBack': { input: z.object({ tool: id, action: action.optional(), window }), output: toolPreview },
  /** Whole texts of a preview, for the editor's own diff. Other windows may ask, pages may not. */
  'tools.texts': {
    input: z.object({ id }),
    output: z.object({
      files: z.array(z.object({ path, before: z.string().optional(), after: z.string().optional() })),
    }),
  },
  'tools.apply': { input: z.object({ id }), output: toolResult },
  /** One real request, as the tool would send it: it may cost a few tokens. To the model that was chosen for it, unless one is named. */
  'tools.verify': {
    input: z.object({ tool: id, model: z.string().min(1).max(300).optional() }),
    output: toolProof,
  },
  /** How to start it against the gateway without changing a file. */
  'tools.launch': {
    input: choice.partial().extend({ tool: id }),
    output: z.object({
      program: z.string(),
      arguments: z.array(z.string()),
      environment: z.record(z.string(), z.string()),
      /** One line to paste for each shell that can express it. */
      lines: z.object({
        posix: z.string().optional(),
        fish: z.string().optional(),
        powershell: z.string().optional(),
        cmd: z.string().optional(),
      }),
      note: sentence.optional(),
    }),
  },
  /** For a tool that takes profiles through the editor. */
  'tools.profile': {
    input: choice.extend({ tool: id }),
    output: z.object({ name: z.string(), settings: z.record(z.string(), z.json()) }),
  },
} as const

export const toolEvents = {
  'tools.changed': nothing,
} as const

/** Methods that look at the window which asks. */
export const placedMethods: ReadonlySet<string> = new Set(['tools.list', 'tools.preview', 'tools.previewTakeBack'])

/** Methods for windows of the editor alone: what they give must not get onto a page. */
export const windowMethods: ReadonlySet<string> = new Set(['tools.texts'])
