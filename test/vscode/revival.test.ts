// After a stop by the user a window joins again when a gateway runs with the same data, and not before.
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { followRevival } from '../../src/vscode/revival.ts'
import { Session } from '../../src/vscode/session.ts'
import { FakeGateway, silentLog } from './fake-gateway.ts'

describe('revival', () => {
  let folder: string
  const ends: (() => void)[] = []
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'revival-'))
  })
  afterEach(async () => {
    for (const end of ends.splice(0)) end()
    await rm(folder, { recursive: true, force: true })
  })

  function start(): Session {
    const session = new Session({
      loadGateway: () => Promise.resolve({ startGateway: async () => new FakeGateway() }),
      gateway: {
        dataDirectory: folder,
        assetDirectory: '/nowhere',
        secrets: { get: async () => undefined, set: async () => undefined, delete: async () => undefined },
        version: '0.0.0',
      },
      settings: () => ({ port: 20_128, bodyLimitMb: 64, logRows: 10_000 }),
      log: silentLog,
    })
    ends.push(followRevival(session, folder, 5))
    return session
  }

  const enter = (pid: number) => writeFile(join(folder, 'leader.json'), JSON.stringify({ pid, port: 1 }))
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

  it('waits for another leader than the one that was stopped', async () => {
    await enter(1)
    const session = start()
    await session.start()
    await pause(20)
    await session.stop()
    await pause(50)
    assert.equal(session.state.kind, 'stopped')
    const running = new Promise<void>((resolve) => {
      session.onDidChangeState(({ kind }) => kind === 'running' && resolve())
    })
    await enter(2)
    await running
  })

  it('leaves a window alone that stopped for another reason', async () => {
    const session = start()
    await session.start()
    await session.stop(false)
    await enter(2)
    await pause(50)
    assert.equal(session.state.kind, 'stopped')
  })
})
