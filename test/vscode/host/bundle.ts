// Makes from TypeScript what an extension host loads: the one-file CommonJS bundle of a mocha suite, and the probe.

import { cp, mkdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type BuildOptions, build } from 'esbuild'

const here = dirname(fileURLToPath(import.meta.url))

const forExtensionHost: BuildOptions = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  external: ['vscode'],
  sourcemap: 'inline',
  logLevel: 'silent',
}

export interface SuiteBundle {
  /** What goes into extensionTestsPath. */
  file: string
  /** Where the suite writes its events, one JSON a line. */
  events: string
}

/**
 * Bundles the modules of `entry` (mocha bdd; they may import 'vscode') with suite-runner.ts into `folder`.
 * `parameters` are in process.env before the first of those modules is evaluated.
 */
export async function bundleSuite(
  entry: string,
  folder: string,
  parameters: Record<string, string> = {},
): Promise<SuiteBundle> {
  await mkdir(folder, { recursive: true })
  const file = join(folder, 'suite.cjs')
  const events = join(folder, 'events.jsonl')
  // Mocha finds files of its own beside itself, so it is loaded from where it is installed and not bundled.
  const mocha = pathToFileURL(createRequire(import.meta.url).resolve('mocha')).href
  const contents = `
    import { runSuite } from ${JSON.stringify(join(here, 'suite-runner.ts'))}
    export const run = () => runSuite({
      events: ${JSON.stringify(events)},
      parameters: ${JSON.stringify(parameters)},
      mocha: () => import(${JSON.stringify(mocha)}),
      suite: () => import(${JSON.stringify(resolve(entry))}),
    })`
  await build({
    ...forExtensionHost,
    stdin: { contents, resolveDir: here, sourcefile: 'suite-entry.ts', loader: 'ts' },
    outfile: file,
    external: ['vscode', mocha],
  })
  await writeFile(events, '')
  return { file, events }
}

/** An unpacked copy of the probe extension in `folder`. */
export async function buildProbe(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  await cp(join(here, 'probe', 'package.json'), join(folder, 'package.json'))
  await build({
    ...forExtensionHost,
    entryPoints: [join(here, 'probe', 'extension.ts')],
    outfile: join(folder, 'dist', 'extension.cjs'),
  })
  return folder
}
