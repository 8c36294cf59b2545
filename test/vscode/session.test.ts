// The session owns the gateway's life: order of starts and stops, what others hear of it, and who may start it.
import assert from 'node:assert/strict'
import type { GatewayOptions } from '../../src/gateway.ts'
import { Session, type SessionState } from '../../src/vscode/session.ts'
import { FakeGateway, silentLog } from './fake-gateway.ts'

const settings = { port: 20_128, bodyLimitMb: 64, logRows: 10_000 }

function sessionOf(start: (options: GatewayOptions) => Promise<FakeGateway>, current = () => settings) {
  const session = new Session({
    loadGateway: () => Promise.resolve({ startGateway: start }),
    gateway: {
      dataDirectory: '/nowhere',
      assetDirectory: '/nowhere',
      secrets: {
        get: () => Promise.resolve(undefined),
        set: () => Promise.resolve(),
        delete: () => Promise.resolve(),
      },
      version: '0.0.0',
    },
    settings: current,
    log: silentLog,
  })
  const states: string[] = []
  session.onDidChangeState((state) => states.push(state.kind))
  return { session, states }
}

describe('session', () => {
  it('starts one gateway however often it is asked to', async () => {
    let starts = 0
    const { session, states } = sessionOf(async () => {
      starts += 1
      return new FakeGateway()
    })
    const gateways = await Promise.all([session.start(), session.start(), session.demand()])
    assert.equal(starts, 1)
    assert.equal(new Set(gateways).size, 1)
    assert.deepEqual(states, ['starting', 'running'])
  })

  it('stops the gateway that is still coming up, once it is up', async () => {
    const gateway = new FakeGateway()
    const { session, states } = sessionOf(async () => {
      await new Promise((resolve) => setImmediate(resolve))
      return gateway
    })
    await Promise.all([session.start(), session.stop()])
    assert.equal(gateway.stopped, true)
    assert.equal(session.gateway, undefined)
    assert.deepEqual(states, ['starting', 'running', 'stopped'])
  })

  it('is not started by a demand after the user stopped it, but by the user', async () => {
    const { session } = sessionOf(async () => new FakeGateway())
    await session.start()
    await session.stop()
    assert.equal(await session.demand(), undefined)
    await session.start()
    assert.notEqual(await session.demand(), undefined)
  })

  it('keeps the failure as its state, rejects, and can be started again', async () => {
    let broken = true
    const { session, states } = sessionOf(async () => {
      if (broken) throw new Error('the port is taken')
      return new FakeGateway()
    })
    await assert.rejects(session.start(), /the port is taken/)
    const failed: SessionState = session.state
    assert.equal(failed.kind === 'failed' && (failed.error as Error).message, 'the port is taken')
    broken = false
    await session.start()
    assert.deepEqual(states, ['starting', 'failed', 'starting', 'running'])
  })

  it('passes on the events of the running gateway only, and survives a listener that throws', async () => {
    const first = new FakeGateway()
    const second = new FakeGateway()
    const gateways = [first, second]
    const { session } = sessionOf(async () => gateways.shift() ?? second)
    const heard: string[] = []
    session.onEvent(() => {
      throw new Error('broken listener')
    })
    session.onEvent(({ event }) => heard.push(event))
    await session.start()
    first.emit({ event: 'models.changed', data: {} })
    await session.restart()
    first.emit({ event: 'accounts.changed', data: {} })
    second.emit({ event: 'combos.changed', data: {} })
    assert.deepEqual(heard, ['models.changed', 'combos.changed'])
    assert.equal(first.stopped, true)
  })

  it('waits for a follower that is taking over', async () => {
    const gateway = new FakeGateway()
    const { session } = sessionOf(async () => gateway)
    await session.start()
    gateway.become({ kind: 'reconnecting', because: 'gone' })
    assert.equal(session.gateway, undefined)
    const demanded = session.demand()
    gateway.become({ kind: 'running', role: 'leader', endpoint: 'http://127.0.0.1:20128' })
    assert.equal(await demanded, gateway)
  })

  it('starts a new gateway after one ended by itself', async () => {
    const gateways = [new FakeGateway(), new FakeGateway()]
    const [first, second] = gateways
    const { session } = sessionOf(async () => gateways.shift() ?? new FakeGateway())
    await session.start()
    first?.become({ kind: 'stopped' })
    assert.equal(await session.demand(), second)
  })

  it('applies the settings of the moment to the running gateway', async () => {
    const gateway = new FakeGateway()
    let port = 20_128
    const { session } = sessionOf(
      async () => gateway,
      () => ({ ...settings, port }),
    )
    await session.applySettings()
    await session.start()
    port = 30_000
    await session.applySettings()
    assert.deepEqual(gateway.applied, [{ ...settings, port: 30_000 }])
  })

  it('keeps the failure of settings that can not be applied, and tries again with the next ones', async () => {
    const gateways = [new FakeGateway(), new FakeGateway()]
    const [first, second] = gateways
    const { session } = sessionOf(async () => gateways.shift() ?? new FakeGateway())
    await session.start()
    if (first) first.failure = new Error('the port is taken')
    await assert.rejects(session.applySettings(), /the port is taken/)
    const failed: SessionState = session.state
    assert.equal(failed.kind === 'failed' && (failed.error as Error).message, 'the port is taken')
    await session.applySettings()
    assert.equal(session.gateway, second)
  })

  it('starts with changed settings where the ones before failed, but not against the will of the user', async () => {
    let port = 1
    const { session } = sessionOf(
      async (options) => {
        if (options.settings.port === 1) throw new Error('the port is taken')
        return new FakeGateway()
      },
      () => ({ ...settings, port }),
    )
    await assert.rejects(session.start(), /the port is taken/)
    port = 2
    await session.applySettings()
    assert.equal(session.state.kind, 'running')
    await session.stop()
    await session.applySettings()
    assert.equal(session.state.kind, 'stopped')
  })
})
