// The programs of the soak, each in its own process: the upstreams, and the built gateway with a watch on its event loop.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readyLine } from '../fakes/ready-line.ts'
import type { Vitals } from './watch.ts'

export const soakKey = 'sk-omniroute-soak-0123456789abcdef'
export const routes = ['soak-chat', 'soak-mixed', 'soak-round'] as const

export interface Programs {
  readonly url: string
  vitals(): Promise<Vitals>
  stop(): Promise<void>
}

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url))
const builtGateway = here('../../dist/headless.cjs')

function start(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, ['--no-warnings', ...args], {
    stdio: ['pipe', 'pipe', 'inherit', 'ipc'],
    env: { ...process.env, NODE_ENV: 'production' },
  })
}

export async function startPrograms(): Promise<Programs> {
  if (!existsSync(builtGateway)) throw new Error('dist/headless.cjs is missing: run "npm run build" first')
  const folder = mkdtempSync(join(tmpdir(), 'omniroute-soak-'))
  const running: ChildProcess[] = []
  const endAll = (): void => {
    for (const child of running) child.kill('SIGKILL')
  }
  process.once('exit', endAll)

  const upstream = start([here('./upstream.ts')])
  running.push(upstream)
  const addresses = await readyLine(upstream, /(STEADY \S+ FLAPPING \S+) READY/)
  const [, steady = '', flapping = ''] = /^STEADY (\S+) FLAPPING (\S+)$/.exec(addresses) ?? []
  const config = join(folder, 'config.json')
  writeFileSync(config, JSON.stringify(configOf(steady, flapping)))

  const gatewayArgs = ['--config', config, '--port', '0', '--data-dir', join(folder, 'data')]
  const watch = new URL('./watch.ts', import.meta.url).href
  const gateway = start(['--expose-gc', '--import', watch, builtGateway, ...gatewayArgs])
  running.push(gateway)
  const url = await readyLine(gateway, /(http:\/\/127\.0\.0\.1:\d+)\D/)
  return {
    url,
    async vitals() {
      const answer = once(gateway, 'message')
      gateway.send('vitals')
      const [vitals] = await answer
      return vitals as Vitals
    },
    async stop() {
      process.off('exit', endAll)
      for (const child of [gateway, upstream]) await end(child)
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 5_000)
  await exited
  clearTimeout(timer)
}

function configOf(steady: string, flapping: string): object {
  const account = (id: string, provider: string, url: string, version = 'v1') => ({
    id,
    provider,
    prefix: id,
    baseUrl: `${url}/${version}`,
    apiKey: 'upstream-key',
    models: ['m'],
  })
  return {
    keys: [{ name: 'soak', key: soakKey }],
    accounts: [
      account('flapping-chat', 'openai-compatible', flapping),
      account('flapping-messages', 'anthropic-compatible', flapping),
      account('steady-chat', 'openai-compatible', steady),
      account('steady-messages', 'anthropic-compatible', steady),
      account('steady-responses', 'openai-responses-compatible', steady),
      account('steady-gemini', 'gemini-compatible', steady, 'v1beta'),
    ],
    combos: [
      { name: 'soak-chat', strategy: 'ordered', members: ['flapping-chat/m', 'steady-chat/m'] },
      { name: 'soak-mixed', strategy: 'ordered', members: ['flapping-messages/m', 'steady-gemini/m'] },
      {
        name: 'soak-round',
        strategy: 'round-robin',
        members: ['flapping-chat/m', 'steady-messages/m', 'steady-responses/m', 'steady-chat/m'],
      },
    ],
    routing: { timeouts: { firstByteMs: 2_000, idleMs: 5_000, keepAliveMs: 1_000 } },
  }
}
