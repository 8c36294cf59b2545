// Gets what the tests in a real editor need: a Chromium, and VS Code itself (the npm package code-server carries it).
// Plain JavaScript on Node 20+ with no dependencies, because it may run before `npm install`.
// What is installed lies in a cache outside the checkout, in a folder named after all versions in it, and appears
// there by one rename: a killed or doubled installation never leaves a half-made folder that looks finished.

import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cached, npmIn, run } from '../../cache/install.mjs'

const codeServerVersion = '4.139.1'
// Raise it when the steps below change, so that caches made by older steps are not taken.
const recipe = 1
const checkout = resolve(dirname(fileURLToPath(import.meta.url)), '../../..')

/** Something the user has to do first; the message says what. */
export class ProvisionError extends Error {}

const print = (line) => process.stderr.write(`${line}\n`)

/** The path of a Chromium that answers `--version`; installs Debian's when that is allowed. */
export async function provisionChromium({ progress = print } = {}) {
  const named = process.env.CHROMIUM_PATH
  if (named) {
    if (await answersVersion(named)) return named
    throw new ProvisionError(`CHROMIUM_PATH is ${named}, which is not a browser that starts.`)
  }
  const found = await findChromium()
  if (found) return found
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) throw new ProvisionError(missingChromium())
  progress('Chromium: installing the package chromium with apt-get')
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  await run('apt-get', ['update', '-q'], { environment })
  await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'chromium'], { environment })
  const installed = await findChromium()
  if (!installed) throw new ProvisionError(missingChromium())
  progress(`Chromium: ${installed}`)
  return installed
}

function missingChromium() {
  const how =
    process.platform === 'linux'
      ? 'On Debian: sudo apt-get install chromium. On Fedora: sudo dnf install chromium.'
      : 'Install Google Chrome.'
  return `The tests in the editor need Chromium or Chrome and found none. ${how} One in an unusual place is named by CHROMIUM_PATH.`
}

async function findChromium() {
  const names = ['chromium', 'google-chrome', 'google-chrome-stable', 'chromium-browser']
  const onPath = names.flatMap((name) => (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name)))
  const elsewhere = [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ]
  for (const candidate of [...onPath, ...elsewhere]) {
    // Ubuntu's chromium may be a stub that only points to a snap: it is there, but does not start.
    if (isExecutable(candidate) && (await answersVersion(candidate))) return candidate
  }
  return undefined
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

async function answersVersion(file) {
  try {
    return /Chrom/.test(await run(file, ['--version'], { timeout: 30_000 }))
  } catch {
    return false
  }
}

/** The Node 24 of the checkout's own development dependency. */
export const checkoutNode = () => join(checkout, 'node_modules', 'node', 'bin', 'node')

/**
 * The VS Code server, ready to be started: `{ node, vscode, folder }`, `vscode` being the folder with out/server-main.js.
 * @param {{ node?: string, progress?: (line: string) => void }} options
 */
export async function provisionCodeServer({ node = checkoutNode(), progress = print } = {}) {
  if (process.platform === 'win32') {
    throw new ProvisionError(
      'The VS Code server does not run on Windows; set OMNIROUTE_TEST_ELECTRON=1 to use a desktop VS Code.',
    )
  }
  if (!existsSync(node)) throw new ProvisionError(`There is no Node 24 at ${node}: run npm install first.`)
  const nodeVersion = (await run(node, ['--version'])).trim().replace(/^v/, '')
  if (!nodeVersion.startsWith('24.')) throw new ProvisionError(`VS Code needs Node 24, but ${node} is ${nodeVersion}.`)

  const name = `code-server-${codeServerVersion}-node${nodeVersion}-${process.platform}-${process.arch}-r${recipe}`
  const started = Date.now()
  let installed = false
  const folder = await cached(name, async (work) => {
    installed = true
    await install({ work, node, nodeVersion, progress })
  })
  if (installed) progress(`VS Code host: ready after ${Math.round((Date.now() - started) / 1000)} s in ${folder}`)
  return { node, folder, vscode: vscodeIn(folder) }
}

const vscodeIn = (folder) => join(folder, 'node_modules', 'code-server', 'lib', 'vscode')

async function install({ work, node, nodeVersion, progress }) {
  const npm = (argumentsOfNpm, cwd, environment = {}) => npmIn(work, node, argumentsOfNpm, { cwd, environment })

  progress(`VS Code host: installing code-server ${codeServerVersion} from npm (once, about two minutes)`)
  await writeFile(join(work, 'package.json'), '{"private":true}\n')
  await npm(['install', `code-server@${codeServerVersion}`, '--ignore-scripts', '--save-exact'], work)
  const vscode = vscodeIn(work)
  progress("VS Code host: installing the editor's own packages")
  await npm(['install', '--omit=dev', '--ignore-scripts'], vscode)

  progress('VS Code host: building the native modules for log files')
  try {
    const nodedir = await headersOf({ work, node, nodeVersion, npm })
    // npm asks for leave before it runs install scripts; these two are the ones we want.
    await npm(['rebuild', '@vscode/native-watchdog', '@vscode/spdlog', '--foreground-scripts'], vscode, {
      npm_config_nodedir: nodedir,
    })
  } catch (error) {
    progress(`VS Code host: going on without them, log files will be missing (${firstLine(error.message)})`)
  }
  if (!existsSync(join(vscode, 'node_modules/@vscode/spdlog/build/Release/spdlog.node'))) {
    progress('VS Code host: no native spdlog, log files will be missing (needs python3, make and a C++ compiler)')
  }
}

/** The folder above `include/node` of this Node; npm sometimes prunes it from beside the `node` package. */
async function headersOf({ work, node, nodeVersion, npm }) {
  const packageName = `node-${process.platform}-${process.arch}`
  const beside = dirname(dirname(node))
  for (const candidate of [join(beside, 'node_modules', packageName), join(dirname(beside), packageName), beside]) {
    if (headersVersion(candidate) === nodeVersion) return candidate
  }
  const folder = join(work, 'headers')
  await mkdir(folder)
  await writeFile(join(folder, 'package.json'), '{"private":true}\n')
  await npm(['install', `${packageName}@${nodeVersion}`, '--ignore-scripts'], folder)
  return join(folder, 'node_modules', packageName)
}

function headersVersion(folder) {
  try {
    const header = readFileSync(join(folder, 'include', 'node', 'node_version.h'), 'utf8')
    const number = (name) => new RegExp(`#define NODE_${name}_VERSION (\\d+)`).exec(header)?.[1]
    return `${number('MAJOR')}.${number('MINOR')}.${number('PATCH')}`
  } catch {
    return undefined
  }
}

const firstLine = (text) => text.split('\n', 1)[0]

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    print(`Chromium: ${await provisionChromium()}`)
    print(`VS Code host: ${(await provisionCodeServer()).folder}`)
  } catch (error) {
    print(error instanceof ProvisionError ? error.message : error.stack)
    process.exitCode = 1
  }
}
