// The suites of `npm test`, as data, in the order in which they run. A test file belongs to the suite of its suffix
// (`name.slow.test.ts`), or to `unit` when it has none.
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { root } from '../setup.mjs'

const minutes = 60_000

/** Files that run inside an editor, started by the tests of the `vscode` suite. */
const hosted = /^test\/vscode\/(suite|host\/probe)\//

const bin = (name, file) => path.join('node_modules', name, file)

/** A command of its own is one test: it passes when it exits with 0. */
const lint = [
  ['style', bin('@biomejs/biome', 'bin/biome'), 'check', '.'],
  // Tests drive pages and so know the browser's types; src must do without them.
  ['types', bin('typescript', 'bin/tsc'), '-p', '.'],
  ['types of src', bin('typescript', 'bin/tsc'), '-p', 'src'],
  ['types of the pages', bin('typescript', 'bin/tsc'), '-p', 'webview'],
  ['imports', bin('dependency-cruiser', 'bin/dependency-cruiser.mjs'), 'src', 'webview'],
  ['unused code', bin('knip', 'bin/knip.js')],
  ['generated files', 'scripts/generate.mjs', '--check'],
]

/**
 * `retries`: a whole browser or editor on a busy machine may miss a deadline once; a defect fails twice.
 * `commands`: each one test. `files`: mocha runs them. `needs`: what must be provisioned before. `beside`: may run together with
 * the other suites that say so; the rest measure or wait, and run alone.
 */
export function suites() {
  return [
    { name: 'lint', commands: lint, limit: 5 * minutes, beside: true },
    { name: 'unit', files: testFiles('unit'), limit: 10 * minutes, beside: true },
    { name: 'slow', files: testFiles('slow'), limit: 10 * minutes },
    { name: 'http', files: testFiles('http'), limit: 15 * minutes },
    { name: 'simulator', files: testFiles('simulator'), limit: 20 * minutes },
    { name: 'clients', files: testFiles('client'), limit: 20 * minutes, needs: ['clients'] },
    { name: 'browser', files: testFiles('browser'), limit: 25 * minutes, needs: ['chromium'], retries: 1 },
    { name: 'vscode', files: testFiles('vscode'), limit: 30 * minutes, needs: ['chromium', 'host'], retries: 1 },
    { name: 'package', files: testFiles('package'), limit: 5 * minutes },
    { name: 'soak', commands: [['one minute', 'test/soak/run.ts', '--quick']], limit: 5 * minutes },
    { name: 'bench', commands: [['quick run', 'test/bench/run.ts', '--quick']], limit: 5 * minutes },
  ]
}

/** The mocha files of a suite, relative to the root. */
function testFiles(suffix) {
  const folder = path.join(root, 'test')
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true })
    .map((file) => `test/${file.split(path.sep).join('/')}`)
    .filter((file) => suffixOf(file) === suffix && !hosted.test(file))
    .sort()
}

function suffixOf(file) {
  const match = /\/[^/]*?(?:\.(slow|http|simulator|client|browser|vscode|package))?\.test\.ts$/.exec(file)
  return match ? (match[1] ?? 'unit') : undefined
}
