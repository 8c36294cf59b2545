// What the tests know of a real coding tool beyond what `src/tools/known` says: how a person runs it, what it writes into its home by
// itself, and who says that a configuration is right. One file each in this folder.

import type { WireId } from '../../../src/core/wire-format.ts'
import type { Endpoint } from '../../../src/tools/endpoint.ts'
import type { ToolAction } from '../../../src/tools/tool.ts'
import type { Finished } from '../matrix/run-program.ts'
import type { ClientName } from '../provision.mjs'
import type { Prefix } from '../through-gateway.ts'

/** Where one scene is played: nothing of it touches the real home. */
export interface Setting {
  readonly home: string
  /** The folder in which the tool is started. */
  readonly work: string
  /** Beside the home: what has to be somewhere and isn't the person's. */
  readonly aside: string
  readonly endpoint: Endpoint
  readonly environment: Readonly<Record<string, string>>
  /** Where the tool is installed. */
  readonly modules: string
  /** Runs the tool, or another program, in this setting. */
  readonly run: (commandArguments: readonly string[], program?: string) => Promise<Finished>
}

export interface OwnFile {
  readonly text: string
  readonly mode?: number
}

/** A file that is not as before in the end, as the tool has written into it: what it then holds, as data, and its mode. */
export interface Rewritten {
  readonly data: unknown
  readonly mode: number
  /** Comments and the like that must have outlived it. */
  readonly includes?: string
}

export interface Scene {
  readonly name: string
  /** `launch`: no file is written; the tool is started with the command line for a shell. */
  readonly action: ToolAction | 'launch'
  /** The account that the model is at; mostly of another wire than the tool's. */
  readonly upstream: Prefix
  /** What the person has in the home folder before. */
  readonly files?: (setting: Setting) => Readonly<Record<string, OwnFile>>
  /** What the tool is told in between, so that it writes into the same files. */
  readonly rewrites?: (setting: Setting) => Promise<readonly (readonly string[])[]>
  readonly prompt: (setting: Setting) => readonly string[]
  /** Files of the tool's own in which our key stays: its backups. */
  readonly backups?: readonly string[]
  readonly leaves?: (setting: Setting) => Readonly<Record<string, Rewritten>>
}

export interface RealTool {
  readonly id: Exclude<ClientName, 'ai'>
  readonly title: string
  readonly wire: WireId
  /** Its documented switches against telemetry, updates and catalogues from the network. */
  readonly environment: (setting: Pick<Setting, 'aside' | 'home'>) => Readonly<Record<string, string>>
  /** What it writes into its home by itself: `*` stands for anything within a name, `**` for anything below. */
  readonly writes: readonly string[]
  /** Fails unless the tool's own schema or parser takes what was written. */
  readonly validate: (setting: Setting) => Promise<void>
  readonly scenes: readonly Scene[]
}

export const question = 'What is the answer?'
export const answer = 'Forty-two, says the model behind the gateway.'

export function modelName(tool: RealTool, scene: Scene): string {
  return `${tool.id}-${scene.name}`
}
