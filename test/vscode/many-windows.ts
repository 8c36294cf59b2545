// What tests of many windows share: what a window says of itself, killing the extension host that leads, and a stream to lose.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { readLeader } from '../../src/server/leader-file.ts'
import type { Host } from './host/server.ts'
import { until } from './host/waiting.ts'
import type { Workbench } from './host/workbench.ts'

const run = promisify(execFile)

/** What a screen reader would say of the item in the status bar; empty where there is none yet. */
export async function labelOf(window: Workbench): Promise<string> {
  const item = window.page.locator('.part.statusbar .statusbar-item').filter({ hasText: 'OmniRoute' }).first()
  if (!(await item.isVisible())) return ''
  return (await item.locator('.statusbar-item-label').getAttribute('aria-label', { timeout: 5_000 })) ?? ''
}

export async function reachable(endpoint: string): Promise<boolean> {
  try {
    return (await fetch(`${endpoint}/health`, { signal: AbortSignal.timeout(2_000) })).ok
  } catch {
    return false
  }
}

/** Ends the extension host that leads with SIGKILL, and waits until another one answers at its port. */
export async function killLeader(
  host: Host,
  dataFolder: string,
  endpoint: string,
): Promise<{ readonly pid: number; readonly ms: number }> {
  const leader = await readLeader(dataFolder)
  assert.ok(leader, 'nobody leads')
  const { pid } = leader
  const { stdout } = await run('ps', ['-o', 'pgid=,args=', '-p', String(pid)])
  assert.equal(Number.parseInt(stdout, 10), host.pid, `process ${pid} is none of this host`)
  assert.match(stdout, /extensionHost/)
  const at = performance.now()
  process.kill(pid, 'SIGKILL')
  await until(
    'another window to lead',
    async () => {
      const next = await readLeader(dataFolder)
      return next !== undefined && next.pid !== pid && (await reachable(endpoint))
    },
    { timeout: 60_000 },
  )
  return { pid, ms: Math.round(performance.now() - at) }
}

export interface RunningStream {
  readonly firstBytes: Promise<void>
  /** Everything that came, once it is over or has broken off. */
  readonly end: Promise<string>
}

export async function openStream(endpoint: string, key: string, model: string): Promise<RunningStream> {
  const response = await fetch(`${endpoint}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'go on' }] }),
  })
  assert.equal(response.status, 200)
  let text = ''
  let begun: () => void = () => undefined
  const firstBytes = new Promise<void>((resolve) => {
    begun = resolve
  })
  const read = async (): Promise<string> => {
    try {
      const decoder = new TextDecoder()
      for await (const chunk of response.body ?? []) {
        text += decoder.decode(chunk, { stream: true })
        if (text.includes('streaming')) begun()
      }
    } catch {
      // Broken off.
    }
    return text
  }
  return { firstBytes, end: read() }
}
