// Bundles the dashboard as it is now into a folder of its own, so that these tests never look at an older build.
import { copyFile, mkdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import * as esbuild from 'esbuild'

const root = path.resolve(import.meta.dirname, '../..')

/** Builds once per process and returns the folder with the page's files. */
export async function buildAssets(): Promise<string> {
  building ??= build()
  return building
}

let building: Promise<string> | undefined

async function build(): Promise<string> {
  const folder = path.join(root, 'test-results', 'webview-assets')
  const entries = JSON.parse(await readFile(path.join(root, 'scripts/build/dashboard-entries.json'), 'utf8'))
  await mkdir(folder, { recursive: true })
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: entries as Record<string, string>,
    outdir: folder,
    splitting: true,
    chunkNames: 'chunk-[hash]',
    bundle: true,
    format: 'esm',
    target: ['chrome124', 'firefox128', 'safari17'],
    minify: true,
    logLevel: 'error',
  })
  // Its service would keep this process alive.
  await esbuild.stop()
  const copies: readonly [string, string][] = [
    ['webview/index.html', 'index.html'],
    ['webview/dashboard.css', 'dashboard.css'],
    ['node_modules/@vscode/codicons/dist/codicon.css', 'codicon.css'],
    ['node_modules/@vscode/codicons/dist/codicon.ttf', 'codicon.ttf'],
  ]
  await Promise.all(copies.map(([from, to]) => copyFile(path.join(root, from), path.join(folder, to))))
  return folder
}
