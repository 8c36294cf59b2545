// When rounds are run: in the leading window only, only while it is turned on, soon after a change and every few minutes, one at a time.
import assert from 'node:assert/strict'
import type { Clock } from '../../../src/core/clock.ts'
import { Session } from '../../../src/vscode/session.ts'
import { followSync } from '../../../src/vscode/sync/follow.ts'
import { FakeGateway, silentLog } from '../fake-gateway.ts'

class HeldClock implements Clock {
  time = 1_000_000
  #waiting: { at: number; action: () => void }[] = []

  now = (): number => this.time

  after = (ms: number, action: () => void): (() => void) => {
    const entry = { at: this.time + ms, action }
    this.#waiting.push(entry)
    return () => {
      this.#waiting = this.#waiting.filter((other) => other !== entry)
    }
  }

  async advance(ms: number): Promise<void> {
    this.time += ms
    const due = this.#waiting.filter(({ at }) => at <= this.time)
    this.#waiting = this.#waiting.filter(({ at }) => at > this.time)
    for (const { action } of due) action()
    await settle()
  }
}

/** A round is a handful of promises and no timers. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}

const large = { 'routing:systemPrompt': 'x'.repeat(200_000) }

async function openWindow({ role = 'leader' as 'leader' | 'follower', on = true, records = {} as object } = {}) {
  const items = Object.entries(records).map(([key, value]) => ({ key, value }))
  const gateway = new FakeGateway(
    { 'sync.read': { items, prefixes: [], own: { stamps: {}, base: {} } }, 'sync.keep': {} },
    { kind: 'running', role, endpoint: 'http://127.0.0.1:20128' },
  )
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
  const clock = new HeldClock()
  const setting = { on }
  const told: string[] = []
  const stored = new Map<string, unknown>()
  const follower = followSync(session, {
    memory: { get: (key) => stored.get(key), update: async (key, value) => void stored.set(key, value) },
    clock,
    log: silentLog,
    enabled: () => setting.on,
    tellTooLarge: (kinds) => told.push(kinds.join()),
  })
  await session.start()
  await settle()
  const rounds = (): number => gateway.calls.filter(({ method }) => method === 'sync.read').length
  return { gateway, clock, setting, told, follower, rounds }
}

describe('following changes for Settings Sync', () => {
  it('runs a round at the start, after a change, and every few minutes', async () => {
    const { gateway, clock, rounds, follower } = await openWindow()
    assert.equal(rounds(), 1)
    for (let turn = 0; turn < 5; turn++) gateway.emit({ event: 'combos.changed', data: {} })
    await settle()
    assert.equal(rounds(), 1)
    await clock.advance(3_000)
    assert.equal(rounds(), 2)
    await clock.advance(5 * 60_000)
    assert.equal(rounds(), 3)
    follower.dispose()
    gateway.emit({ event: 'combos.changed', data: {} })
    await clock.advance(10 * 60_000)
    assert.equal(rounds(), 3)
  })

  it('does nothing in a window that follows, or while it is turned off', async () => {
    const follows = await openWindow({ role: 'follower' })
    const off = await openWindow({ on: false })
    for (const { clock, rounds } of [follows, off]) {
      await clock.advance(10 * 60_000)
      assert.equal(rounds(), 0)
    }
    off.setting.on = true
    off.follower.ask()
    await off.clock.advance(3_000)
    assert.equal(off.rounds(), 1)
  })

  it('tells once that something is too large', async () => {
    const { clock, told } = await openWindow({ records: large })
    assert.deepEqual(told, ['routing'])
    await clock.advance(5 * 60_000)
    assert.deepEqual(told, ['routing'])
  })

  it('goes on after a round that failed', async () => {
    const { gateway, clock, rounds } = await openWindow()
    const { answers } = gateway
    gateway.answers = {}
    await clock.advance(5 * 60_000)
    gateway.answers = answers
    const before = rounds()
    await clock.advance(5 * 60_000)
    assert.equal(rounds(), before + 1)
  })
})
