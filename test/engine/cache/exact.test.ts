// The exact tier: bounded in bytes and age, always in line with the settings, and never across keys.
import assert from 'node:assert/strict'
import { createExactCache, type ExactCache } from '../../../src/engine/cache/exact.ts'
import { toRecording } from '../../../src/engine/cache/recording.ts'
import { type CacheSettings, cacheSettings, ManualClock } from './support.ts'

interface World {
  readonly cache: ExactCache<string>
  readonly clock: ManualClock
  settings: CacheSettings
}

function createWorld(change: Partial<CacheSettings> = {}): World {
  const clock = new ManualClock()
  const cache = createExactCache<string>({ clock, settings: () => world.settings })
  const world: World = { cache, clock, settings: cacheSettings({ exact: true, ...change }) }
  return world
}

function put({ cache }: World, key: string, bytes = 10, scope = 'key a'): boolean {
  const recording = toRecording({ status: 200, headers: {} }, [Buffer.alloc(bytes)], undefined)
  return cache.put(key, { recording, note: `note ${key}`, scope })
}

describe('the exact cache', () => {
  it('gives what was put, and counts', () => {
    const world = createWorld()
    assert.equal(world.cache.get('a'), undefined)
    assert.equal(put(world, 'a'), true)
    assert.equal(world.cache.get('a')?.note, 'note a')
    assert.equal(world.cache.find('b'), undefined)
    const { hits, misses, bytes, entries } = world.cache.statistics()
    assert.deepEqual({ hits, misses, entries }, { hits: 1, misses: 1, entries: 1 })
    assert.ok(bytes >= 10)
  })

  it('forgets by age, as the settings say now', () => {
    const world = createWorld({ exactMinutes: 10 })
    put(world, 'a')
    world.clock.advance(10 * 60_000)
    assert.ok(world.cache.get('a'))
    world.settings = { ...world.settings, exactMinutes: 5 }
    assert.equal(world.cache.get('a'), undefined)
    assert.equal(world.cache.statistics().entries, 0)
  })

  it('does not hold on to old answers that nobody asks for', () => {
    const world = createWorld({ exactMinutes: 1 })
    put(world, 'a')
    world.clock.advance(5 * 60_000)
    put(world, 'b')
    assert.equal(world.cache.statistics().entries, 1)
  })

  it('lets the least recently used go when it is full', () => {
    const world = createWorld({ maxMegabytes: 1 })
    for (let index = 0; index < 9; index++) {
      put(world, String(index), 110_000)
      world.cache.get('0')
    }
    put(world, '9', 110_000)
    assert.ok(world.cache.statistics().bytes <= 1024 * 1024)
    assert.ok(world.cache.find('0'))
    assert.equal(world.cache.find('1'), undefined)
    assert.ok(world.cache.find('9'))
  })

  it('takes no answer that would fill it', () => {
    const world = createWorld({ maxMegabytes: 1 })
    assert.equal(put(world, 'a', 200_000), false)
    assert.equal(world.cache.find('a'), undefined)
  })

  it('shrinks with the cap, keeping the most recent, and grows again', () => {
    const world = createWorld({ maxMegabytes: 4 })
    for (let index = 0; index < 30; index++) put(world, String(index), 100_000)
    world.settings = { ...world.settings, maxMegabytes: 1 }
    const { bytes, entries } = world.cache.statistics()
    assert.ok(bytes <= 1024 * 1024)
    assert.equal(entries, 10)
    assert.ok(world.cache.find('29'))
    assert.equal(world.cache.find('19'), undefined)
    world.settings = { ...world.settings, maxMegabytes: 4 }
    for (let index = 30; index < 50; index++) put(world, String(index), 100_000)
    assert.equal(world.cache.statistics().entries, 30)
  })

  it('is emptied by turning it off, and takes nothing meanwhile', () => {
    const world = createWorld()
    put(world, 'a')
    world.settings = { ...world.settings, exact: false }
    assert.equal(world.cache.find('a'), undefined)
    assert.equal(put(world, 'b'), false)
    world.settings = { ...world.settings, exact: true }
    assert.equal(world.cache.statistics().entries, 0)
    world.settings = { ...world.settings, exact: false, semantic: true }
    assert.equal(put(world, 'c'), true)
  })

  it('forgets one scope, or all', () => {
    const world = createWorld()
    put(world, 'a', 10, 'key a')
    put(world, 'b', 10, 'key b')
    world.cache.clearScope('key a')
    assert.equal(world.cache.find('a'), undefined)
    assert.ok(world.cache.find('b'))
    world.cache.clear()
    assert.equal(world.cache.statistics().entries, 0)
  })
})
