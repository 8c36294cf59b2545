// What VS Code runs, without its API, once the extension is uninstalled (`vscode:uninstall`): coding tools that were set up for the
// gateway would point to nothing, so that is taken back. VS Code deletes the data folder itself afterwards, and writes what is said
// here into its own log.
import { homedir } from 'node:os'
import { dirname } from 'node:path'
import { inEnglish } from './core/sentence.ts'
import { openTheEnd } from './tools/load.ts'
import { journalFolders } from './tools/uninstalled.ts'

async function main(): Promise<void> {
  const machine = { platform: process.platform, home: homedir(), environment: process.env }
  const folders = await journalFolders(dirname(import.meta.dirname), machine)
  if (folders.length === 0) return
  const { takeBackAll } = await openTheEnd()
  for (const folder of folders) {
    for (const { name, paths, trouble } of await takeBackAll(folder)) {
      const files = paths.join(', ')
      if (trouble === undefined) process.stdout.write(`${name}: taken back in ${files}\n`)
      else process.stderr.write(`${name}: ${files} could not be taken back: ${inEnglish(trouble)}\n`)
    }
  }
}

void main()
