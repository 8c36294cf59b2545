// Plays one scene: a home folder, our set-up, the real tool in it, and taking back. Everything seen on the way is noted and judged by
// the tests afterwards.
import assert from 'node:assert/strict'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Endpoint } from '../../../src/tools/endpoint.ts'
import { fileJournal } from '../../../src/tools/journal.ts'
import { tools } from '../../../src/tools/known/registry.generated.ts'
import { commandLine } from '../../../src/tools/launch.ts'
import { createToolSetup, type ToolSetup } from '../../../src/tools/setup.ts'
import type { ToolAction } from '../../../src/tools/tool.ts'
import { treeOf } from '../../tools/world.ts'
import { type Finished, runProgram } from '../matrix/run-program.ts'
import { provisionProgram } from '../provision.mjs'
import type { ThroughGateway } from '../through-gateway.ts'
import { answer, modelName, type RealTool, type Scene, type Setting } from './real-tool.ts'
import type { Tree } from './tree.ts'

export interface Played {
  readonly setting: Setting
  readonly before: Tree
  /** After configuring once, and twice. */
  readonly once: Tree
  readonly twice: Tree
  /** What the tool's own check said against it. */
  readonly objection: unknown
  /** What the tool was told to write, and the prompt as the last. */
  readonly runs: readonly Finished[]
  readonly after: Tree
  /** Keys that taking back has left, as someone else had changed them. */
  readonly left: readonly string[]
  /** What the journal's folder still holds of files. */
  readonly backups: readonly string[]
}

/** `folder` is where the scene gets a folder of its own; removing it is the caller's. */
export async function play(
  through: ThroughGateway,
  folder: string,
  tool: RealTool,
  scene: Scene,
  key: string,
): Promise<Played> {
  const setting = await prepare(through, join(folder, modelName(tool, scene)), tool, scene, key)
  const { home, work, aside } = setting
  for (const [path, { text, mode = 0o640 }] of Object.entries(scene.files?.(setting) ?? {})) {
    await mkdir(dirname(join(home, path)), { recursive: true })
    await writeFile(join(home, path), text, { mode })
  }
  const before = await treeOf(home)
  if (scene.action === 'launch') {
    const runs = [await launch(tool, scene, setting)]
    const after = await treeOf(home)
    return { setting, before, once: before, twice: before, objection: undefined, runs, after, left: [], backups: [] }
  }

  const journal = join(aside, 'journal')
  const place = {
    platform: process.platform,
    home,
    environment: setting.environment,
    workspaceFolders: [work],
    extensionVersion: () => undefined,
  }
  const setup = createToolSetup({ tools, place, journal: fileJournal(journal), now: Date.now })
  await configure(setup, tool, scene.action, setting.endpoint)
  const once = await treeOf(home)
  await configure(setup, tool, scene.action, setting.endpoint)
  const twice = await treeOf(home)
  const objection = await tool.validate(setting).then(
    () => undefined,
    (error: unknown) => error,
  )
  const runs: Finished[] = []
  for (const words of (await scene.rewrites?.(setting)) ?? []) runs.push(await setting.run(words))
  runs.push(await setting.run(scene.prompt(setting)))

  const back = await setup.previewTakeBack(tool.id)
  assert.ok(back.kind === 'preview', JSON.stringify(back))
  const taken = await setup.takeBack(back)
  assert.equal(taken.kind, 'done', JSON.stringify(taken))
  const left = back.files.flatMap((file) => file.left)
  const backups = await readdir(join(journal, 'backups')).catch(() => [])
  return { setting, before, once, twice, objection, runs, after: await treeOf(home), left, backups }
}

async function prepare(
  through: ThroughGateway,
  folder: string,
  tool: RealTool,
  scene: Scene,
  key: string,
): Promise<Setting> {
  const [home, work, aside] = [join(folder, 'home'), join(folder, 'work'), join(folder, 'aside')]
  for (const path of [home, work, aside]) await mkdir(path, { recursive: true })
  const name = modelName(tool, scene)
  await through.fake.control({ model: name, scripts: [{ text: answer }] })
  const program = await provisionProgram(tool.id)
  const environment = {
    TMPDIR: aside,
    XDG_CONFIG_HOME: join(home, '.config'),
    PATH: `${dirname(program)}:${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
    ...tool.environment({ aside, home }),
  }
  return {
    home,
    work,
    aside,
    environment,
    endpoint: endpointOf(through.gateway.url, key, `${scene.upstream}/${name}`),
    modules: dirname(dirname(program)),
    run: (words, other = program) => runProgram(other, words, { cwd: work, home, environment }),
  }
}

/** Two models, as people have them: one with all that is known of it, and one with signs in its name that files quote. */
function endpointOf(origin: string, key: string, model: string): Endpoint {
  const known = { contextWindow: 100_000, maxOutput: 8000, tools: true, vision: true, reasoning: false }
  const models = [
    { id: model, name: 'Model of the test', ...known },
    { id: 'oc/vendor/echo:free', name: `It's "another": #2 {x}` },
  ]
  return { origin, key, models, model }
}

async function configure(setup: ToolSetup, tool: RealTool, action: ToolAction, endpoint: Endpoint): Promise<void> {
  const shown = await setup.preview(tool.id, action, endpoint)
  const result = await setup.apply(shown)
  assert.equal(result.kind, 'done', JSON.stringify(result))
}

/** As pasted into a terminal, with the words of the prompt typed after it. */
async function launch(tool: RealTool, scene: Scene, setting: Setting): Promise<Finished> {
  const definition = tools.find(({ id }) => id === tool.id)
  const line = definition?.launch && commandLine(definition.launch(setting.endpoint), 'posix')
  assert.ok(line !== undefined, `${tool.id} has no command line`)
  return await setting.run(['-c', `${line} "$@"`, 'sh', ...scene.prompt(setting)], '/bin/sh')
}
