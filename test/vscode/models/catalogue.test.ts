// The catalogue answers from memory, across windows, and tells VS Code only of real changes.
import assert from 'node:assert/strict'
import type { ModelView } from '../../../src/admin/contract.ts'
import { english } from '../../../src/vscode/localizer.ts'
import { ModelCatalogue } from '../../../src/vscode/models/catalogue.ts'
import { Session } from '../../../src/vscode/session.ts'
import { FakeGateway, silentLog } from '../fake-gateway.ts'

const combo = (id: string): ModelView => ({ id, name: id, kind: 'combo' })

function scene(stored?: unknown) {
  const memory = new Map<string, unknown>([['models.v1', stored]])
  const gateway = new FakeGateway({ 'models.list': [combo('auto')], 'accounts.list': [], 'combos.list': [] })
  const session = new Session({
    loadGateway: () => Promise.resolve({ startGateway: async () => gateway }),
    gateway: {
      dataDirectory: '',
      assetDirectory: '',
      secrets: { get: async () => undefined, set: async () => undefined, delete: async () => undefined },
      version: '0',
    },
    settings: () => ({ port: 1, bodyLimitMb: 1, logRows: 100 }),
    log: silentLog,
  })
  const catalogue = new ModelCatalogue(
    session,
    { get: (key) => memory.get(key), update: async (key, value) => void memory.set(key, value) },
    silentLog,
    english,
  )
  let changes = 0
  catalogue.onDidChange(() => {
    changes += 1
  })
  return {
    memory,
    gateway,
    session,
    catalogue,
    changes: () => changes,
    ids: () => catalogue.models.map(({ id }) => id),
  }
}

const changed = (catalogue: ModelCatalogue) => new Promise<void>((resolve) => catalogue.onDidChange(resolve))

describe('model catalogue', () => {
  it('waits for the gateway when nothing is known, and keeps what it learns', async () => {
    const { catalogue, session, memory } = scene()
    const asked = catalogue.modelsSoon(5_000)
    await session.start()
    assert.deepEqual(
      (await asked).map(({ id }) => id),
      ['auto'],
    )
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(JSON.stringify(memory.get('models.v1')), JSON.stringify(catalogue.models))
    catalogue.dispose()
  })

  it('waits no more once it knows that there are none', async () => {
    const { catalogue, session, gateway } = scene()
    gateway.answers = { 'models.list': [], 'accounts.list': [], 'combos.list': [] }
    await session.start()
    await catalogue.refresh()
    const never = new Promise((resolve) => setImmediate(resolve, 'still waiting'))
    assert.deepEqual(await Promise.race([catalogue.modelsSoon(60_000), never]), [])
    catalogue.dispose()
  })

  it('gives up waiting after the time it was given', async () => {
    const { catalogue } = scene()
    assert.deepEqual(await catalogue.modelsSoon(1), [])
    catalogue.dispose()
  })

  it('has the models of the last window at once, whatever else is stored', async () => {
    const first = scene()
    await Promise.all([changed(first.catalogue), first.session.start()])
    const stored = [...first.catalogue.models, { id: 'broken' }, null, 7]
    first.catalogue.dispose()
    const second = scene(stored)
    assert.deepEqual(second.ids(), ['auto'])
    assert.deepEqual(scene('nonsense').ids(), [])
    second.catalogue.dispose()
  })

  it('reads once for a storm of events, and is silent when nothing changed', async () => {
    const { catalogue, session, gateway, changes, ids } = scene()
    await Promise.all([changed(catalogue), session.start()])
    const readsBefore = gateway.calls.length
    gateway.answers = { 'models.list': [combo('auto'), combo('mine')], 'accounts.list': [], 'combos.list': [] }
    const next = changed(catalogue)
    for (let index = 0; index < 50; index += 1) gateway.emit({ event: 'models.changed', data: {} })
    gateway.emit({ event: 'keys.changed', data: {} })
    await next
    assert.deepEqual(ids(), ['auto', 'mine'])
    assert.equal(gateway.calls.length, readsBefore + 3)
    await catalogue.refresh()
    assert.equal(changes(), 2)
    catalogue.dispose()
  })

  it('keeps what it has when the gateway fails to answer', async () => {
    const { catalogue, session, gateway, ids } = scene()
    await Promise.all([changed(catalogue), session.start()])
    gateway.answers = {}
    await catalogue.refresh()
    assert.deepEqual(ids(), ['auto'])
    catalogue.dispose()
  })
})
