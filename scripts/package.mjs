// Makes the .vsix. `--out DIR` says where (default dist-vsix/). vsce builds for production first, through the script
// `vscode:prepublish`; everything that runs is bundled, so no dependency is packed.
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { nodeBinary, root, run } from './setup.mjs'

const { values } = parseArgs({ options: { out: { type: 'string', default: path.join(root, 'dist-vsix') } } })
const folder = path.resolve(values.out)
mkdirSync(folder, { recursive: true })
const vsce = fileURLToPath(import.meta.resolve('@vscode/vsce/vsce'))
process.exitCode = await run(nodeBinary, [vsce, 'package', '--no-dependencies', '--out', folder])
