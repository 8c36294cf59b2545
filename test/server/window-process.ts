// Windows of the editor as processes, for tests: opened at a port over one data folder, asked and stopped by lines of JSON, and
// gone with the test that opened them.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type Loose, newFolder, send, testKey } from './world.ts'

export interface Window {
  readonly child: ChildProcess
  readonly key: string
  /** Everything it has said, in order. */
  readonly said: Loose[]
  state(): Loose
  ask(method: string, params?: unknown): Promise<Loose>
  /** Waits until something it said from now on, or before, fits. */
  until(fits: (message: Loose) => boolean): Promise<Loose>
  kill(signal?: NodeJS.Signals): Promise<void>
}

export interface Windows {
  /** The data folder that all of them share. */
  readonly folder: string
  open(
    port: number,
    more?: { readonly config?: object; readonly version?: string; readonly home?: string },
  ): Promise<Window>
  /** Ends all of them and removes the folder. */
  close(): Promise<void>
}

const script = fileURLToPath(new URL('./window.ts', import.meta.url))

/** What a first window is configured with: a key for the test, and the demo. */
export const demo = { keys: [{ name: 'test', key: testKey }], accounts: [{ id: 'demo', provider: 'demo' }] }

export async function newWindows(): Promise<Windows> {
  const folder = await newFolder()
  const windows: Window[] = []
  return {
    folder,
    async open(port, more = {}) {
      const window = await openWindow({ dataDirectory: folder, port, ...more })
      windows.push(window)
      return window
    },
    async close() {
      await Promise.all(windows.splice(0).map((window) => window.kill()))
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

async function openWindow(setting: object): Promise<Window> {
  const child = spawn(process.execPath, ['--no-warnings', script, JSON.stringify(setting)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const orphan = (): boolean => child.kill('SIGKILL')
  process.once('exit', orphan)
  child.once('exit', () => process.off('exit', orphan))
  const said: Loose[] = []
  let count = 0
  createInterface({ input: child.stdout }).on('line', (line) => said.push(JSON.parse(line)))
  const until = async (fits: (message: Loose) => boolean): Promise<Loose> => {
    for (let round = 0; round < 3000; round++) {
      const found = said.find(fits)
      if (found) return found
      if (child.exitCode !== null)
        throw new Error(`the window ended with ${child.exitCode}: ${JSON.stringify(said.slice(-5))}`)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    throw new Error(`not said: ${JSON.stringify(said.slice(-10))}`)
  }
  const { key } = await until((message) => message.key !== undefined)
  return {
    child,
    key,
    said,
    until,
    state: () => said.findLast((message) => message.state !== undefined).state,
    async ask(method, params = {}) {
      const id = ++count
      child.stdin?.write(`${JSON.stringify({ id, method, params })}\n`)
      const answer = await until((message) => message.id === id)
      if (answer.error !== undefined) throw new Error(answer.error)
      return answer.result
    },
    async kill(signal = 'SIGKILL') {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.kill(signal)
      await exited
    },
  }
}

export function portOf(window: Window): number {
  return Number(new URL(window.state().endpoint).port)
}

export function chat(port: number, key: string): Promise<{ status: number; text: string }> {
  const body = { model: 'demo/echo', messages: [{ role: 'user', content: 'Hi' }] }
  return send(`http://127.0.0.1:${port}/v1/chat/completions`, { body, headers: { authorization: `Bearer ${key}` } })
}
