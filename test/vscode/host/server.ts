// A real VS Code server with a life of its own: temporary data, home and workspace folders, a free port, a process group
// that stop() ends as a whole. Windows onto it are opened by browser.ts.

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type CodeServer, provisionCodeServer } from './provision.mjs'
import { pause, until } from './waiting.ts'

export interface HostOptions {
  /** Folders of unpacked extensions are loaded as under development by every window; .vsix files are installed. */
  extensions?: string[]
  /** User settings beside the ones that keep the editor quiet. */
  settings?: Record<string, unknown>
  /** The folder windows open; an empty temporary one otherwise. */
  workspace?: string
  /** Added to the environment of server and extension hosts; undefined removes a name. */
  environment?: Record<string, string | undefined>
}

export interface Host {
  /** http://127.0.0.1:<port> */
  url: string
  authority: string
  pid: number
  /** Everything temporary of this host lies in it; stop() deletes it. */
  folder: string
  /** HOME of the server and of the extension hosts. */
  home: string
  workspace: string
  /** VS Code's user folder: settings.json, globalStorage/<extension id>, chatLanguageModels.json. */
  userFolder: string
  extensionsUnderDevelopment: string[]
  /** The last lines of the server, and of each log file of the extension hosts. */
  logTail(lines?: number): Promise<string>
  /** Log files of this host, newest first: remoteexthost.log, an extension's own LogOutputChannel, … */
  logFiles(): Promise<string[]>
  /** Uninstalls an installed extension by the command line, and has the editor clean up behind it. */
  uninstall(id: string): Promise<void>
  /** Run when the host stops, before its processes end; the last one added comes first. */
  onStop(action: () => Promise<void>): void
  stop(): Promise<void>
}

const quietSettings: Record<string, unknown> = {
  'security.workspace.trust.enabled': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'telemetry.telemetryLevel': 'off',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'git.enabled': false,
  'remote.autoForwardPorts': false,
}

/** Starts a server; the first call on a machine installs it (minutes), later ones take seconds. */
export async function startHost(options: HostOptions = {}): Promise<Host> {
  const codeServer = await provisionCodeServer()
  const folder = await mkdtemp(join(tmpdir(), 'vscode-host-'))
  const data = join(folder, 'data')
  const home = join(folder, 'home')
  const workspace = options.workspace ? resolve(options.workspace) : join(folder, 'workspace')
  const userFolder = join(data, 'data', 'User')
  for (const each of [home, workspace, userFolder, join(data, 'data', 'Machine')])
    await mkdir(each, { recursive: true })
  const settings = JSON.stringify({ ...quietSettings, ...options.settings }, null, 2)
  await writeFile(join(userFolder, 'settings.json'), settings)
  await writeFile(join(data, 'data', 'Machine', 'settings.json'), settings)

  // VS Code leaves sockets behind in the temporary folder. (On a Mac this one's name would be too long for a socket.)
  const temporary = process.platform === 'linux' ? { TMPDIR: await mkdtemp(join(folder, 't')) } : {}
  const environment = hostEnvironment(home, { ...temporary, ...options.environment })
  const extensions = (options.extensions ?? []).map((extension) => resolve(extension))
  for (const vsix of extensions.filter((extension) => extension.endsWith('.vsix'))) {
    await runCommandLine(
      codeServer,
      data,
      environment,
      ['--install-extension', vsix, '--force'],
      /successfully installed/,
    )
  }
  const running = launch(codeServer, data, environment)
  try {
    const port = await until(
      'the VS Code server to listen',
      () => {
        if (running.process.exitCode !== null) throw new Error(`The server ended with code ${running.process.exitCode}`)
        return /Extension host agent listening on (\d+)/.exec(running.output())?.[1]
      },
      { timeout: 60_000, describe: async () => running.output() },
    )
    const logs = join(data, 'data', 'logs')
    const uninstall = (id: string) => uninstallExtension(codeServer, data, environment, id)
    return hostOf({ port, running, folder, home, workspace, userFolder, logs, extensions, uninstall })
  } catch (error) {
    await endGroup(running.process)
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

interface Running {
  process: ChildProcess
  pid: number
  output: () => string
}

function serverArguments(codeServer: CodeServer, data: string): string[] {
  return [join(codeServer.vscode, 'out', 'server-main.js'), '--accept-server-license-terms', '--server-data-dir', data]
}

function launch(codeServer: CodeServer, data: string, environment: NodeJS.ProcessEnv): Running {
  const child = spawn(
    codeServer.node,
    [
      ...serverArguments(codeServer, data),
      ...['--host', '127.0.0.1', '--port', '0', '--without-connection-token', '--telemetry-level', 'off'],
      // A window that dies without goodbye must not leave its extension host behind for hours; but one that is merely
      // slow, on a busy machine, must get it back.
      ...['--reconnection-grace-time', '60'],
    ],
    { env: environment, detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let output = ''
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-50_000)
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  child.on('error', (error) => keep(Buffer.from(error.message)))
  const pid = child.pid
  if (pid === undefined) throw new Error(`Could not start ${codeServer.node}`)
  // The last resort when a test run is interrupted: the group must not outlive it.
  const abandon = (): void => {
    signalGroup(pid, 'SIGKILL')
  }
  process.once('exit', abandon)
  child.once('exit', () => process.removeListener('exit', abandon))
  return { process: child, pid, output: () => output }
}

/** Runs the editor's own command line over the data folder; `success` is what it says when all went well. */
async function runCommandLine(
  codeServer: CodeServer,
  data: string,
  env: NodeJS.ProcessEnv,
  options: readonly string[],
  success: RegExp,
): Promise<void> {
  const child = spawn(codeServer.node, [...serverArguments(codeServer, data), ...options], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 120_000,
  })
  let output = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  child.stderr.on('data', (chunk) => (output += chunk))
  const code = await new Promise((resolveCode, reject) => child.once('error', reject).once('close', resolveCode))
  if (code !== 0 || !success.test(output)) throw new Error(`${options.join(' ')} failed:\n${output}`)
}

/** By the command line, then by a start of the editor, which is when it cleans up behind extensions. */
async function uninstallExtension(
  codeServer: CodeServer,
  data: string,
  env: NodeJS.ProcessEnv,
  id: string,
): Promise<void> {
  await runCommandLine(codeServer, data, env, ['--uninstall-extension', id], /successfully uninstalled/)
  const cleaning = launch(codeServer, data, env)
  try {
    await until(
      `${id} to be cleaned up`,
      async () => !(await readdir(join(data, 'extensions'))).some((name) => name.startsWith(`${id}-`)),
      { describe: async () => cleaning.output() },
    )
    await until('the data of the extension to be gone', async () => {
      const folders: string[] = await readdir(join(data, 'data', 'User', 'globalStorage'))
      return !folders.includes(id)
    })
  } finally {
    await endGroup(cleaning.process)
  }
}

/** What the tests' own Node leaves in the environment, a VS Code or npm around it included, must not reach the editor. */
function hostEnvironment(home: string, added: Record<string, string | undefined>): NodeJS.ProcessEnv {
  const foreign = /^(NODE_|npm_|VSCODE_|ELECTRON_|XDG_|GIT_)/
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name))
  const all = { ...Object.fromEntries(kept), HOME: home, USERPROFILE: home, ...added }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

interface HostParts {
  port: string
  running: Running
  folder: string
  home: string
  workspace: string
  userFolder: string
  logs: string
  extensions: string[]
  uninstall: (id: string) => Promise<void>
}

function hostOf({ port, running, folder, home, workspace, userFolder, logs, extensions, uninstall }: HostParts): Host {
  const endings: (() => Promise<void>)[] = []
  let stopped: Promise<void> | undefined
  const logFiles = (): Promise<string[]> => newestFirst(logs)
  const stop = async (): Promise<void> => {
    for (const ending of endings.reverse()) await ending()
    await endGroup(running.process)
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
  return {
    url: `http://127.0.0.1:${port}`,
    authority: `127.0.0.1:${port}`,
    pid: running.pid,
    folder,
    home,
    workspace,
    userFolder,
    extensionsUnderDevelopment: extensions.filter((extension) => !extension.endsWith('.vsix')),
    logFiles,
    logTail: async (lines = 15) => {
      const parts = [`--- VS Code server\n${lastLines(running.output(), lines)}`]
      for (const file of (await logFiles()).filter((each) => !dullLog.test(each))) {
        const text = lastLines(await readFile(file, 'utf8').catch(() => ''), lines)
        if (text) parts.push(`--- ${file.slice(logs.length + 1)}\n${text}`)
      }
      return parts.join('\n')
    },
    uninstall,
    onStop: (action) => {
      endings.push(action)
    },
    stop: () => {
      stopped ??= stop()
      return stopped
    },
  }
}

// The editor's own chatter, which buries the line that matters.
const dullLog = /vscode\.[\w-]+[/\\][^/\\]+\.log$|(remoteagent|agenthost|mcpGateway|remoteTelemetry)\.log$/
const dullLine = /Accessing a resource scoped|GitHub login failed|grace-time|vsda|^\s*$/

function lastLines(text: string, lines: number): string {
  const telling = text.split('\n').filter((line) => !dullLine.test(line))
  return telling
    .slice(-lines)
    .map((line) => line.slice(0, 400))
    .join('\n')
}

async function newestFirst(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => [])
  const files: { file: string; at: number }[] = []
  for (const name of names.filter((each) => each.endsWith('.log'))) {
    const file = join(folder, name)
    const about = await stat(file).catch(() => undefined)
    if (about?.isFile() && about.size > 0) files.push({ file, at: about.mtimeMs })
  }
  return files.sort((left, right) => right.at - left.at).map(({ file }) => file)
}

function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-pid, signal)
    return true
  } catch {
    return false
  }
}

async function endGroup(child: ChildProcess): Promise<void> {
  const pid = child.pid
  if (pid === undefined) return
  signalGroup(pid, 'SIGTERM')
  const patience = Date.now() + 3_000
  while (signalGroup(pid, 0) && Date.now() < patience) await pause(50)
  signalGroup(pid, 'SIGKILL')
}
