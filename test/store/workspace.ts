// What the tests of the store share: folders that go away again, stores in them, a log that is kept, records with chosen fields.
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Account, GatewayKey } from '../../src/core/account.ts'
import type { Log } from '../../src/core/log.ts'
import type { Combo } from '../../src/core/routing.ts'
import type { RequestRecord } from '../../src/core/trace.ts'
import { unknownUsage } from '../../src/core/usage.ts'
import { openStore, type Store, type StoreOptions } from '../../src/store/store.ts'

export const wasmPath = fileURLToPath(new URL('../../node_modules/sql.js/dist/sql-wasm.wasm', import.meta.url))

const directories: string[] = []
const stores: Store[] = []

export async function newDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'omniroute-store-'))
  directories.push(directory)
  return directory
}

/** To be called after each test: closes and removes what the test opened and made. */
export async function cleanUp(): Promise<void> {
  for (const store of stores.splice(0)) await store.close().catch(() => undefined)
  for (const directory of directories.splice(0)) await rm(directory, { recursive: true, force: true })
}

export async function open(directory: string, options: Partial<StoreOptions> = {}): Promise<Store> {
  const store = await openStore({ directory, wasmPath, log: silentLog, ...options })
  stores.push(store)
  return store
}

export const silentLog: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore }

export function recordingLog(): Log & { readonly lines: string[] } {
  const lines: string[] = []
  const add = (message: string): void => void lines.push(message)
  return { lines, debug: add, info: add, warn: add, error: add }
}

function ignore(): undefined {
  return undefined
}

export async function fileNames(directory: string): Promise<string[]> {
  return (await readdir(directory)).sort()
}

/** Waits for something that other work brings about; fails loudly rather than hanging. */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 900; attempt++) {
    if (await condition()) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`It did not come about: ${what}`)
}

export function account(id: string, more: Partial<Account> = {}): Account {
  return {
    id,
    provider: 'groq',
    label: `Account ${id}`,
    prefix: 'groq',
    tier: 'api-key',
    enabled: true,
    headers: {},
    order: 0,
    createdAt: 1_700_000_000_000,
    ...more,
  }
}

export function combo(id: string, name = id): Combo {
  return { id, name, strategy: 'ordered', members: [{ model: 'groq/llama' }], enabled: true }
}

export function key(id: string, hash: string, createdAt = 1): GatewayKey {
  return { id, name: `Key ${id}`, hash, tail: hash.slice(-4), createdAt }
}

export function record(id: string, more: Partial<RequestRecord> = {}): RequestRecord {
  return {
    id,
    at: Date.now(),
    client: 'curl/8.5',
    wire: 'openai-chat',
    modelAsked: 'groq/llama-3.3-70b',
    stream: false,
    status: 200,
    usage: unknownUsage,
    totalMs: 12,
    trace: [],
    warnings: [],
    ...more,
  }
}
