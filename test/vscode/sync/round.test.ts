// Rounds of syncing between machines of memory: they converge, deletions stay, and what one of them can't use is not lost.
import assert from 'node:assert/strict'
import type { MethodInput, MethodName, MethodOutput } from '../../../src/admin/contract.ts'
import type { Value } from '../../../src/vscode/sync/merge.ts'
import { type RoundResult, syncRound } from '../../../src/vscode/sync/round.ts'
import { mostBytesPerKey, syncedKeys } from '../../../src/vscode/sync/storage.ts'

/** A gateway with records only, and the editor's memory beside it. */
class Machine {
  readonly items = new Map<string, Value>()
  readonly stored = new Map<string, unknown>()
  prefixes = ['groq']
  refused = new Set<string>()
  own: Value = null
  backups = 0
  writes = 0
  now: number

  constructor(now: number, items: Record<string, Value> = {}) {
    this.now = now
    for (const [key, value] of Object.entries(items)) this.items.set(key, value)
  }

  readonly memory = {
    get: (key: string): unknown => structuredClone(this.stored.get(key)),
    update: async (key: string, value: unknown): Promise<void> => {
      this.writes += 1
      this.stored.set(key, JSON.parse(JSON.stringify(value)))
    },
  }

  round(): Promise<RoundResult> {
    return syncRound(this, this.memory, () => this.now)
  }

  /** What Settings Sync does: one machine's keys take the place of the other's. */
  overwrite(other: Machine): void {
    for (const key of syncedKeys)
      if (other.stored.has(key)) this.stored.set(key, structuredClone(other.stored.get(key)))
  }

  async call<M extends MethodName>(method: M, input: MethodInput<M>): Promise<MethodOutput<M>> {
    return this.#answer(method, input) as MethodOutput<M>
  }

  #answer(method: MethodName, input: unknown): unknown {
    if (method === 'sync.read') {
      const items = [...this.items].map(([key, value]) => ({ key, value }))
      return { items, prefixes: this.prefixes, own: structuredClone(this.own) }
    }
    if (method === 'backups.create') {
      this.backups += 1
      return {}
    }
    if (method === 'sync.keep') {
      this.own = JSON.parse(JSON.stringify((input as { own: Value }).own))
      return {}
    }
    const { put, remove } = input as { put: { key: string; value: Value }[]; remove: string[] }
    const skipped = put.filter(({ key }) => this.refused.has(key)).map(({ key }) => ({ key, reason: 'not here' }))
    for (const { key, value } of put) if (!this.refused.has(key)) this.items.set(key, value)
    for (const key of remove) this.items.delete(key)
    return { skipped }
  }
}

async function exchange(...machines: Machine[]): Promise<void> {
  for (let turn = 0; turn < 3; turn++) {
    for (const machine of machines) {
      for (const other of machines) {
        if (other === machine) continue
        machine.overwrite(other)
        await machine.round()
      }
    }
  }
}

const contents = (machine: Machine): [string, Value][] => [...machine.items].sort(([a], [b]) => (a < b ? -1 : 1))

describe('rounds of syncing', () => {
  it('bring records to the other machine, changes and deletions too', async () => {
    const [a, b] = [new Machine(100, { 'combo:best': 1, 'alias:x': 'y' }), new Machine(100)]
    await a.round()
    await exchange(b, a)
    assert.deepEqual(contents(b), contents(a))
    b.now = 200
    b.items.set('combo:best', 2)
    b.items.delete('alias:x')
    await b.round()
    await exchange(a, b)
    assert.deepEqual(contents(a), [['combo:best', 2]])
    assert.deepEqual(contents(b), contents(a))
  })

  it('lose nothing when Settings Sync puts one machine’s state in the place of the other’s', async () => {
    const [a, b] = [new Machine(100), new Machine(100)]
    await exchange(a, b)
    a.now = b.now = 200
    a.items.set('combo:a', 1)
    b.items.set('combo:b', 2)
    await Promise.all([a.round(), b.round()])
    await exchange(a, b)
    assert.deepEqual(contents(a), [
      ['combo:a', 1],
      ['combo:b', 2],
    ])
    assert.deepEqual(contents(b), contents(a))
  })

  it('converge with clocks a year apart, and the later change wins on both', async () => {
    const [ahead, behind] = [new Machine(1_000_000), new Machine(100)]
    ahead.items.set('combo:a', 'first')
    await ahead.round()
    await exchange(behind, ahead)
    behind.items.set('combo:a', 'second')
    await behind.round()
    await exchange(ahead, behind)
    assert.deepEqual(contents(ahead), [['combo:a', 'second']])
    assert.deepEqual(contents(behind), [['combo:a', 'second']])
  })

  it('leave what a machine can not use with the others', async () => {
    const [a, b] = [new Machine(100, { 'model:mine/x': 1, 'combo:c': 1 }), new Machine(100)]
    a.prefixes = ['mine']
    b.refused = new Set(['model:mine/x', 'combo:c'])
    await a.round()
    await exchange(b, a)
    assert.deepEqual(contents(b), [])
    assert.equal(contents(a).length, 2)
    // The account comes: so does its model.
    b.refused.clear()
    b.prefixes = ['mine']
    await b.round()
    assert.deepEqual(contents(b), contents(a))
  })

  it('keep models when their account goes, here and there', async () => {
    const [a, b] = [new Machine(100, { 'model:groq/x': 1 }), new Machine(100)]
    await a.round()
    await exchange(b, a)
    a.now = 200
    a.items.delete('model:groq/x')
    a.prefixes = []
    a.refused = new Set(['model:groq/x'])
    await a.round()
    await exchange(b, a)
    assert.deepEqual(contents(b), [['model:groq/x', 1]])
    a.prefixes = ['groq']
    a.refused.clear()
    await a.round()
    assert.deepEqual(contents(a), [['model:groq/x', 1]])
  })

  it('do not spread the emptiness of a machine that has lost its data', async () => {
    const [a, b] = [new Machine(100, { 'combo:a': 1 }), new Machine(100)]
    await a.round()
    await exchange(b, a)
    a.items.clear()
    a.own = null
    a.now = 500
    await exchange(a, b)
    assert.deepEqual(contents(a), [['combo:a', 1]])
    assert.deepEqual(contents(b), [['combo:a', 1]])
  })

  it('back a machine up before it joins, when it has something to lose', async () => {
    const [a, b, empty] = [new Machine(100, { 'combo:a': 1 }), new Machine(100, { 'combo:a': 2 }), new Machine(100)]
    await a.round()
    a.now = 200
    a.items.set('combo:a', 3)
    await a.round()
    for (const machine of [b, empty]) {
      machine.overwrite(a)
      await machine.round()
      assert.deepEqual(contents(machine), [['combo:a', 3]])
    }
    assert.deepEqual([a.backups, b.backups, empty.backups], [0, 1, 0])
  })

  it('write nothing when there is nothing new', async () => {
    const machine = new Machine(100, { 'combo:a': { b: 1, a: [2] }, 'routing:retry': {} })
    await machine.round()
    const { writes, own } = machine
    machine.now = 900
    assert.deepEqual(await machine.round(), { taken: 0, tooLarge: [], skipped: [] })
    assert.equal(machine.writes, writes)
    assert.equal(machine.own, own)
  })

  it('leave out a kind that is too large, say so, and sync the others', async () => {
    const machine = new Machine(100, { 'routing:systemPrompt': 'x'.repeat(mostBytesPerKey), 'combo:a': 1 })
    assert.deepEqual((await machine.round()).tooLarge, ['routing'])
    assert.equal(machine.stored.has('sync.routing.v1'), false)
    assert.equal(machine.stored.has('sync.combo.v1'), true)
    machine.items.set('routing:systemPrompt', 'short')
    machine.now = 200
    assert.deepEqual((await machine.round()).tooLarge, [])
    assert.equal(machine.stored.has('sync.routing.v1'), true)
  })

  it('take nothing from what is no record', async () => {
    const machine = new Machine(100, { 'combo:a': 1 })
    await machine.round()
    machine.stored.set('sync.combo.v1', {
      'combo:x': { at: 'now', value: 1 },
      'account:y': { at: 900, value: 1 },
      z: 3,
    })
    machine.stored.set('sync.alias.v1', ['alias:x'])
    machine.stored.set('sync.model.v1', { 'combo:a': { at: 900 } })
    await machine.round()
    assert.deepEqual(contents(machine), [['combo:a', 1]])
  })
})
