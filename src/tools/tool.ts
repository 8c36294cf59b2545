// The shape of a coding tool that can be set up to use the gateway: data and small pure functions, one file each under known/.
// Nothing here touches a disk; setup.ts reads the documents that a tool names and hands them to it.
import type { JsonObject } from '../core/json.ts'
import type { Sentence } from '../core/sentence.ts'
import type { WireId } from '../core/wire-format.ts'
import type { Change } from './changes.ts'
import type { DocumentFormat } from './edit/document.ts'
import type { Endpoint } from './endpoint.ts'
import type { Launch } from './launch.ts'
import type { Place } from './place.ts'

/** `add` offers our models in the tool; `default` makes the tool use one of them by itself, and includes `add`. */
export type ToolAction = 'add' | 'default'

/** A file of the tool's own that we write into. */
export interface ToolDocument {
  /** The first of these that is there is the one; if none is, the first is made. */
  readonly paths: readonly string[]
  /** Among the paths that are there, one that has this key is preferred. */
  readonly prefers?: readonly (readonly string[])[]
  readonly format: DocumentFormat
  /** Mode of a file that we make; 0600, as our key is in it, unless said otherwise. */
  readonly mode?: number
  /** Why the data isn't what the tool itself would write; undefined if it is. Guards tools that drop what they can't read. */
  readonly check?: (data: JsonObject) => Sentence | undefined
}

/** A document as found. */
export interface FoundDocument {
  readonly path: string
  readonly isThere: boolean
  readonly data: JsonObject
}

export interface ToolFacts {
  readonly endpoint: Endpoint
  readonly place: Place
  readonly documents: Readonly<Record<string, FoundDocument>>
  /** Milliseconds since 1970. */
  readonly now: number
}

export type WantedChange =
  | { readonly document: string; readonly change: Change }
  /** A file that is wholly ours. */
  | { readonly path: string; readonly text: string }

/** Something a person should know before or after. */
export interface ToolNote {
  readonly kind: 'warning' | 'next'
  readonly says: Sentence
}

/** A VS Code extension that can be told about models through its exported API. */
export interface EditorProfile {
  readonly name: string
  readonly settings: Readonly<Record<string, unknown>>
}

export interface ToolDefinition {
  /** Lower-case id, the name of its file. */
  readonly id: string
  readonly name: string
  readonly website: string
  /** How it is set up: in files, through an editor extension's API, or only by hand. */
  readonly means: 'files' | 'editor-api' | 'by-hand'
  /** The wire that it speaks to us. */
  readonly wire: WireId
  /** What can be done for it; by hand: nothing. */
  readonly actions: readonly ToolAction[]
  /** Its command on the PATH. */
  readonly program?: string
  /** Ids of its VS Code extensions. */
  readonly extensions?: readonly string[]
  /** Folders or files that are there when the tool is installed or was used. */
  readonly traces?: (place: Place) => readonly string[]
  /** Files of a workspace that win over its documents; looked for only to say so, as a key has no place in a repository. */
  readonly overrides?: readonly string[]
  readonly documents?: (place: Place) => Readonly<Record<string, ToolDocument>>
  /** The changes of one action alone. Must be the same for the same facts, whatever `now` is, once they are made. */
  readonly changes?: (action: ToolAction, facts: ToolFacts) => readonly WantedChange[]
  /** Why it can't be set up here, in words for a person. */
  readonly refusal?: (facts: Omit<ToolFacts, 'endpoint'>) => Sentence | undefined
  readonly notes?: (action: ToolAction, facts: ToolFacts) => readonly ToolNote[]
  /** Starts it against the gateway without changing any file. */
  readonly launch?: (endpoint: Endpoint) => Launch
  readonly editorProfile?: (endpoint: Endpoint) => EditorProfile
  /** Steps for a person, where files can't be written. */
  readonly instructions?: (endpoint: Endpoint) => readonly Sentence[]
  /** Facts were checked on this date (ISO), against this version. */
  readonly checked: { readonly date: string; readonly version?: string }
}

/** Marks a file as a tool and lets the compiler check it. */
export function defineTool(definition: ToolDefinition): ToolDefinition {
  return definition
}
