// The victim of restore.slow.test.ts: swaps the whole configuration between two states over and over, as restoring backups does, with
// a backup before each swap. Says `ready` when it begins. Runs bundled, as the product does.
import { writeSync } from 'node:fs'
import type { Account } from '../../src/core/account.ts'
import type { ConfigurationChange } from '../../src/store/configuration.ts'
import { openStore, type Store } from '../../src/store/store.ts'

const [directory = '', wasmPath = ''] = process.argv.slice(2)
const log = { debug: ignore, info: ignore, warn: ignore, error: ignore }

function ignore(): undefined {
  return undefined
}

function account(id: string): Account {
  const facts = { provider: 'groq', prefix: 'groq', tier: 'api-key', enabled: true, order: 0, createdAt: 1 } as const
  return { id, label: id, headers: {}, ...facts }
}

function stateOf(side: string, other: string): ConfigurationChange {
  const ids = (of: string): string[] => Array.from({ length: 50 }, (_, number) => `${of}-${number}`)
  return {
    accounts: { put: ids(side).map(account), remove: ids(other) },
    combos: {
      put: ids(side).map((id) => ({ id, name: id, strategy: 'ordered', members: [{ model: side }], enabled: true })),
      remove: ids(other),
    },
    models: ids(side).map((accountId) => ({
      accountId,
      source: 'user',
      models: [{ id: side, limits: {}, capabilities: {} }],
    })),
    routing: { aliases: [{ pattern: 'side', target: side }] },
  }
}

async function swap(store: Store): Promise<void> {
  await store.change(stateOf('left', 'right'))
  writeSync(1, 'ready\n')
  // Bounded, in case nobody comes to kill it.
  for (let turn = 0; turn < 500; turn++) {
    const [side, other] = turn % 2 === 0 ? ['right', 'left'] : ['left', 'right']
    await store.backups.create('restore')
    await store.change(stateOf(side ?? '', other ?? ''))
    writeSync(1, `${side}\n`)
  }
}

async function main(): Promise<void> {
  await swap(await openStore({ directory, wasmPath, log, compaction: { minimumBytes: 100, ratio: 0, delayMs: 0 } }))
}

void main()
