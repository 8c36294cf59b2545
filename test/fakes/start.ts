// Starts a fake upstream in its own process, for tests of any layer. The process ends with `stop()`, with `kill()` (as if the
// server died: open connections break), or when the test run ends.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { ExchangeRecord } from './exchange.ts'
import { readyLine } from './ready-line.ts'
import type { FakeControl, FakeOptions } from './server.ts'

export interface Fake {
  readonly url: string
  readonly port: number
  readonly pid: number
  /** Everything received since the start or the last `forget`, oldest first. */
  log(options?: { readonly bodies?: boolean }): Promise<ExchangeRecord[]>
  /** The log as soon as it holds what `wanted` asks for; fails when it does not come to that within five seconds. */
  logWhen(wanted: (log: readonly ExchangeRecord[]) => boolean): Promise<ExchangeRecord[]>
  control(change: FakeControl): Promise<void>
  kill(): Promise<void>
  stop(): Promise<void>
}

const serverFile = fileURLToPath(new URL('./server.ts', import.meta.url))

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

export async function startFake(options: FakeOptions = {}): Promise<Fake> {
  const child = spawn(process.execPath, ['--no-warnings', serverFile, JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const url = await readyLine(child, /READY (http:\/\/127\.0\.0\.1:\d+)\n/)
  const log: Fake['log'] = async (wanted) => {
    const response = await fetch(`${url}/_log?bodies=${wanted?.bodies ?? true}`)
    return (await response.json()) as ExchangeRecord[]
  }
  return {
    url,
    port: Number(new URL(url).port),
    pid: child.pid ?? 0,
    log,
    async logWhen(wanted) {
      const deadline = Date.now() + 5000
      for (;;) {
        const records = await log()
        if (wanted(records)) return records
        if (Date.now() > deadline)
          throw new Error(`the fake's log did not come to that: ${JSON.stringify(records.slice(-5))}`)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
    async control(change) {
      const response = await fetch(`${url}/_control`, { method: 'POST', body: JSON.stringify(change) })
      if (!response.ok) throw new Error(`the fake refused: ${await response.text()}`)
      await response.arrayBuffer()
    },
    kill: () => end(child),
    stop: () => end(child),
  }
}
