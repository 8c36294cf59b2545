// A home folder in a temporary place with files as tools leave them, and the tool setup over it with a journal of its own.
import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { inEnglish } from '../../src/core/sentence.ts'
import type { Endpoint } from '../../src/tools/endpoint.ts'
import { fileJournal } from '../../src/tools/journal.ts'
import { tools } from '../../src/tools/known/registry.generated.ts'
import type { Place } from '../../src/tools/place.ts'
import { createToolSetup, type Preview, type TakeBackPreview, type ToolSetup } from '../../src/tools/setup.ts'
import type { ToolAction } from '../../src/tools/tool.ts'

export const endpoint: Endpoint = {
  origin: 'http://127.0.0.1:20128',
  key: 'omr-test-key',
  models: [
    { id: 'auto', name: 'Auto', contextWindow: 200_000, maxOutput: 16_000, tools: true, vision: true, reasoning: true },
    { id: 'groq/openai/gpt-oss-120b', name: 'GPT-OSS 120B', contextWindow: 131_072, tools: true, vision: false },
  ],
  model: 'auto',
}

export const later: Endpoint = {
  ...endpoint,
  origin: 'http://127.0.0.1:20199',
  key: 'omr-other-key',
  models: [{ id: 'combo', name: 'My combo' }],
  model: 'combo',
}

export interface World {
  readonly home: string
  readonly data: string
  readonly setup: ToolSetup
  readonly put: (path: string, text: string, mode?: number) => Promise<void>
  readonly text: (path: string) => Promise<string>
  /** Every file, folder and link below the home folder, with contents and modes. */
  readonly tree: () => Promise<Record<string, string>>
  readonly apply: (tool: string, action: ToolAction, target?: Endpoint) => Promise<Shown>
  readonly takeBack: (tool: string, action?: ToolAction) => Promise<Extract<TakeBackPreview, { kind: 'preview' }>>
  readonly tick: (milliseconds: number) => void
  readonly remove: () => Promise<void>
}

export type Shown = Extract<Preview, { kind: 'preview' }>

export async function makeWorld(change: Partial<Place> = {}): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'omniroute-tools-'))
  const [home, data] = [join(folder, 'home'), join(folder, 'data')]
  await mkdir(home)
  let now = Date.UTC(2026, 10, 23, 12)
  const place: Place = {
    platform: 'linux',
    home,
    environment: {},
    workspaceFolders: [],
    extensionVersion: () => undefined,
    ...change,
  }
  const setup = createToolSetup({ tools, place, journal: fileJournal(data), now: () => now })
  const full = (path: string): string => join(home, path)
  return {
    home,
    data,
    setup,
    async put(path, text, mode = 0o644) {
      await mkdir(dirname(full(path)), { recursive: true })
      await writeFile(full(path), text, { mode })
    },
    text: async (path) => await readFile(full(path), 'utf8'),
    tree: async () => await treeOf(home),
    async apply(tool, action, target = endpoint) {
      const shown = await setup.preview(tool, action, target)
      if (shown.kind === 'problem') throw new Error(`${tool}: ${inEnglish(shown.problem.says)}`)
      const result = await setup.apply(shown)
      if (result.kind !== 'done') throw new Error(`${tool}: ${JSON.stringify(result)}`)
      return shown
    },
    async takeBack(tool, action) {
      const shown = await setup.previewTakeBack(tool, action)
      if (shown.kind === 'problem') throw new Error(`${tool}: ${inEnglish(shown.problem.says)}`)
      const result = await setup.takeBack(shown)
      if (result.kind !== 'done') throw new Error(`${tool}: ${JSON.stringify(result)}`)
      return shown
    },
    tick(milliseconds) {
      now += milliseconds
    },
    remove: async () => await rm(folder, { recursive: true, force: true }),
  }
}

export async function treeOf(folder: string, prefix = ''): Promise<Record<string, string>> {
  const tree: Record<string, string> = {}
  for (const name of (await readdir(folder)).sort()) {
    const path = join(folder, name)
    const found = await lstat(path)
    const label = `${prefix}${name}`
    const mode = (found.mode & 0o777).toString(8)
    if (found.isSymbolicLink()) tree[label] = `-> ${await readlink(path)}`
    else if (found.isDirectory()) Object.assign(tree, { [`${label}/`]: mode }, await treeOf(path, `${label}/`))
    else tree[label] = `${mode} ${found.isFile() ? await readFile(path, 'latin1') : ''}`
  }
  return tree
}
