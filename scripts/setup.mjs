// What `npm start` and `npm test` need before anything else: the packages, a Node of the right version, a fresh build.
// Runs on any Node 20+ with nothing installed.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')

/** The Node that the lockfile names, whatever the machine has. */
export const nodeBinary = path.join(root, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node')

/** A cause the user can act on; printed without a stack. */
export class SetupError extends Error {}

/** Runs `npm ci` unless node_modules already holds what package-lock.json names. */
export async function ensureInstalled(print = console.log) {
  const major = Number(process.versions.node.split('.')[0])
  if (major < 20) throw new SetupError(`Node ${process.versions.node} is too old: install Node 20 or newer.`)
  const missing = firstMissingPackage()
  if (missing === undefined) return
  print(`Installing the packages (${missing}). This takes a minute the first time.`)
  // npm names its own script when it runs us; that works without a shell on every system.
  const npm = process.env['npm_execpath']
  const status = npm
    ? await run(process.execPath, [npm, 'ci', '--loglevel=error'])
    : await run('npm', ['ci', '--loglevel=error'], { shell: process.platform === 'win32' })
  if (status !== 0) {
    throw new SetupError(
      '"npm ci" failed; its message is above. Without a network nothing can be installed: check the connection, and behind a\n' +
        'proxy set HTTPS_PROXY. "npm ping" tells whether the registry can be reached.',
    )
  }
  if (!existsSync(nodeBinary)) {
    throw new SetupError(
      'The package "node" has not unpacked its program. Its install script must be allowed to run: "npm config get\n' +
        'ignore-scripts" should print false. Then run "npm ci" again.',
    )
  }
}

/** Builds dist/ when a source is newer than the last good build. */
export async function ensureBuilt(print = console.log) {
  const stamp = path.join(root, 'dist/.built')
  const builtAt = existsSync(stamp) ? statSync(stamp).mtimeMs : 0
  if (newestSource() <= builtAt) return
  print('Building.')
  const { status, stdout, stderr } = spawnSync(nodeBinary, ['esbuild.mjs'], { cwd: root, encoding: 'utf8' })
  if (status !== 0) throw new SetupError(`${stdout}${stderr}The build failed; the reason is above.`)
}

/** Starts a program with our terminal and resolves with its exit code. */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options })
    child.on('error', (cause) => reject(new SetupError(`${command} could not be started: ${cause.message}`)))
    child.on('exit', (code, signal) => resolve(code ?? (signal ? 1 : 0)))
  })
}

/** Why an install is needed, or undefined. Compares versions, not dates: a checkout gives every file a new date. */
function firstMissingPackage() {
  const installed = path.join(root, 'node_modules/.package-lock.json')
  if (!existsSync(installed) || !existsSync(nodeBinary)) return 'nothing is installed yet'
  const have = JSON.parse(readFileSync(installed, 'utf8')).packages
  const want = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages
  for (const [place, { version, optional }] of Object.entries(want)) {
    if (place === '' || optional || have[place]?.version === version) continue
    return `${place} ${version} is missing`
  }
  return undefined
}

function newestSource() {
  const files = ['esbuild.mjs', 'package.json', 'package-lock.json'].map((file) => path.join(root, file))
  for (const folder of ['src', 'webview', 'scripts']) {
    for (const entry of readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })) {
      // Folders count too: deleting a file changes only the folder's date.
      files.push(path.join(entry.parentPath ?? entry.path, entry.name))
    }
  }
  return Math.max(...files.map((file) => statSync(file).mtimeMs))
}
