// When the daily backup is made: once a day, whatever the clock does, and again after a failure.
import assert from 'node:assert/strict'
import { keepBackups } from '../../src/admin/backup-schedule.ts'
import type { Store } from '../../src/store/store.ts'
import { cleanUp, newDirectory, open, recordingLog, until } from '../store/workspace.ts'

const day = 24 * 3600_000

describe('the daily backup', () => {
  let now = Date.UTC(2026, 0, 1)
  let end: () => void = () => undefined

  afterEach(async () => {
    end()
    await cleanUp()
  })

  const count = async (store: Store): Promise<number> => (await store.backups.list()).length
  /** Long enough for several looks. */
  const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 60))

  it('is made when the last is a day old, or from the future', async () => {
    const store = await open(await newDirectory(), { now: () => now })
    end = keepBackups(store, recordingLog(), { firstMs: 1, everyMs: 5, now: () => now })
    await until('the first backup', async () => (await count(store)) === 1)
    now += day - 1
    await pause()
    assert.equal(await count(store), 1)
    now += 1
    await until('the next day', async () => (await count(store)) === 2)
    now -= 40 * day
    await until('the clock set back', async () => (await count(store)) === 3)
  })

  it('is tried again after a failure, which is told', async () => {
    const store = await open(await newDirectory(), { now: () => now })
    const log = recordingLog()
    let full = true
    const backups: Store['backups'] = Object.create(store.backups, {
      list: { value: () => store.backups.list() },
      create: {
        value: (kind: 'daily') => (full ? Promise.reject(new Error('disk full')) : store.backups.create(kind)),
      },
    })
    end = keepBackups({ backups, readOnly: false }, log, { firstMs: 1, everyMs: 5, now: () => now })
    await until('the failure is told', () => log.lines.some((line) => line.includes('disk full')))
    full = false
    await until('the backup', async () => (await count(store)) === 1)
  })

  it('is not made of data that may only be read', async () => {
    const store = await open(await newDirectory())
    end = keepBackups({ backups: store.backups, readOnly: true }, recordingLog(), {
      firstMs: 1,
      everyMs: 1,
      now: Date.now,
    })
    await pause()
    assert.equal(await count(store), 0)
  })
})
