// Codex set up in a host's home folder, entered into the extension's own journal there, as "Set Up Tool" does it.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileJournal } from '../../src/tools/journal.ts'
import { tools } from '../../src/tools/known/registry.generated.ts'
import { createToolSetup } from '../../src/tools/setup.ts'
import { endpoint } from '../tools/world.ts'
import type { Host } from './host/server.ts'

export interface SetUpCodex {
  /** The file of the tool's, with what we want of it. */
  readonly config: string
  /** What its user had in it before. */
  readonly ownConfig: string
}

export async function setUpCodex({ home, userFolder }: Host): Promise<SetUpCodex> {
  const ownConfig = '# mine\nmodel = "gpt-5"\n'
  const config = join(home, '.codex/config.toml')
  await mkdir(join(home, '.codex'))
  await writeFile(config, ownConfig)
  const { platform } = process
  const place = { platform, home, environment: {}, workspaceFolders: [], extensionVersion: () => undefined }
  const journal = fileJournal(join(userFolder, 'globalStorage/omniroute.omniroute/tools'))
  const setup = createToolSetup({ tools, place, journal, now: Date.now })
  const { kind } = await setup.apply(await setup.preview('codex', 'default', endpoint))
  if (kind !== 'done') throw new Error(`Codex was not set up: ${kind}`)
  return { config, ownConfig }
}
