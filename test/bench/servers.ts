// The programs of the bench, each in its own process: fake upstream, pass-through, gateway.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readyLine } from '../fakes/ready-line.ts'

export interface Server {
  readonly name: string
  readonly origin: string
  readonly pid: number
  /** The longest time that its event loop stood still since the last call; only of a server that is watched. */
  longestStallMs(): Promise<number>
  stop(): Promise<void>
}

export const benchKey = 'sk-omniroute-bench-0123456789abcdef'

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

async function startProgram(
  name: string,
  file: string,
  args: readonly string[],
  nodeArgs: readonly string[] = [],
): Promise<Server> {
  const child = spawn(process.execPath, ['--no-warnings', ...nodeArgs, file, ...args], {
    stdio: ['pipe', 'pipe', 'inherit', 'ipc'],
    env: { ...process.env, NODE_ENV: 'production' },
  })
  running.add(child)
  child.once('exit', () => running.delete(child))
  const origin = await readyLine(child, /(http:\/\/127\.0\.0\.1:\d+)\D/)
  return {
    name,
    origin,
    pid: child.pid ?? 0,
    async longestStallMs() {
      const answer = once(child, 'message')
      child.send('longest stall')
      return Number((await answer)[0])
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), 5000)
      await exited
      clearTimeout(timer)
    },
  }
}

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url))

export const builtGateway = here('../../dist/headless.cjs')

export function startUpstream(): Promise<Server> {
  return startProgram('upstream', here('./upstream.ts'), [])
}

/** `watched`: its event loop can be asked for stalls, which costs a little. */
export interface StartOptions {
  readonly watched?: boolean
}

/** How to start the two that are compared; `stop` removes what they wrote. */
export interface Contestants {
  readonly passThrough: (options?: StartOptions) => Promise<Server>
  readonly gateway: (options?: StartOptions) => Promise<Server>
  readonly remove: () => void
}

export function contestants(upstream: string, gatewayFile: string, gatewayNodeArgs: readonly string[]): Contestants {
  const folder = mkdtempSync(join(tmpdir(), 'omniroute-bench-'))
  const config = join(folder, 'config.json')
  const account = (id: string, provider: string) => ({
    id,
    provider,
    prefix: id,
    baseUrl: `${upstream}/v1`,
    apiKey: 'upstream-key',
    models: ['small', 'stream', 'hold', 'drip'],
  })
  writeFileSync(
    config,
    JSON.stringify({
      keys: [{ name: 'bench', key: benchKey }],
      accounts: [account('bench', 'openai-compatible'), account('bench-messages', 'anthropic-compatible')],
    }),
  )
  const args = ['--config', config, '--port', '0', '--data-dir', join(folder, 'data')]
  const watching = ({ watched = false }: StartOptions = {}): string[] =>
    watched ? ['--import', new URL('./stall-watch.ts', import.meta.url).href] : []
  return {
    passThrough: (options) => startProgram('pass-through', here('./pass-through.ts'), [upstream], watching(options)),
    gateway: (options) => startProgram('gateway', gatewayFile, args, [...watching(options), ...gatewayNodeArgs]),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
