// Starts the built headless gateway (`dist/headless.cjs`) in its own process with a config file and a data folder of its own.
// The config's form is the published one; an account without a key in it gets none.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Tier } from '../../src/core/model.ts'
import type { StrategyId } from '../../src/core/routing.ts'
import { readyLine } from './ready-line.ts'

export interface GatewayConfig {
  readonly keys?: readonly { readonly name: string; readonly key: string }[]
  readonly accounts?: readonly {
    readonly id: string
    readonly provider: string
    readonly prefix: string
    readonly tier?: Tier
    readonly baseUrl?: string
    readonly apiKey?: string
    readonly models?: readonly (string | { readonly id: string; readonly reasoning?: boolean })[]
    readonly headers?: Readonly<Record<string, string>>
  }[]
  readonly combos?: readonly {
    readonly name: string
    readonly strategy: StrategyId
    readonly members: readonly string[]
  }[]
  readonly routing?: Readonly<Record<string, unknown>>
  readonly settings?: Readonly<Record<string, unknown>>
}

export interface GatewayProcess {
  readonly url: string
  /** The first key of the config, or the one made up when it names none. */
  readonly key: string
  readonly pid: number
  readonly dataDirectory: string
  /** What it has printed so far, for the message of a failing test. */
  output(): string
  /** Asks it to end in order and waits for that; removes its folder unless it was given. */
  stop(): Promise<void>
  /** Ends it at once, as a crash would. Its data folder stays until `stop`. */
  kill(): Promise<void>
}

export interface GatewayStart {
  readonly dataDirectory?: string
  readonly environment?: Readonly<Record<string, string>>
}

const headlessFile = fileURLToPath(new URL('../../dist/headless.cjs', import.meta.url))

const testKey = 'sk-omniroute-test-0123456789abcdef'

async function untilHealthy(url: string): Promise<void> {
  for (let round = 0; round < 200; round += 1) {
    const response = await fetch(`${url}/health`).catch(() => undefined)
    await response?.arrayBuffer()
    if (response?.ok === true) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error(`the gateway at ${url} did not become healthy`)
}

export async function startGatewayProcess(config: GatewayConfig, start: GatewayStart = {}): Promise<GatewayProcess> {
  if (!existsSync(headlessFile)) throw new Error('dist/headless.cjs is missing: run "node esbuild.mjs" first')
  const folder = await mkdtemp(join(tmpdir(), 'omniroute-test-'))
  const dataDirectory = start.dataDirectory ?? join(folder, 'data')
  const configFile = join(folder, 'config.json')
  const keys = config.keys ?? [{ name: 'test', key: testKey }]
  await writeFile(configFile, JSON.stringify({ ...config, keys }))

  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('OMNIROUTE_'))
  const child = spawn(
    process.execPath,
    [headlessFile, '--config', configFile, '--port', '0', '--data-dir', dataDirectory],
    { stdio: ['pipe', 'pipe', 'pipe'], env: { ...Object.fromEntries(inherited), ...start.environment } },
  )
  const orphan = (): boolean => child.kill('SIGKILL')
  process.once('exit', orphan)
  child.once('exit', () => process.off('exit', orphan))
  let output = ''
  const collect = (chunk: Buffer): void => {
    output = (output + chunk.toString('utf8')).slice(-20_000)
  }
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)

  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill(signal)
    const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
    await exited
    clearTimeout(timer)
  }
  const stop = async (): Promise<void> => {
    await end('SIGTERM')
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }

  try {
    const url = await readyLine(child, /(http:\/\/127\.0\.0\.1:\d+)\D/)
    await untilHealthy(url)
    return {
      url,
      key: keys[0]?.key ?? '',
      pid: child.pid ?? 0,
      dataDirectory,
      output: () => output,
      stop,
      kill: () => end('SIGKILL'),
    }
  } catch (error) {
    await end('SIGKILL')
    await stop()
    throw new Error(`${String(error)}\n${output}`)
  }
}
